import type { ExportJob } from "@chatferry/connector"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { pollUntilDone } from "../../../src/internal/api/exports/poll.ts"
import type { Work } from "../../../src/internal/api/exports/work.ts"

type Job = ExportJob.Job<string, string, "empty">

const job = { location: "window a" } as Job

/** Polls an export that is done after the given number of polls. */
const wait = (deadlineMillis: number, looks: number, steps: Array<string>, times: Array<number>) => {
  let seen = 0
  const look = Effect.map(Clock.currentTimeMillis, (now): ExportJob.Look<"empty"> => {
    times.push(now)
    return ++seen === looks ? { _tag: "gone" } : { _tag: "working", status: `look ${seen}` }
  })
  const work = {
    service: { look: () => look, pollMillis: [1000, 3000], deadlineMillis },
    step: (location: string) => Effect.sync(() => void steps.push(location))
  } as unknown as Work<string, string, "empty">
  return pollUntilDone(work, job, "1")
}

describe("polling an export", () => {
  it.effect("makes pauses that grow by half up to the longest, and reports progress", () =>
    Effect.gen(function* () {
      const [steps, times] = [[] as Array<string>, [] as Array<number>]
      const fiber = yield* Effect.forkChild(wait(60_000, 6, steps, times))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* Fiber.join(fiber), { _tag: "gone" })
      assert.deepStrictEqual(times, [0, 1000, 2500, 4750, 7750, 10_750])
      assert.deepStrictEqual(steps.slice(0, 2), ["window a: look 1", "window a: look 2"])
      assert.strictEqual(steps.length, 5)
    })
  )

  it.effect("gives up after the deadline, and says how to continue", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.flip(wait(240_000, 1000, [], [])))
      yield* TestClock.adjust("5 minutes")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(
        error.message,
        "the export of window a failed after 1 attempt: it is not ready after 4 minutes. Run again to keep waiting for it, or raise exportDeadline."
      )
    })
  )
})
