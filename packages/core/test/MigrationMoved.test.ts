import { Sink } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { contents, folders, run, settingsOf, source, stopped, startOf, whole } from "./inputs.ts"
import * as LinesSink from "./LinesSink.ts"

it.layer(NodeServices.layer)("a run that is resumed with another output folder", (it) => {
  it.effect("is rejected with both names, and writes nothing to the new one", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      yield* Effect.exit(run(here, { source: stopped }))
      const other = `${here.out}2`
      const { message } = yield* Effect.flip(run(here, { source: whole, sink: LinesSink.make(other) }))
      const says = `sink lines: the output folder was ${here.out} and is ${other} now`
      assert.strictEqual(
        message,
        `migration test: cannot resume, because the run was started with other settings or input: ${says}. Undo the changes, or remove the folder ${here.state}/test (its state) and the folder ${here.out} (its unfinished output) to start again.`
      )
      assert.isFalse(yield* fs.exists(other))
      const changed = settingsOf(LinesSink.make(other), { size: 1 })
      const both = yield* Effect.flip(run(here, { source: whole, sink: changed }))
      assert.include(both.message, `sink lines: size was not set and is 1 now; ${says}.`)
      // The output of another run of the same migration is not its own.
      const there = yield* folders
      yield* Effect.exit(run(there, { source: stopped }))
      const foreign = yield* Effect.flip(run(here, { source: whole, sink: LinesSink.make(there.out) }))
      assert.include(foreign.message, `the output folder was ${here.out} and is ${there.out} now`)
      yield* run(here, { source: whole })
    })
  )

  it.effect("is rejected if two sinks have exchanged their folders, or a sink was added", () =>
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

  it.effect("resumes if the folder was moved there, and remembers it", () =>
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
      const { lines } = yield* startOf(run(here, { source: whole }))
      assert.include(lines[0], "nothing to do")
    })
  )

  it.effect(
    "is rejected with the folder of another finished run, even if its migration has the same id",
    () =>
      Effect.gen(function* () {
        const [here, there] = [yield* folders, yield* folders]
        yield* run(there, { source: source({ names: ["a"] }) })
        const result = yield* contents(there)
        yield* Effect.exit(run(here, { source: stopped }))
        const unfinished = yield* contents(here)
        const sink = LinesSink.make(there.out)
        const { message } = yield* Effect.flip(run(here, { source: whole, sink }))
        assert.include(message, `the output folder was ${here.out} and is ${there.out} now`)
        assert.notInclude(message, `${there.out} (its`)
        assert.deepStrictEqual([yield* contents(here), yield* contents(there)], [unfinished, result])
        // Its old folder is unknown: the content of the new one shows its owner.
        yield* (yield* FileSystem.FileSystem).remove(here.run)
        const lost = yield* Effect.flip(run(here, { source: whole, sink }))
        assert.include(lost.message, "already holds the result of the finished migration test")
        assert.deepStrictEqual(yield* contents(there), result)
      })
  )

  it.effect("resumes where it had published before it was stopped, even if the folder was moved", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [here, undisturbed] = [yield* folders, yield* folders]
      const onFinish = Effect.fail(LinesSink.crash)
      yield* Effect.flip(run(here, { source: whole, sink: LinesSink.make(here.out, { onFinish }) }))
      const moved = { ...here, out: `${here.out}2` }
      yield* fs.rename(here.out, moved.out)
      yield* run(moved, { source: whole })
      yield* run(undisturbed, { source: whole })
      assert.deepStrictEqual(yield* contents(moved), yield* contents(undisturbed))
    })
  )
})

it.layer(NodeServices.layer)("a state folder", (it) => {
  it.effect("that is a copy is rejected while the original exists", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [here, undisturbed] = [yield* folders, yield* folders]
      yield* Effect.exit(run(here, { source: stopped }))
      const copy = { ...here, state: `${here.state}2` }
      yield* fs.copy(here.state, copy.state)
      const unfinished = yield* contents(here)
      const { message } = yield* Effect.flip(run(copy, { source: whole }))
      const [one, other] = yield* Effect.forEach([here, copy], ({ state }) =>
        fs.realPath(`${state}/test/sink`)
      )
      assert.include(message, `and the state of that run is in ${one}; the one in ${other} is a copy of it.`)
      assert.deepStrictEqual(yield* contents(here), unfinished)
      yield* fs.remove(here.state, { recursive: true })
      yield* run(copy, { source: whole })
      yield* run(undisturbed, { source: whole })
      assert.deepStrictEqual(yield* contents(here), yield* contents(undisturbed))
    })
  )

  it.effect("may be moved while the run is stopped", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      yield* Effect.exit(run(here, { source: stopped }))
      const moved = { ...here, state: `${here.state}2` }
      yield* fs.rename(here.state, moved.state)
      yield* Effect.exit(run(moved, { source: stopped }))
      const marker = yield* fs.readFileString(`${here.out}/unfinished.json`)
      assert.include(marker, yield* fs.realPath(`${moved.state}/test/sink`))
      yield* run(moved, { source: whole })
    })
  )
})

it.layer(NodeServices.layer)("two sinks with one folder", (it) => {
  it.effect("are rejected, and leave no marker in it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      const sink = Sink.tee([LinesSink.make(here.out, {}, "a"), LinesSink.make(here.out, {}, "b")])
      assert.include((yield* Effect.flip(run(here, { source: whole, sink }))).message, "two sinks write into")
      assert.deepStrictEqual(yield* fs.readDirectory(here.out), [])
    })
  )
})

it.layer(NodeServices.layer)("sinks with names that every object has", (it) => {
  it.effect.each([
    { names: ["constructor"] },
    { names: ["__proto__"] },
    { names: ["constructor", "toString", "__proto__"] }
  ])("begin and resume: $names", ({ names }) =>
    Effect.gen(function* () {
      const here = yield* folders
      const sinks = names.map((name, n) => LinesSink.make(`${here.out}/${n}`, {}, name))
      const [one] = sinks
      assert(one !== undefined)
      const sink = sinks.length === 1 ? one : Sink.tee(sinks)
      yield* Effect.flip(run(here, { source: stopped, sink }))
      const report = yield* run(here, { source: whole, sink })
      assert.deepStrictEqual(
        report.sinks.map(({ ledger, sink: name }) => [name, ledger.kinds.message.written]),
        sinks.map(({ name }) => [name, 20])
      )
      assert.deepStrictEqual(yield* run(here, { source: whole, sink }), report)
    })
  )
})
