// Every fault of a sink is detected by some rule, with no options except its settings.
import { SinkContract } from "@chatferry/testkit"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fixture from "../pigeon/fixture.ts"
import * as Only from "../pigeon/only.ts"
import * as PigeonSink from "../pigeon/PigeonSink.ts"
import { violated } from "../pigeon/violated.ts"

/** Faults that no rule can detect, and why. */
const SURVIVORS: { readonly [F in PigeonSink.Fault]?: string } = {
  hiddenKind: "a sink may take only some kinds; others are counted as unsupported_kind",
  uninterruptible: "files that survive a kill are written without interruption",
  fixedSpool: "files that are written without Effect's file system are not observed"
}

const faults = Object.entries(PigeonSink.FAULTS).map(([fault, what]) => ({
  fault: fault as PigeonSink.Fault,
  what
}))

describe("a sink", { timeout: 180_000 }, () => {
  it.live("without a fault keeps every rule", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(Array.from(yield* violated(SinkContract.rules(Fixture.sinkOptions()))), [])
    })
  )

  it.live.each(faults)("that $what is detected ($fault)", ({ fault }) =>
    Effect.gen(function* () {
      const alone = Only.sinks.filter((one) => one.fault === fault).map(({ rule }) => rule)
      // Unless one rule must be the only one, the first is enough.
      const most = alone.length > 0 ? undefined : 1
      const found = yield* violated(SinkContract.rules(Fixture.sinkOptions(fault)), most)
      console.log(`${fault}: ${Array.from(found.keys()).join(" | ")}`)
      assert.strictEqual(found.size === 0, SURVIVORS[fault] !== undefined)
      if (alone.length > 0) assert.deepStrictEqual(Array.from(found.keys()), alone)
    })
  )
})
