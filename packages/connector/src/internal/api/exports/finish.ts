// Takes one export from its request to its file on disk, and resumes where an earlier run was stopped.
import { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import type * as Redacted from "effect/Redacted"
import * as Download from "../../../api/Download.ts"
import type { Job, Look } from "../../../api/ExportJob.ts"
import { ask } from "./ask.ts"
import { pollUntilDone } from "./poll.ts"
import { disown, forget, jobOf, namedFor, nameOf, set, type Work } from "./work.ts"

type Reason = SourceError.SourceErrorReason
type Services = FileSystem.FileSystem | Path.Path | HttpClient.HttpClient

/** Finishes an export. Returns `false` when it was replaced by its parts. */
export const finish = Effect.fnUntraced(function* <Order, Part, End extends string>(
  work: Work<Order, Part, End>
): Effect.fn.Return<boolean, Reason, Services> {
  const { service, step } = work
  for (;;) {
    const job = jobOf(work)
    if (hasEnded(work, job)) {
      const reason = service.stops?.(job)
      return reason === undefined ? true : yield* reason
    }
    if (job.state === "ready" && (yield* isThere(service.fileOf(job.order, job.part)))) return true
    if (job.discarded.length > service.retryPolicy.attempts) return yield* lost(work, job)
    if (job.id === null) {
      yield* step(`${job.location}: asking for the export`)
      const rejection = yield* asked(work, job)
      if (rejection === undefined) continue
      return yield* split(work, job, rejection)
    }
    const found = yield* pollUntilDone(work, job, job.id)
    const isWhole = yield* afterPoll(work, job, job.id, found)
    if (isWhole !== undefined) return isWhole
  }
})

// internal

const TRIES_BEFORE_SPLITTING = 2

const isThere = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.orElseSucceed(fs.exists(file), () => false))

const hasEnded = <Order, Part, End extends string>(
  { service }: Work<Order, Part, End>,
  { state }: Job<Order, Part, End>
) => service.ends.some((end) => end === state)

/** Returns an error response after which the parts of the export are to be requested. */
const asked = Effect.fnUntraced(function* <Order, Part, End extends string>(
  work: Work<Order, Part, End>,
  job: Job<Order, Part, End>
): Effect.fn.Return<SourceError.RequestRejected | undefined, Reason> {
  const rejection = yield* ask(work)
  if (rejection === undefined) return undefined
  const end = yield* work.service.rejected?.(job, rejection) ?? Effect.fail(rejection)
  if (end === undefined) return rejection
  yield* set(work, { state: end })
  return undefined
})

/** As `finish`; `undefined` when the export is not finished. */
const afterPoll = Effect.fnUntraced(function* <Order, Part, End extends string>(
  work: Work<Order, Part, End>,
  job: Job<Order, Part, End>,
  id: string,
  found: Look<End>
): Effect.fn.Return<boolean | undefined, Reason, Services> {
  const { service, step } = work
  switch (found._tag) {
    case "working":
      return undefined
    case "ended":
      yield* set(work, { state: found.end })
      return undefined
    case "gone": {
      const reason = (yield* namedFor(work, job)) === id ? service.unknown?.(job) : undefined
      if (reason === undefined) {
        yield* discard(work, job, id)
        return undefined
      }
      yield* disown(work)
      return yield* reason
    }
    case "failed": {
      const failures = job.failures + 1
      yield* discard(work, job, id, failures)
      if (found.end !== undefined) {
        yield* set(work, { state: found.end })
        return undefined
      }
      if (found.isFinal !== true && failures < TRIES_BEFORE_SPLITTING) return undefined
      const failed = jobOf(work)
      const operation = `the export of ${nameOf(work, failed)}`
      return yield* split(work, failed, service.failed(failed, operation, found.problem))
    }
    case "done": {
      yield* step(`${job.location}: downloading`)
      const bytes = yield* fetched(work, job, id, found.url)
      if (bytes === undefined) {
        yield* discard(work, job, id)
        return undefined
      }
      yield* set(work, { state: "ready", bytes })
      return true
    }
  }
})

/** Fails with the reason if the order has no parts. */
const split = <Order, Part, End extends string>(
  { index, journal, service }: Work<Order, Part, End>,
  job: Job<Order, Part, End>,
  reason: Reason
): Effect.Effect<boolean, Reason> => {
  const parts = service.split(job.part)
  return parts === undefined ? Effect.fail(reason) : Effect.as(journal.split(index, parts), false)
}

const fetched = <Order, Part, End extends string>(
  { index, journal, service }: Work<Order, Part, End>,
  job: Job<Order, Part, End>,
  id: string,
  first: Redacted.Redacted | undefined
) => {
  const operation = `the download of ${job.location}`
  return Download.run({
    first,
    link: Effect.map(service.look(job, id), (found) => (found._tag === "done" ? found.url : undefined)),
    file: service.fileOf(job.order, job.part),
    etag: job.etag,
    begin: (etag) => journal.set(index, { etag }),
    problemIn: (part, bytes) => service.problemIn(job, part, bytes, operation),
    operation,
    span: service.name,
    retryPolicy: service.retryPolicy,
    baseUrl: service.baseUrl,
    maxBytes: service.maxDownloadBytes,
    deadlineMillis: service.deadlineMillis
  })
}

const discard = <Order, Part, End extends string>(
  work: Work<Order, Part, End>,
  { discarded, failures: before }: Job<Order, Part, End>,
  id: string,
  failures = before
) => forget(work, { state: "new", failures, discarded: [...discarded, id] })

const lost = <Order, Part, End extends string>(work: Work<Order, Part, End>, job: Job<Order, Part, End>) =>
  new SourceError.RequestFailed({
    operation: `the export of ${nameOf(work, job)}`,
    attempts: job.discarded.length,
    problem: "each of its exports is gone or could not be downloaded",
    hint: work.service.hints.lost
  })
