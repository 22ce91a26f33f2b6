// The endpoints of imports. Both families of addresses, with and without `/api/v2`, have them in one shape but for times.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Client, RequestError, Unanswered } from "./client.ts"
import type { Mode } from "./settings.ts"

export interface Task {
  readonly id: string
  /** Where the uploaded file lies. */
  readonly path: string
  readonly mode: string
  /** As Stream names it; the names are not all documented. */
  readonly state: string
  /** ISO 8601, or the text as it came. */
  readonly createdAt: string | null
  readonly updatedAt: string | null
  /** Bytes. */
  readonly size: number | null
  /** Free in its form; what the server says of errors and counts. */
  readonly result: unknown
}

export interface UploadUrl {
  readonly path: string
  /** Whoever has it may put a file there; spans keep what an effect gives. */
  readonly url: Redacted.Redacted
}

/** No other state follows. */
export const isTerminal = (state: string): boolean => state === COMPLETED || state.endsWith("failed")

export const COMPLETED = "completed"
export const WAITING = "waiting_confirmation"

/** Makes an address to upload to. One that is not used is no harm. */
export const createUrl = (client: Client, filename: string): Effect.Effect<UploadUrl, RequestError> =>
  client.post("creating an upload address", "/import_urls", { filename }, (body) => {
    const answer = Option.getOrUndefined(decodeUrl(body))
    return answer === undefined || !URL.canParse(answer.upload_url)
      ? undefined
      : { path: answer.path, url: Redacted.make(answer.upload_url) }
  })

export const create = (
  client: Client,
  request: { readonly path: string; readonly mode: Mode; readonly mergeCustom: boolean | undefined }
): Effect.Effect<Task, RequestError | Unanswered> =>
  client.postOnce(
    "creating an import",
    "/imports",
    {
      path: request.path,
      mode: request.mode,
      ...(request.mergeCustom === undefined ? {} : { merge_custom: request.mergeCustom })
    },
    taskIn
  )

export const get = (client: Client, id: string): Effect.Effect<Task, RequestError> =>
  client.get("looking at an import", `/imports/${encodeURIComponent(id)}`, {}, taskIn)

export const list = (
  client: Client,
  page: { readonly limit: number; readonly offset: number }
): Effect.Effect<ReadonlyArray<Task>, RequestError> =>
  client.get("listing imports", "/imports", page, (body) => {
    const answer = Option.getOrUndefined(decodeTasks(body))
    return answer === undefined ? undefined : (answer.import_tasks ?? []).map(toTask)
  })

/** The import of a file, if there is one. Imports that come in meanwhile move the pages; an old one is then met twice, none is missed as long as the newest are first. */
export const findByPath = (
  client: Client,
  path: string,
  limit = PAGE
): Effect.Effect<Task | undefined, RequestError> =>
  Effect.gen(function* () {
    for (let offset = 0; ;) {
      const page = yield* list(client, { limit, offset })
      const found = page.find((task) => task.path === path)
      // Servers may have a smaller limit of their own: only an empty page is the last one.
      if (found !== undefined || page.length === 0) return found
      offset += page.length
    }
  })

// internal

const PAGE = 100

const Time = Schema.NullishOr(Schema.Union([Schema.String, Schema.Finite]))

const WireTask = Schema.Struct({
  id: Schema.NonEmptyString,
  path: Schema.optionalKey(Schema.NullishOr(Schema.String)),
  mode: Schema.optionalKey(Schema.NullishOr(Schema.String)),
  state: Schema.NonEmptyString,
  created_at: Schema.optionalKey(Time),
  updated_at: Schema.optionalKey(Time),
  size: Schema.optionalKey(Schema.NullishOr(Schema.Finite)),
  result: Schema.optionalKey(Schema.Unknown)
})

const decodeTask = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({ import_task: WireTask })))
const decodeTasks = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ import_tasks: Schema.NullOr(Schema.Array(WireTask)) }))
)
const decodeUrl = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ path: Schema.NonEmptyString, upload_url: Schema.NonEmptyString }))
)

const taskIn = (body: string): Task | undefined =>
  Option.getOrUndefined(Option.map(decodeTask(body), ({ import_task }) => toTask(import_task)))

const toTask = (task: typeof WireTask.Type): Task => ({
  id: task.id,
  path: task.path ?? "",
  mode: task.mode ?? "",
  state: task.state,
  createdAt: timeOf(task.created_at),
  updatedAt: timeOf(task.updated_at),
  size: task.size ?? null,
  result: task.result ?? null
})

/** Addresses under `/api/v2` have nanoseconds since 1970. */
const timeOf = (time: string | number | null | undefined): string | null => {
  if (typeof time !== "number") return time ?? null
  // A number of nanoseconds is beyond 2^53: cut off, it may be a millisecond too early.
  const date = new Date(Math.round(time / 1e6))
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}
