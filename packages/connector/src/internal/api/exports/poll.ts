// Polls an export until it is done or has failed.
import { SourceError } from "@chatferry/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Job, Look } from "../../../api/ExportJob.ts"
import * as RetryPolicy from "../../../api/RetryPolicy.ts"
import { nameOf, type Work } from "./work.ts"

/** Fails when the export takes longer than the setting `exportDeadline`. */
export const pollUntilDone = Effect.fnUntraced(function* <Order, Part, End extends string>(
  work: Work<Order, Part, End>,
  job: Job<Order, Part, End>,
  id: string
): Effect.fn.Return<Look<End>, SourceError.SourceErrorReason> {
  const { service, step } = work
  const startedAt = yield* Clock.currentTimeMillis
  const look = Effect.gen(function* () {
    const found = yield* service.look(job, id)
    if (found._tag !== "working") return found
    const waited = (yield* Clock.currentTimeMillis) - startedAt
    if (waited > service.deadlineMillis) return yield* late(nameOf(work, job), waited)
    yield* step(`${job.location}: ${found.status}`)
    return found
  })
  return yield* Effect.repeat(look, {
    schedule: RetryPolicy.polling(service.pollMillis),
    until: ({ _tag }) => _tag !== "working"
  })
})

// internal

const late = (name: string, waited: number) =>
  new SourceError.RequestFailed({
    operation: `the export of ${name}`,
    attempts: 1,
    problem: `it is not ready after ${Math.round(waited / 60_000)} minutes`,
    hint: "Run again to keep waiting for it, or raise exportDeadline."
  })
