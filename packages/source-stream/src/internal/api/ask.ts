// Has exports made: whatever happens, what has been asked for is on the disk.
import { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { body } from "./batch.ts"
import { pauseAfter, type Refusal } from "./client.ts"
import * as Task from "./task.ts"
import { nameOf, pieceOf, set, type Work } from "./work.ts"

/** Has the export made. Gives a refusal that is about one of the things asked for. */
export const ask = (work: Work): Effect.Effect<Refusal | undefined, SourceError.SourceErrorReason> =>
  Effect.gen(function* () {
    const { batch, client, settings } = work
    const { kind } = batch
    const operation = `asking for the export of ${nameOf(work)}`
    const call = {
      operation,
      endpoint: kind === "users" ? "export users" : "export channels",
      path: kind === "users" ? "/export/users" : "/export_channels",
      decode: Task.decodeId
    } as const
    for (let attempts = 1; ; attempts++) {
      const { from, lost, state, to } = pieceOf(work)
      const asked = body(kind, batch.items.slice(from, to), settings.options)
      // There is no list of tasks: nobody can tell whether a request whose answer was lost has arrived.
      const isAgain = state === "asking"
      // Whatever happens from here to the end is on the disk before anybody can stop it.
      const outcome = yield* set(work, { state: "asking", lost: isAgain ? lost + 1 : lost }).pipe(
        Effect.andThen(client.postOnce(call, asked)),
        Effect.tap((taskId) => set(work, { state: "asked", taskId })),
        Effect.as(undefined),
        Effect.onInterrupt(() => Effect.ignore(set(work, { state: "new" }))),
        Effect.catchTag("Unanswered", ({ problem }) => Effect.succeed(problem)),
        Effect.tapError(() => set(work, { state: "new" })),
        Effect.catchTag("Refusal", (refusal) =>
          refusal.about === "other" ? Effect.fail(refusal.reason) : Effect.succeed(refusal)
        ),
        Effect.uninterruptible
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
      yield* Effect.sleep(pauseAfter(attempts, settings.client.retryMillis))
    }
  })
