// Every mistake of a sink is told by some rule, with nothing given but its settings.
import { SinkContract } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fixture from "../pigeon/fixture.ts"
import * as Only from "../pigeon/only.ts"
import * as PigeonSink from "../pigeon/PigeonSink.ts"
import { violated } from "../pigeon/violated.ts"

/** What no rule can tell, and why. */
const SURVIVORS: { readonly [F in PigeonSink.Fault]?: string } = {
  hiddenKind: "a sink may take some kinds only; others are counted as unsupported_kind",
  uninterruptible: "files that survive a kill are written without interruption",
  fixedSpool: "files that are written around Effect's file system are not seen"
}

const faults = Object.entries(PigeonSink.FAULTS).map(([fault, what]) => ({
  fault: fault as PigeonSink.Fault,
  what
}))

describe("a sink", { timeout: 180_000 }, () => {
  it.live("that has no fault keeps every rule", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(Array.from(yield* violated(SinkContract.rules(Fixture.sinkOptions()))), [])
    })
  )

  it.live.each(faults)("that $what is told ($fault)", ({ fault }) =>
    Effect.gen(function* () {
      const alone = Only.sinks.filter((one) => one.fault === fault).map(({ rule }) => rule)
      // Where one rule is not to be the only one, the first is enough.
      const most = alone.length > 0 ? undefined : 1
      const found = yield* violated(SinkContract.rules(Fixture.sinkOptions(fault)), most)
      console.log(`${fault}: ${Array.from(found.keys()).join(" | ")}`)
      assert.strictEqual(found.size === 0, SURVIVORS[fault] !== undefined)
      if (alone.length > 0) assert.deepStrictEqual(Array.from(found.keys()), alone)
    })
  )
})
