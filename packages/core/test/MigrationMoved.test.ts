import { Sink } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { contents, folders, run, settingsOf, stopped, told, whole } from "./inputs.ts"
import * as LinesSink from "./LinesSink.ts"

it.layer(NodeServices.layer)("a run that is resumed with another output folder", (it) => {
  it.effect("is refused with both, and writes nothing into the new one", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      yield* Effect.exit(run(here, { source: stopped }))
      const other = `${here.out}2`
      const { message } = yield* Effect.flip(run(here, { source: whole, sink: LinesSink.make(other) }))
      const says = `sink lines: the output folder was ${here.out} and is ${other} now`
      assert.strictEqual(
        message,
        `migration test: cannot resume, because the run was started with other settings or input: ${says}. Put back what has changed, or remove the folder ${here.state}/test (its state) and the folder ${here.out} (its unfinished output) to start again.`
      )
      assert.isFalse(yield* fs.exists(other))
      const changed = settingsOf(LinesSink.make(other), { size: 1 })
      const both = yield* Effect.flip(run(here, { source: whole, sink: changed }))
      assert.include(both.message, `sink lines: size was not set and is 1 now; ${says}.`)
      // The output of somebody else, of a run of the same migration, is not its own.
      const there = yield* folders
      yield* Effect.exit(run(there, { source: stopped }))
      const foreign = yield* Effect.flip(run(here, { source: whole, sink: LinesSink.make(there.out) }))
      assert.include(foreign.message, `the output folder was ${here.out} and is ${there.out} now`)
      yield* run(here, { source: whole })
    })
  )

  it.effect("is refused when two sinks have exchanged theirs, or one has come", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const [one, two, three] = [`${here.out}/1`, `${here.out}/2`, `${here.out}/3`]
      const tee = (a: string, b: string) => Sink.tee([LinesSink.make(a, {}, "a"), LinesSink.make(b, {}, "b")])
      yield* Effect.exit(run(here, { source: stopped, sink: tee(one, two) }))
      const { message } = yield* Effect.flip(run(here, { source: whole, sink: tee(two, one) }))
      assert.include(
        message,
        `sink a+b: the output folder was ${one} and is ${two} now; sink a+b: the output folder was ${two} and is ${one} now.`
      )
      const { fingerprint, name } = tee(one, two)
      const more = { ...Sink.tee([tee(one, two), LinesSink.make(three, {}, "c")]), fingerprint, name }
      assert.include(
        (yield* Effect.flip(run(here, { source: whole, sink: more }))).message,
        `sink a+b: the output folders were ${one}, ${two} and are ${one}, ${two}, ${three} now.`
      )
      yield* run(here, { source: whole, sink: tee(one, two) })
    })
  )

  it.effect("goes on if the folder was moved there, and remembers it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [here, undisturbed] = [yield* folders, yield* folders]
      yield* Effect.exit(run(here, { source: stopped }))
      const moved = { ...here, out: `${here.out}2` }
      yield* fs.rename(here.out, moved.out)
      yield* Effect.exit(run(moved, { source: stopped }))
      const { message } = yield* Effect.flip(run(here, { source: whole }))
      assert.include(message, `the output folder was ${moved.out} and is ${here.out} now`)
      yield* fs.symlink(moved.out, `${here.out}3`)
      yield* run({ ...here, out: `${here.out}3` }, { source: whole })
      yield* run(undisturbed, { source: whole })
      assert.deepStrictEqual(yield* contents(moved), yield* contents(undisturbed))
      // It is finished, and its output is where it is.
      const { lines } = yield* told(run(here, { source: whole }))
      assert.include(lines[0], "nothing to do")
    })
  )
})
