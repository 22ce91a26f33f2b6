// Every fault of a source is detected by some rule, with no options except the fixture.
import { SourceContract } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fixture from "../pigeon/fixture.ts"
import * as Only from "../pigeon/only.ts"
import * as PigeonSource from "../pigeon/PigeonSource.ts"
import { violated } from "../pigeon/violated.ts"

/** Faults that no rule can detect, and why. */
const SURVIVORS: { readonly [F in PigeonSource.Fault]?: string } = {
  idleKind: "another export may have the kind",
  lateKinds: "its declaration is correct at any time"
}

const faults = Object.entries(PigeonSource.FAULTS).map(([fault, what]) => ({
  fault: fault as PigeonSource.Fault,
  what
}))

describe("a source", { timeout: 180_000 }, () => {
  it.live("without a fault keeps every rule", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(Array.from(yield* violated(SourceContract.rules(Fixture.options()))), [])
    })
  )

  it.live.each(faults)("that $what is detected ($fault)", ({ fault }) =>
    Effect.gen(function* () {
      const found = yield* violated(SourceContract.rules(Fixture.options(fault)))
      console.log(`${fault}: ${Array.from(found.keys()).join(" | ")}`)
      assert.strictEqual(found.size === 0, SURVIVORS[fault] !== undefined)
      const alone = Only.sources.filter((one) => one.fault === fault).map(({ rule }) => rule)
      if (alone.length > 0)
        assert.deepStrictEqual(
          Array.from(found),
          alone.map((rule) => [rule, found.get(rule)])
        )
    })
  )
})
