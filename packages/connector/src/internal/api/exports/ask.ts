// Requests an export. The journal on disk always says what has been requested.
import { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as RetryPolicy from "../../../api/RetryPolicy.ts"
import { jobOf, namedFor, nameOf, set, type Work } from "./work.ts"

/** Returns the error if the service rejects the request. */
export const ask = <Order, Part, End extends string>(
  work: Work<Order, Part, End>
): Effect.Effect<SourceError.RequestRejected | undefined, SourceError.SourceErrorReason> => {
  const { retryPolicy } = work.service
  return Effect.retry(once(work), {
    schedule: RetryPolicy.backoff(retryPolicy.retryMillis),
    times: retryPolicy.attempts - 1,
    while: ({ _tag }) => _tag === "OutcomeUnknown"
  }).pipe(
    Effect.catchTag("OutcomeUnknown", ({ problem }) =>
      Effect.fail(
        new SourceError.RequestFailed({
          operation: operationOf(work),
          attempts: retryPolicy.attempts,
          problem,
          hint: work.service.hints.outcomeUnknown
        })
      )
    )
  )
}

// internal

const operationOf = <Order, Part, End extends string>(work: Work<Order, Part, End>) =>
  `asking for the export of ${nameOf(work, jobOf(work))}`

const once = Effect.fnUntraced(function* <Order, Part, End extends string>(work: Work<Order, Part, End>) {
  const { asking, service } = work
  const job = jobOf(work)
  const named = yield* namedFor(work, job)
  if (named !== undefined && !job.discarded.includes(named)) {
    return yield* Effect.as(set(work, { state: "asked", id: named }), undefined)
  }
  const before = yield* service.before(job)
  if (before?._tag === "found") {
    return yield* Effect.as(set(work, { state: "asked", id: before.id }), undefined)
  }
  if (before?._tag === "ended") return yield* Effect.as(set(work, { state: before.end }), undefined)
  if (before?._tag === "lost") yield* set(work, { state: "new", lost: job.lost + 1 })
  // The journal records that a request may be in flight before it can be interrupted.
  const onInFlight = (mayBeDone: boolean) => set(work, { state: mayBeDone ? "asking" : "new" })
  return yield* service.post(jobOf(work), operationOf(work), onInFlight).pipe(
    Effect.flatMap((id) => set(work, { state: "asked", id })),
    Effect.as(undefined),
    Effect.catchTag("RequestRejected", (rejection) => Effect.succeed(rejection)),
    Effect.uninterruptible,
    asking.withPermits(1)
  )
})
