import { Program, Sink, Source } from "@chatferry/core"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Stream } from "effect"
import { TestClock, TestConsole } from "effect/testing"
import { contents, filter, folders, type Job, run, source, stopped, startOf, whole } from "./inputs.ts"
import * as LinesSink from "./LinesSink.ts"

it.layer(NodeServices.layer)("a run that is started again", (it) => {
  it.effect("reports that it starts, where and since when it resumes, and that it is finished", () =>
    Effect.gen(function* () {
      const here = yield* folders
      yield* TestClock.setTime(Date.UTC(2026, 10, 29, 9, 12, 40))
      const first = yield* startOf(run(here, { source: stopped }))
      assert.deepStrictEqual(first.lines, ["migration test: starting, from files to lines"])
      yield* TestClock.adjust("2 hours")
      const second = yield* startOf(run(here, { source: whole }))
      assert.deepStrictEqual(second.lines, [
        "migration test: resuming at 50 %, started on 2026-11-29 09:12 UTC"
      ])
      yield* TestClock.adjust("1 day")
      const third = yield* startOf(run(here, { source: whole }))
      assert.deepStrictEqual(third.lines, [
        `migration test: finished on 2026-11-29 11:12 UTC, nothing to do; to run it again, remove the folder ${here.state}/test (its state) and the folder ${here.out} (its finished output), or use another id and another output folder`
      ])
      assert.deepStrictEqual(third.exit, second.exit)
      const published = (yield* contents(here)).join()
      assert.notInclude(published, "2026-11-29")
    })
  )

  it.effect("reports the number of records read if the size of the input is unknown", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const unsized = (of: Source.Source) =>
        SourceHarness.changed(of, ({ partitions }) => ({
          partitions: Effect.map(partitions, (all) => all.map(({ bytes: _bytes, ...one }) => one))
        }))
      yield* Effect.exit(run(here, { source: unsized(stopped) }))
      const { lines } = yield* startOf(run(here, { source: unsized(whole) }))
      assert.include(lines[0], "resuming after 10 records, started on")
    })
  )

  it.effect("makes the program print all that on standard error, and end as before", () =>
    Effect.gen(function* () {
      const here = yield* folders
      yield* Program.run(run(here, { source: whole }), { command: "again" })
      yield* Program.run(run(here, { source: whole }), { command: "again" })
      const [starting, finished] = yield* TestConsole.errorLines
      assert.include(starting, "migration test: starting")
      assert.include(finished, "migration test: finished on")
      const [one, two] = yield* TestConsole.logLines
      assert.strictEqual(one, two)
    }).pipe(Effect.provide(TestConsole.layer))
  )
})

it.layer(NodeServices.layer)("a first attempt that has read nothing", (it) => {
  const failing = source({ names: ["a", "b"], failsIn: "a", settings: { password: "wrong" } })

  it.effect("leaves no marker in the output, and fixes neither settings nor output folder", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [here, elsewhere] = [yield* folders, yield* folders]
      yield* Effect.flip(run(here, { source: failing }))
      assert.deepStrictEqual(yield* fs.readDirectory(here.out), [])
      assert.isFalse(yield* fs.exists(`${here.state}/test/checkpoint.json`))
      const { lines } = yield* startOf(run(here, { source: whole, sink: LinesSink.make(elsewhere.out) }))
      assert.include(lines[0], "starting")
      assert.deepStrictEqual(yield* fs.readDirectory(here.out), [])
    })
  )

  it.effect("is taken over with its marker after a kill, even from another output folder", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [here, elsewhere] = [yield* folders, yield* folders]
      // The state after SIGKILL: nothing has been cleaned up.
      let left: ReadonlyArray<readonly [string, string]> = []
      const killed = SourceHarness.changed(failing, () => ({
        read: () =>
          Stream.fromEffect(
            Effect.gen(function* () {
              left = [
                ["unfinished.json", yield* fs.readFileString(`${here.out}/unfinished.json`)],
                ["lines.ndjson.part", ""]
              ]
              return yield* Effect.interrupt
            }).pipe(Effect.orDie)
          )
      }))
      yield* Effect.exit(run(here, { source: killed }))
      for (const [name, text] of left) yield* fs.writeFileString(`${here.out}/${name}`, text)
      assert.strictEqual(left.length, 2)
      yield* run(here, { source: whole, sink: LinesSink.make(elsewhere.out) })
      assert.deepStrictEqual(yield* fs.readDirectory(here.out), [])
    })
  )

  it.effect("does not touch a folder that holds anything else", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      yield* fs.makeDirectory(here.out, { recursive: true })
      yield* fs.writeFileString(`${here.out}/notes.txt`, "mine")
      yield* Effect.flip(run(here, { source: failing }))
      assert.include(yield* fs.readDirectory(here.out), "notes.txt")
      assert.strictEqual(yield* fs.readFileString(`${here.out}/notes.txt`), "mine")
      yield* run(here, { source: whole })
    })
  )

  it.effect("does not save a checkpoint after empty batches", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      const waiting = SourceHarness.changed(failing, ({ read }) => ({
        read: (partition, position) =>
          Stream.concat(
            Stream.make({ records: [], rejected: [], position: 1, bytes: 0, location: "waiting" }),
            read(partition, position)
          )
      }))
      yield* Effect.flip(run(here, { source: waiting }))
      assert.isFalse(yield* fs.exists(`${here.state}/test/checkpoint.json`))
    })
  )
})

it.layer(NodeServices.layer)("a migration from which nothing comes out", (it) => {
  const nothing = Source.fromEntities("memory", [])

  it.effect.each<{ readonly name: string; readonly job: Job; readonly says: string }>([
    { name: "that reads nothing", job: { source: nothing }, says: "no record was read." },
    {
      name: "whose filter leaves out everything",
      job: { source: whole, transforms: [filter("recent", () => false)] },
      says: "20 records were read; dropped: recent 20."
    }
  ])("$name fails, publishes nothing and reports what happened to the records", ({ job, says }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const here = yield* folders
      const error = yield* Effect.flip(run(here, job))
      assert.strictEqual(
        error.message,
        `lines: the output would be empty, so nothing was published: ${says} If this is intended, set policy.allowEmpty to true and run again.`
      )
      assert.deepStrictEqual(yield* fs.readDirectory(here.out), [])
      const report = yield* run(here, { ...job, policy: { allowEmpty: true } })
      assert.strictEqual(report.status, "completed")
      assert.include(yield* fs.readDirectory(here.out), "manifest.json")
    })
  )

  it.effect("ends a program with 1, and without a command to continue", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const ended = yield* Effect.flip(Program.run(run(here, { source: nothing }), { command: "again" }))
      assert.strictEqual(ended.code, 1)
      assert.notInclude((yield* TestConsole.errorLines).join(), "To continue")
    }).pipe(Effect.provide(TestConsole.layer))
  )

  it.effect("may be started again with another filter", () =>
    Effect.gen(function* () {
      const here = yield* folders
      yield* Effect.flip(run(here, { source: whole, transforms: [filter("recent", () => false)] }))
      yield* run(here, { source: whole, transforms: [filter("recent", () => true)] })
    })
  )

  it.effect("fails in the same way if the sink leaves out everything", () =>
    Effect.gen(function* () {
      const here = yield* folders
      const sink = { ...LinesSink.make(here.out), fields: Sink.allOf(["user"]) }
      const { message } = yield* Effect.flip(run(here, { source: whole, sink }))
      assert.include(message, "20 records were read; dropped: unsupported_kind 20.")
      const fs = yield* FileSystem.FileSystem
      assert.isFalse(yield* fs.exists(`${here.out}/manifest.json`))
      yield* run(here, { source: whole, sink, policy: { allowEmpty: true } })
    })
  )
})
