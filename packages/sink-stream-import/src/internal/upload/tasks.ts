// The endpoints of imports. Only the format of times differs between addresses with and without `/api/v2`.
import { ApiClient } from "@chatferry/connector"
import { Printable } from "@chatferry/core/errors"
import type * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { ImportTask } from "./model.ts"
import type { Mode } from "./settings.ts"

export interface Task extends Omit<ImportTask, "errors" | "totals"> {
  /** Stream's report of errors and counts, in any form. */
  readonly result: unknown
}

export interface UploadUrl {
  readonly path: string
  /** A credential to upload a file, redacted because spans record results. */
  readonly url: Redacted.Redacted
}

/** The name of the operation in errors. */
export const LISTING = "listing imports"

/** Whether a state is final. */
export const isTerminal = (state: string): boolean => state === COMPLETED || state.endsWith("failed")

export const COMPLETED = "completed"
export const WAITING = "waiting_confirmation"

/** Creates an address for an upload. Unused addresses do no harm. */
export const createUrl = (
  client: ApiClient.Client,
  filename: string
): Effect.Effect<UploadUrl, ApiClient.RequestError> =>
  client.post({ operation: "creating an upload address", path: "/import_urls", decode: urlIn }, { filename })

export const create = (
  client: ApiClient.Client,
  request: { readonly path: string; readonly mode: Mode; readonly mergeCustom: boolean | undefined }
): Effect.Effect<Task, ApiClient.RequestError | ApiClient.OutcomeUnknown> =>
  client.postNonIdempotent(
    { operation: "creating an import", path: "/imports", decode: taskIn },
    {
      path: request.path,
      mode: request.mode,
      ...(request.mergeCustom === undefined ? {} : { merge_custom: request.mergeCustom })
    }
  )

export const get = (client: ApiClient.Client, id: string): Effect.Effect<Task, ApiClient.RequestError> =>
  client.get(
    { operation: "getting an import", path: `/imports/${encodeURIComponent(id)}`, decode: taskIn },
    {}
  )

/** Lists imports of the app. Stream documents no parameters: a server that ignores the offset returns its whole list. */
export const list = (
  client: ApiClient.Client,
  offset = 0,
  limit?: number
): Effect.Effect<ReadonlyArray<Task>, ApiClient.RequestError> =>
  client.get(
    { operation: LISTING, path: "/imports", decode: tasksIn },
    { ...(offset === 0 ? {} : { offset }), ...(limit === undefined ? {} : { limit }) }
  )

// internal

/** The parts of a response that are kept are no longer than documented ones. */
const short = (most: number) => Schema.NonEmptyString.check(Schema.isMaxLength(most))
const Id = short(1024)
const StoragePath = short(4096)

const Time = Schema.NullishOr(Schema.Union([Schema.String, Schema.Finite]))

const TaskResponse = Schema.Struct({
  id: Id,
  path: Schema.optionalKey(Schema.NullishOr(Schema.String.check(Schema.isMaxLength(4096)))),
  mode: Schema.optionalKey(Schema.NullishOr(Schema.String)),
  state: short(1024),
  created_at: Schema.optionalKey(Time),
  updated_at: Schema.optionalKey(Time),
  size: Schema.optionalKey(Schema.NullishOr(Schema.Finite)),
  result: Schema.optionalKey(Schema.Unknown)
})

const taskIn: ApiClient.Decode<Task> = ApiClient.mapDecode(
  ApiClient.json(Schema.Struct({ import_task: TaskResponse })),
  (answer) => toTask(answer.import_task)
)

const tasksIn: ApiClient.Decode<ReadonlyArray<Task>> = ApiClient.mapDecode(
  ApiClient.json(Schema.Struct({ import_tasks: Schema.NullOr(Schema.Array(TaskResponse)) })),
  (answer) => (answer.import_tasks ?? []).map(toTask)
)

const urlIn: ApiClient.Decode<UploadUrl> = ApiClient.mapDecode(
  ApiClient.json(Schema.Struct({ path: StoragePath, upload_url: short(16_384) })),
  ({ path, upload_url }) => (URL.canParse(upload_url) ? { path, url: Redacted.make(upload_url) } : undefined)
)

const MOST_STATE = 100

const toTask = (task: typeof TaskResponse.Type): Task => ({
  id: task.id,
  path: task.path ?? "",
  mode: task.mode ?? "",
  // The value is used in logs and errors.
  state: Printable.line(task.state, MOST_STATE),
  createdAt: timeOf(task.created_at),
  updatedAt: timeOf(task.updated_at),
  size: task.size ?? null,
  result: task.result ?? null
})

/** Addresses under `/api/v2` give nanoseconds since 1970, as texts of digits because they are beyond 2^53. */
const timeOf = (time: string | number | null | undefined): string | null => {
  const text = String(time ?? "")
  if (!/^\d{1,20}$/u.test(text)) return typeof time === "string" ? time : null
  const date = new Date(Number(BigInt(text) / 1_000_000n))
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}
