// Has exports made: whatever happens, what has been asked for is on the disk.
import { RetryPolicy } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { body } from "./batch.ts"
import { unheard } from "./failures.ts"
import * as Task from "./task.ts"
import { givenFor, nameOf, pieceOf, set, type Work } from "./work.ts"

/** Has the export made. Gives a refusal that is about one of the things asked for. */
export const ask = (
  work: Work
): Effect.Effect<SourceError.RequestRefused | undefined, SourceError.SourceErrorReason> =>
  Effect.gen(function* () {
    const { batch, client, settings } = work
    const { kind } = batch
    const operation = `asking for the export of ${nameOf(work)}`
    const call = {
      operation,
      endpoint: kind === "users" ? "export users" : "export channels",
      path: kind === "users" ? "/export/users" : "/export_channels",
      decode: Task.decodeId
    }
    for (let attempts = 1; ; attempts++) {
      const { discarded, from, lost, state, to } = pieceOf(work)
      const given = givenFor(work)
      if (given !== undefined && !discarded.includes(given)) {
        return yield* Effect.as(set(work, { state: "asked", taskId: given }), undefined)
      }
      const asked = body(kind, batch.items.slice(from, to), settings.options)
      // There is no list of tasks: nobody can tell whether a request whose answer was lost has arrived.
      if (state === "asking") {
        if (settings.lostAnswers === "stop") return yield* unheard(work)
        yield* set(work, { state: "new", lost: lost + 1 })
      }
      // What may have been done is on the disk before anybody can stop it.
      const outcome = yield* client
        .postOnce(call, asked, (mayBeDone) => set(work, { state: mayBeDone ? "asking" : "new" }))
        .pipe(
          Effect.tap((taskId) => set(work, { state: "asked", taskId })),
          Effect.as(undefined),
          Effect.catchTags({
            Unanswered: ({ problem }) => Effect.succeed(problem),
            RequestRefused: (refusal) =>
              refusal.about === undefined ? Effect.fail(refusal) : Effect.succeed(refusal)
          }),
          Effect.uninterruptible,
          // So that a kill leaves at most one answer that nobody has heard.
          work.asking.withPermits(1)
        )
      if (typeof outcome !== "string") return outcome
      if (attempts >= settings.client.attempts) {
        return yield* new SourceError.RequestFailed({
          operation,
          attempts,
          problem: outcome,
          hint: "Check the connection, then run again. Stream may be making exports that nobody waits for: they do no harm."
        })
      }
      yield* Effect.sleep(RetryPolicy.pauseAfter(attempts, settings.client.retryMillis))
    }
  })
