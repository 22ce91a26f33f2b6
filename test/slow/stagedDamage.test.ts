import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { NOTHING, stagedDamage } from "../staged/damages.ts"
import { sweep } from "../staged/sweep.ts"

it.live(
  "five hundred damages to staged data are rejected, or the output has the same bytes",
  () =>
    Effect.gen(function* () {
      const { problems, verdicts } = yield* sweep(stagedDamage.cases, false)
      assert.deepStrictEqual(problems, [])
      assert.isAtLeast(verdicts.filter(({ outcome }) => outcome === "failed").length, verdicts.length / 4)
      assert.isAtMost(verdicts.filter(({ row }) => row === NOTHING).length, verdicts.length / 8)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  3_600_000
)
