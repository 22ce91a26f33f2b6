// Every mistake of a source is told by some rule, with nothing given but the fixture.
import { SourceContract } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fixture from "../pigeon/fixture.ts"
import * as Only from "../pigeon/only.ts"
import * as PigeonSource from "../pigeon/PigeonSource.ts"
import { violated } from "../pigeon/violated.ts"

/** What no rule can tell, and why. */
const SURVIVORS: { readonly [F in PigeonSource.Fault]?: string } = {
  idleKind: "another export may have the kind",
  lateKinds: "what it declares is right whenever it is asked"
}

const faults = Object.entries(PigeonSource.FAULTS).map(([fault, what]) => ({
  fault: fault as PigeonSource.Fault,
  what
}))

describe("a source", { timeout: 180_000 }, () => {
  it.live("that has no fault keeps every rule", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(Array.from(yield* violated(SourceContract.rules(Fixture.options()))), [])
    })
  )

  it.live.each(faults)("that $what is told ($fault)", ({ fault }) =>
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
