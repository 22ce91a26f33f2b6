import { Transform } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import {
  all,
  entitiesIn,
  linesOf,
  fixed,
  failureOf,
  right,
  run,
  spoilt,
  start,
  write
} from "./corrections.ts"
import { temporary } from "./Harness.ts"

it.layer(NodeServices.layer)("consecutive corrections", (it) => {
  it.effect("are all in the output, although each file has only the lines that were still wrong", () =>
    Effect.gen(function* () {
      const { copy, correct, lines, never, location } = yield* start()
      const [first = "", second = "", third = ""] = lines
      yield* correct([fixed(first), second, third])
      const left = yield* linesOf(yield* run(location, copy))
      assert.deepStrictEqual(left, [second, third])
      yield* correct([fixed(second), third])
      yield* run(location, copy)
      yield* correct([fixed(third)])
      const report = yield* run(location, copy)
      assert.strictEqual(report.rejected, 0)
      assert.deepInclude(report.sinks[0]?.ledger.notes, { corrected: 3 })
      assert.deepStrictEqual(yield* entitiesIn(location.folder), yield* entitiesIn(never.folder))
      // The first corrections have no unknown lines.
      yield* correct([fixed(first), second, third])
      assert.deepStrictEqual(yield* run(location, copy), report)
    })
  )

  it.effect("use the later line if a record has two, as in joined files", () =>
    Effect.gen(function* () {
      const { copy, correct, lines, never, location } = yield* start()
      const [first = "", second = "", third = ""] = lines
      const earlier = [first.replace('"never"', '"2023-01-01T00:00:00Z"'), second, third]
      yield* correct([...earlier, fixed(first), fixed(second), fixed(third)])
      assert.strictEqual((yield* run(location, copy)).rejected, 0)
      assert.deepStrictEqual(yield* entitiesIn(location.folder), yield* entitiesIn(never.folder))
    })
  )

  it.effect("may fix records that were rejected again for another reason, also by a transform", () =>
    Effect.gen(function* () {
      const picky = Transform.reject("picky", (entity) =>
        entity._tag === "message" && entity.createdAt.startsWith("2023") ? "it is old" : undefined
      )
      const { copy, correct, lines, never, location } = yield* start([picky])
      yield* correct(lines.map((line) => line.replace('"never"', '"2023-01-01T00:00:00Z"')))
      const again = yield* linesOf(yield* run(location, copy))
      assert.lengthOf(
        again.filter((line) => line.includes('"stage":"transform"')),
        3
      )
      yield* correct(again.map((line) => line.replace('"2023-01', '"2024-01')))
      assert.strictEqual((yield* run(location, copy)).rejected, 0)
      assert.deepStrictEqual(yield* entitiesIn(location.folder), yield* entitiesIn(never.folder))
    })
  )

  it.effect("exclude those of an unfinished attempt", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { copy, correct, lines, location } = yield* start()
      const [first = "", second = ""] = lines
      yield* correct([fixed(first)])
      // A folder in the place of an unfinished file stops it when what was published is withdrawn.
      const inTheWay = `${location.folder}/out/user.ndjson.part`
      yield* fs.makeDirectory(inTheWay)
      yield* Effect.flip(run(location, copy))
      assert.isFalse(yield* fs.exists(`${location.folder}/out/manifest.json`))
      yield* fs.remove(inTheWay, { recursive: true })
      yield* correct([fixed(second)])
      const report = yield* run(location, copy)
      assert.deepInclude(report.sinks[0]?.ledger.notes, { corrected: 1 })
      assert.include(yield* linesOf(report), first)
    })
  )
})

it.layer(NodeServices.layer)("a run with corrections fails without touching anything", (it) => {
  it.effect.each([
    { name: "gone", damage: undefined },
    { name: "damaged", damage: "{}" }
  ])("if its settings differ and run.json is $name", ({ damage }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { copy, correct, lines, location } = yield* start()
      yield* correct(lines.map(fixed))
      const file = `${location.folder}/state/lines/run.json`
      yield* damage === undefined ? fs.remove(file) : fs.writeFileString(file, damage)
      const before = yield* all(location.folder)
      const other = { ...location, transforms: [Transform.filter("some", () => true)] }
      assert.match(
        yield* failureOf(run(other, copy)),
        /it is unknown which ones, because .*run\.json is gone/u
      )
      assert.deepStrictEqual(yield* all(location.folder), before)
      assert.strictEqual((yield* run(location, copy)).rejected, 0)
    })
  )

  it.effect("if its folder is another one, with the result of another run or a copy of its own", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { copy, correct, lines, never, location } = yield* start()
      yield* correct(lines.map(fixed))
      yield* fs.copy(`${location.folder}/out`, `${location.folder}/same`)
      const before = [yield* all(location.folder), yield* all(never.folder)]
      for (const directory of [`${never.folder}/out`, `${location.folder}/same`, `${location.folder}/new`]) {
        const sink = NdjsonSink.make({ directory })
        assert.include(
          yield* failureOf(run({ ...location, sink }, copy)),
          `the output folder was ${location.folder}/out and is ${directory} now`
        )
        assert.deepStrictEqual([yield* all(location.folder), yield* all(never.folder)], before)
      }
    })
  )

  it.effect("if a line of a transform or a sink has another id", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const picky = Transform.reject("picky", (entity) => (entity._tag === "message" ? "no" : undefined))
      const location = { folder: yield* temporary, transforms: [picky] }
      yield* write(location.folder, right)
      const [first = ""] = yield* linesOf(yield* run(location))
      const before = yield* all(location.folder)
      const copy = `${yield* temporary}/corrected.ndjson`
      yield* fs.writeFileString(copy, first.replace(/("original":.*"id":)"m1"/u, '$1"m9"'))
      assert.match(yield* failureOf(run(location, copy)), /line 1: the id has been changed/u)
      assert.deepStrictEqual(yield* all(location.folder), before)
    })
  )

  it.effect("if the copy is a folder or cannot be read, and says which", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { copy, location } = yield* start()
      yield* fs.makeDirectory(copy)
      assert.include(yield* failureOf(run(location, copy)), `corrections in ${copy}: it is a folder`)
      yield* fs.remove(copy, { recursive: true })
      yield* fs.writeFileString(copy, "\0".repeat(1000))
      assert.match(yield* failureOf(run(location, copy)), /line 1/u)
    })
  )
})

it.layer(NodeServices.layer)("rejects that were corrected in place", (it) => {
  it.effect("are taken as corrections once the migration has been run again from the start", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { lines, never, location } = yield* start()
      const rejects = `${location.folder}/state/lines/rejects.ndjson`
      yield* fs.writeFileString(rejects, `${lines.map(fixed).join("\n")}\n`)
      const message = yield* failureOf(run(location, rejects))
      assert.include(message, "Restore the original file, and give the changed one as `corrections`.")
      assert.include(message, `remove the folder ${location.folder}/state/lines (its state)`)
      const moved = `${location.folder}/moved.ndjson`
      yield* fs.rename(rejects, moved)
      yield* fs.remove(`${location.folder}/state`, { recursive: true })
      yield* fs.remove(`${location.folder}/out`, { recursive: true })
      yield* run(location)
      assert.strictEqual((yield* run(location, moved)).rejected, 0)
      assert.deepStrictEqual(yield* entitiesIn(location.folder), yield* entitiesIn(never.folder))
    })
  )
})

it.layer(NodeServices.layer)("a migration whose records are all rejected", (it) => {
  it.effect("can be corrected after a run that may be empty, as its error says", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [folder, never] = [yield* temporary, { folder: yield* temporary }]
      const messages = right.filter((line) => line.includes('"message"'))
      yield* write(folder, messages.map(spoilt))
      yield* write(never.folder, messages)
      yield* run(never)
      const error = yield* Effect.flip(run({ folder }))
      assert.match(error.message, /can be corrected \(`corrections`\) once a run with allowEmpty has ended/u)
      const copy = `${folder}/corrected.ndjson`
      const lines = yield* linesOf({ rejects: `${folder}/state/lines/rejects.ndjson` })
      yield* fs.writeFileString(copy, lines.map(fixed).join("\n"))
      assert.match(yield* failureOf(run({ folder }, copy)), /if all are, set policy\.allowEmpty to true/u)
      yield* run({ folder, allowEmpty: true })
      assert.strictEqual((yield* run({ folder }, copy)).rejected, 0)
      assert.deepStrictEqual(yield* entitiesIn(folder), yield* entitiesIn(never.folder))
    })
  )
})
