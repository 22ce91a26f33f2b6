// Uploads and imports one file, from the step at which an earlier run stopped.
import { type ApiClient, RetryPolicy } from "@chatferry/connector"
import { SinkError } from "@chatferry/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type { OpenJournal } from "./journal.ts"
import * as Lookup from "./lookup.ts"
import type { ImportFile } from "./manifest.ts"
import { putFile } from "./putFile.ts"
import type { ApiSettings } from "./settings.ts"
import * as Tasks from "./tasks.ts"

/** Called when a file is uploaded, and for each new state of its import. */
export type OnState = (file: ImportFile, state: string) => Effect.Effect<void>

export type Failure =
  | ApiClient.RequestError
  | SinkError.Conflict
  | SinkError.InvalidConfig
  | SinkError.WriteFailed

export const importFile = Effect.fnUntraced(function* (
  settings: ApiSettings,
  client: ApiClient.Client,
  journal: OpenJournal,
  index: number,
  file: ImportFile,
  onState: OnState
): Effect.fn.Return<Tasks.Task, Failure, HttpClient.HttpClient | FileSystem.FileSystem> {
  const entry = () => journal.get(index)
  if (entry().step === "ended" && entry().state !== Tasks.COMPLETED && settings.retryFailed) {
    yield* journal.set(index, { step: "new", path: null, importId: null, state: null })
  }
  if (entry().step === "new") {
    const path = yield* putFile(client, settings.connection, file)
    yield* journal.set(index, { step: "uploaded", path })
    yield* onState(file, "stored")
  }
  if (entry().step === "uploaded" || entry().step === "creating") {
    const task = yield* created(settings, client, journal, index)
    yield* journal.set(index, { step: "created", importId: task.id, state: task.state })
    yield* onState(file, task.state)
  }
  return yield* pollUntilEnded(settings, client, journal, index, file, onState)
})

// internal

/**
 * Creates the import. If the response to a request was lost, in this run or an
 * earlier one, the import is looked up before another request.
 */
const created = (settings: ApiSettings, client: ApiClient.Client, journal: OpenJournal, index: number) => {
  const { attempts, retryMillis } = settings.connection
  return Effect.retry(createdOnce(settings, client, journal, index), {
    schedule: RetryPolicy.backoff(retryMillis),
    times: attempts - 1,
    while: ({ _tag }) => _tag === "OutcomeUnknown"
  }).pipe(
    Effect.catchTag("OutcomeUnknown", ({ problem }) =>
      Effect.fail(
        new SinkError.RequestFailed({
          operation: "creating an import",
          attempts,
          problem,
          hint: "Check the connection, then run again: whether the import exists is looked up first."
        })
      )
    )
  )
}

const createdOnce = Effect.fnUntraced(function* (
  { maxPages, mergeCustom, mode }: ApiSettings,
  client: ApiClient.Client,
  journal: OpenJournal,
  index: number
) {
  const path = journal.get(index).path ?? ""
  if (journal.get(index).step === "creating") {
    const known = journal.entries().findLast(({ importId }) => importId !== null)?.importId ?? undefined
    const found = yield* Lookup.findByPath(client, { path, maxPages, known })
    if (found !== undefined) return found
  }
  yield* journal.set(index, { step: "creating" })
  const task = yield* Effect.tapError(Tasks.create(client, { path, mode, mergeCustom }), (error) => {
    // Stream rejected the request, so there is nothing to look up.
    if (error._tag !== "RequestRejected") return Effect.void
    const isOfFile = error.status === 400 || error.status === 404
    return journal.set(index, isOfFile ? { step: "new", path: null } : { step: "uploaded" })
  })
  return task.path === path || task.path === "" ? task : yield* notOurs
})

const notOurs = new SinkError.RequestFailed({
  operation: "creating an import",
  attempts: 1,
  problem: "the response is about another file",
  hint: "Check baseUrl and any proxy in between, then run again."
})

/** Polls an import until it ends. */
const pollUntilEnded = Effect.fnUntraced(function* (
  settings: ApiSettings,
  client: ApiClient.Client,
  journal: OpenJournal,
  index: number,
  file: ImportFile,
  onState: OnState
) {
  const { importId, state } = journal.get(index)
  const deadline = (yield* Clock.currentTimeMillis) + settings.deadlineMillis
  let seen = state
  let nextPause = yield* RetryPolicy.pauses(RetryPolicy.polling(settings.pollMillis))
  // A state that recurs must not restart polling at the short pause.
  const known = new Set<string>()
  for (let looks = 1; ; looks++) {
    const task = yield* Tasks.get(client, importId ?? "")
    if (task.state !== seen) {
      seen = task.state
      yield* journal.set(index, { state: task.state })
      yield* onState(file, task.state)
      if (!known.has(task.state) && known.size < MOST_STATES) {
        nextPause = yield* RetryPolicy.pauses(RetryPolicy.polling(settings.pollMillis))
      }
      known.add(task.state)
    }
    if (Tasks.isTerminal(task.state)) {
      if (journal.get(index).step !== "ended") yield* journal.set(index, { step: "ended" })
      return task
    }
    const left = deadline - (yield* Clock.currentTimeMillis)
    if (left <= 0) {
      return yield* new SinkError.RequestFailed({
        operation: `waiting for the import of ${file.name}`,
        attempts: looks,
        problem: `the import is still in the state ${task.state}`,
        hint:
          task.state === Tasks.WAITING
            ? "Stream confirms imports by hand: ask Stream's support to confirm it, then run again to keep waiting."
            : "Run again to keep waiting, or raise importDeadline."
      })
    }
    yield* Effect.sleep(Math.min(yield* nextPause, left))
  }
})

const MOST_STATES = 20
