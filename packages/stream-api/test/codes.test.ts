import { SourceError } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { against, look, errorResponse } from "./fakeStream.ts"

/** Stream's codes with their HTTP status, and whether its SDK retries them (`APIErrorCodes` of stream-chat 9.53.0). */
const codes: ReadonlyArray<readonly [code: number, status: number, isAskedAgain: boolean]> = [
  [-1, 500, true],
  [2, 401, false],
  [3, 401, true],
  [4, 400, false],
  [5, 401, false],
  [6, 400, false],
  [9, 429, true],
  [16, 404, false],
  [17, 403, false],
  [18, 400, false],
  [19, 400, false],
  [20, 400, false],
  [21, 400, false],
  [22, 413, false],
  [23, 408, true],
  [24, 431, false],
  [40, 401, false],
  [41, 401, false],
  [42, 401, false],
  [43, 401, false],
  [44, 400, false],
  [45, 400, true],
  [46, 400, false],
  [60, 403, true],
  [69, 400, false],
  [70, 403, false],
  [71, 429, true],
  [73, 400, false],
  [99, 403, false]
]

/** The SDK requests another token; here the secret is wrong. */
const OURS: ReadonlySet<number> = new Set([3])

describe("every code of Stream", () => {
  it.effect.each(codes)(
    "%i, HTTP %i, is asked for again as Stream's own SDK does (%s)",
    ([code, status, sdk]) =>
      Effect.gen(function* () {
        const isAskedAgain = sdk && !OURS.has(code)
        const { outcome, times } = yield* against([() => errorResponse(code, status)], (client) =>
          client.get(look, {})
        )
        assert.strictEqual(times.length, isAskedAgain ? 2 : 1)
        if (isAskedAgain) return assert.strictEqual(outcome, "{}")
        assert.instanceOf(outcome, SourceError.RequestRejected)
        assert.notInclude(outcome.problem, "not documented")
      })
  )

  it.effect.each(codes)("%i means the same with any status of a server error", ([code, , sdk]) =>
    Effect.gen(function* () {
      const { times } = yield* against([() => errorResponse(code, 503)], (client) => client.get(look, {}))
      assert.strictEqual(times.length, sdk && !OURS.has(code) ? 2 : 1)
    })
  )
})
