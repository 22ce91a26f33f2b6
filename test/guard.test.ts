import { Transform } from "@chatferry/core"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { type Case, ofFiles } from "./guard/case.ts"
import { also, cases } from "./guard/cases.ts"
import { compare, differences, parse } from "./guard/compare.ts"
import * as Inputs from "./guard/inputs.ts"
import type { Line } from "./guard/outcome.ts"
import * as Run from "./guard/run.ts"
import * as Sinks from "./guard/sinks.ts"
import * as Sources from "./guard/sources.ts"
import * as Processes from "./processes.ts"

const runAll = (chosen: ReadonlyArray<Case>) =>
  Effect.scoped(Effect.flatMap(Run.make, (run) => Effect.forEach(chosen, run)))

/** Failures, runs with rejects, transforms, compression. */
const some = [
  "golden: sendbird-small",
  "sendbird: damaged beyond the budget",
  "stream: a bomb",
  "transforms: hashed ids, tables",
  "ndjson: sink, mixed, compressed"
]

const input = Inputs.sendbird({ seed: 5, messages: 60, windows: 1 })

/** A run whose only transform changes texts. Its version represents the code, so the settings are the same for any code. */
const marked = (mark: (text: string) => string, options: { readonly length?: number } = {}) =>
  ofFiles("marked", input, {
    source: Sources.sendbird(),
    sink: Sinks.ndjson(),
    transforms: [
      Transform.mapKind(
        "message",
        "mark",
        (message) => (message.text === undefined ? message : { ...message, text: mark(message.text) }),
        { version: "1", settings: options }
      )
    ]
  })

const what = (before: Line | undefined, after: Line | undefined) => {
  assert(before !== undefined && after !== undefined)
  return differences(before, after).map((difference) => difference.what)
}

it.layer(NodeServices.layer, { excludeTestServices: true })("the guard", (it) => {
  it.effect("gives the same lines for the same cases on every run", () =>
    Effect.gen(function* () {
      const chosen = cases.filter(({ name }) => some.includes(name))
      assert.lengthOf(chosen, some.length)
      const [before, after] = [yield* runAll(chosen), yield* runAll(chosen)]
      assert.deepStrictEqual(after, before)
      assert.deepStrictEqual(
        new Set(before.map(({ end }) => end)),
        new Set([
          "completed",
          "completed_with_rejects",
          "MigrationError/BudgetExceeded",
          "SourceError/LimitExceeded"
        ])
      )
    })
  )

  it.effect("shows a single changed record in the files that contain it, and nowhere else", () =>
    Effect.gen(function* () {
      let count = 0
      const [before, after] = yield* runAll([
        marked((text) => text),
        marked((text) => (++count === 30 ? `${text}.` : text))
      ])
      assert.isAbove(count, 30)
      assert.deepStrictEqual(what(before, after), [
        "files ndjson/manifest.json",
        "files ndjson/message.ndjson",
        "files report.json"
      ])
    })
  )

  it.effect("shows a changed constant of a transform, even without an effect", () =>
    Effect.gen(function* () {
      const [before, after] = yield* runAll([
        marked((text) => text, { length: 1 }),
        marked((text) => text, { length: 2 })
      ])
      assert.deepStrictEqual(what(before, after), ["fingerprint"])
    })
  )

  it.effect("accepts a run that is stopped and resumed, and rejects one with a different result", () =>
    Effect.gen(function* () {
      const stopped = (nameOf: () => string) =>
        ofFiles(
          "stopped",
          Inputs.sendbird({ seed: 6, messages: 200 }),
          {
            source: Sources.sendbird({ batchRecords: 20 }),
            sink: Sinks.ndjson(),
            policy: { checkpointRecords: 40 },
            transforms: [
              Transform.mapKind("user", "name", (user) => ({ ...user, name: nameOf() }), { version: "1" })
            ]
          },
          ["growing"]
        )
      const [line] = yield* runAll([stopped(() => "always the same")])
      assert.strictEqual(line?.end, "completed")
      let count = 0
      const { message } = yield* Effect.flip(runAll([stopped(() => `${count++}`)]))
      assert.match(message, /^stopped: stopped \d+ times and resumed: files ndjson\/manifest\.json: /u)
      assert.include(message, "files ndjson/user.ndjson: ")
    })
  )

  it.effect("rejects a run without a checkpoint to stop at, because it proves nothing", () =>
    Effect.gen(function* () {
      const empty = Inputs.files(() => ({ "a.txt": "nothing of an export" }))
      const { message } = yield* Effect.flip(
        runAll([ofFiles("empty", empty, { source: Sources.sendbird() }, ["growing"])])
      )
      assert.strictEqual(message, "empty: no attempt has found a checkpoint (growing)")
    })
  )

  it.effect("compares by the names of cases, and lists new and missing ones", () =>
    Effect.gen(function* () {
      const [line] = yield* runAll([marked((text) => text)])
      assert(line !== undefined)
      const renamed = { ...line, case: "another" }
      assert.deepStrictEqual(compare([line], [renamed]), {
        changed: [],
        added: ["another"],
        gone: ["marked"]
      })
      assert.deepStrictEqual(compare([renamed, line], [line, renamed]), { changed: [], added: [], gone: [] })
    })
  )

  it.effect("exits with 1 and names case and file when an earlier run has different lines", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const [file, real] = [`${folder}/before`, `${folder}/real`]
      yield* SendbirdExport.writeFolders(real, { seed: 7, messages: 30 })
      const [line] = yield* runAll([also(real)])
      const before = `> pnpm guard\n\n${JSON.stringify(line)}\n`
      const against = (content: string) =>
        Effect.andThen(
          fs.writeFileString(file, content),
          Processes.ended(
            Processes.spawn("guard/guard.program.ts", [
              "--only",
              "also: real",
              "--also",
              real,
              "--against",
              file
            ])
          )
        )
      const same = yield* against(before)
      assert.deepStrictEqual([same.code, parse(same.out)], [0, [line]], same.error)
      assert.include(same.error, "0 cases differ, 0 are new, 0 are gone")
      const other = yield* against(before.replace(/("ndjson\/user\.ndjson":")[0-9a-f]+/u, "$10"))
      assert.strictEqual(other.code, 1)
      assert.match(other.error, /^also: real\n {2}files ndjson\/user\.ndjson: 0 → [0-9a-f]{12}$/mu)
    })
  )
})
