import { Report, Start, Transform } from "@chatferry/core"
import { Faults } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Cause, Effect, Exit, FileSystem } from "effect"
import {
  all,
  entitiesIn,
  linesOf,
  fixed,
  type Location,
  failureOf,
  right,
  run,
  start,
  write,
  wrong
} from "./corrections.ts"
import { temporary } from "./Harness.ts"

it.layer(NodeServices.layer)("a run with corrections", (it) => {
  it.effect("gives the same output as an input without errors, and reports the number of corrections", () =>
    Effect.gen(function* () {
      const { copy, correct, expected, lines, never, location } = yield* start()
      assert.lengthOf(lines, 3)
      yield* correct(lines.map(fixed))
      const report = yield* run(location, copy)
      assert.strictEqual(report.rejected, 0)
      assert.deepStrictEqual(yield* entitiesIn(location.folder), yield* entitiesIn(never.folder))
      const [found, wanted] = [report.sinks[0]?.ledger, expected.sinks[0]?.ledger]
      assert.deepStrictEqual(found?.kinds, wanted?.kinds)
      assert.deepStrictEqual(found?.notes, { ...wanted?.notes, corrected: 3 })
      assert.include(
        Report.format(report, { verbose: true }),
        "rejected before, and were corrected in a copy"
      )
    })
  )

  it.effect("keeps unchanged or missing lines rejected", () =>
    Effect.gen(function* () {
      const { copy, correct, lines, location } = yield* start()
      const [first = "", second = "", third = ""] = lines
      // A longer value before them moves the records after it.
      yield* correct([first.replace('"never"', '"2024-01-01T00:00:00.123456789Z"'), second])
      assert.deepStrictEqual(yield* linesOf(yield* run(location, copy)), [second, third])
    })
  )

  it.effect("rejects records again that are still wrong, and counts them", () =>
    Effect.gen(function* () {
      const { copy, correct, lines, location } = yield* start()
      yield* correct(lines.map((line) => line.replace('"never"', '"someday"')))
      const report = yield* run(location, copy)
      assert.strictEqual(report.rejected, 3)
      assert.deepInclude(report.sinks[0]?.ledger.notes, { corrected: 3, still_wrong: 3 })
      const again = yield* linesOf(report)
      assert.deepStrictEqual(
        again,
        lines.map((line) => line.replace('"never"', '"someday"'))
      )
    })
  )

  it.effect("can be run again with more corrections, also with lines of its own rejects", () =>
    Effect.gen(function* () {
      const { copy, correct, lines, never, location } = yield* start()
      const [first = "", second = "", third = ""] = lines
      yield* correct([fixed(first), second.replace('"never"', '"someday"'), third])
      const [again = "", untouched = ""] = yield* linesOf(yield* run(location, copy))
      yield* correct([fixed(first), again.replace('"someday"', '"2024-01-01T00:00:00Z"'), fixed(untouched)])
      assert.strictEqual((yield* run(location, copy)).rejected, 0)
      assert.deepStrictEqual(yield* entitiesIn(location.folder), yield* entitiesIn(never.folder))
    })
  )

  it.effect("that is finished is not run again, and its report is returned", () =>
    Effect.gen(function* () {
      const { copy, correct, lines, location } = yield* start()
      yield* correct(lines.map(fixed))
      const report = yield* run(location, copy)
      const seen: Array<string> = []
      const again = yield* Effect.provideService(run(location, copy), Start.Listener, ({ _tag }) =>
        Effect.sync(() => void seen.push(_tag))
      )
      assert.deepStrictEqual([seen, again], [["finished"], report])
    })
  )

  it.effect("corrects records that a transform rejected, at the input of that transform", () =>
    Effect.gen(function* () {
      const loud = Transform.map("loud", (entity) =>
        entity._tag === "message" ? { ...entity, text: `${entity.text}!` } : entity
      )
      const picky = Transform.reject("picky", (entity) =>
        entity._tag === "message" && entity.text?.startsWith("a long") === true ? "it is too long" : undefined
      )
      const location: Location = { folder: yield* temporary, transforms: [loud, picky] }
      yield* write(location.folder, right)
      const lines = yield* linesOf(yield* run(location))
      assert.lengthOf(lines, 3)
      const fs = yield* FileSystem.FileSystem
      const copy = `${location.folder}/corrected.ndjson`
      yield* fs.writeFileString(
        copy,
        lines.map((line) => line.replace('"a long text!"', '"short!"')).join("\n")
      )
      yield* fs.writeFileString(
        `${location.folder}/as-bad.ndjson`,
        lines.map((line) => line.replace('"a long text!"', '"a long one!"')).join("\n")
      )
      const asBad = yield* run(location, `${location.folder}/as-bad.ndjson`)
      assert.deepInclude(asBad.sinks[0]?.ledger.notes, { corrected: 3, still_wrong: 3 })
      const report = yield* run(location, copy)
      assert.strictEqual(report.rejected, 0)
      const short: Location = { folder: yield* temporary, transforms: [loud, picky] }
      yield* write(
        short.folder,
        right.map((line) => line.replace("a long text", "short"))
      )
      yield* run(short)
      assert.deepStrictEqual(yield* entitiesIn(location.folder), yield* entitiesIn(short.folder))
    })
  )

  it.effect("fails with the problem before anything is touched", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { copy, correct, lines, location } = yield* start()
      const [first = "", second = ""] = lines
      const before = yield* all(location.folder)
      const cases: ReadonlyArray<readonly [what: string, lines: ReadonlyArray<string>, says: RegExp]> = [
        ["nothing corrected", lines, /nothing in it has been corrected/u],
        [
          "no JSON",
          [fixed(first), "{"],
          /line 2: the line is not one of rejects.*|line 2: .*not valid JSON/u
        ],
        ["another place", [fixed(first).replace("a.ndjson:2", "a.ndjson:4")], /line 1 is not a reject/u],
        ["another address", [fixed(first).replace('"bytes":[', '"bytes":[1')], /line 1 is not a reject/u],
        [
          "another kind",
          [fixed(first).replace('"kind":"message"', '"kind":"user"')],
          /line 1 is not a reject/u
        ],
        [
          "no address",
          [fixed(second).replace(/"address":\{[^}]*\},/u, "")],
          /line 1: the rejected record cannot be replaced/u
        ]
      ]
      for (const [what, given, says] of cases) {
        yield* correct(given)
        assert.match(yield* failureOf(run(location, copy)), says, what)
        assert.deepStrictEqual(yield* all(location.folder), before, what)
      }
      assert.match(yield* failureOf(run(location, `${copy}.not`)), /the file does not exist/u)

      yield* correct(lines.map(fixed))
      yield* fs.writeFileString(`${location.folder}/out/user.ndjson`, "changed")
      assert.match(
        yield* failureOf(run(location, copy)),
        /user\.ndjson is gone or changed\. Restore the output/u
      )
      yield* fs.remove(`${location.folder}/out/user.ndjson`)
      assert.match(yield* failureOf(run(location, copy)), /user\.ndjson is gone or changed/u)
    })
  )

  it.effect(
    "fails when its input, its settings or the rejects are others than those of the finished run",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { copy, correct, lines, location } = yield* start()
        yield* correct(lines.map(fixed))
        const other = { ...location, transforms: [Transform.filter("some", () => true)] }
        assert.match(yield* failureOf(run(other, copy)), /transform "some" is new/u)
        const input = yield* fs.readFileString(`${location.folder}/b.ndjson`)
        yield* fs.writeFileString(`${location.folder}/b.ndjson`, input.replace("u4", "u5"))
        assert.match(
          yield* failureOf(run(location, copy)),
          /other settings or input: content of the input that was already read has changed/u
        )
        yield* fs.writeFileString(`${location.folder}/b.ndjson`, input)
        yield* fs.writeFileString(
          `${location.folder}/state/lines/rejects.ndjson`,
          lines.map(fixed).join("\n")
        )
        assert.match(yield* failureOf(run(location, copy)), /the rejects have been changed/u)
      })
  )

  it.effect("needs a finished run", () =>
    Effect.gen(function* () {
      const { copy, correct, lines } = yield* start()
      yield* correct(lines.map(fixed))
      const location = { folder: yield* temporary }
      yield* write(location.folder, wrong)
      assert.match(yield* failureOf(run(location, copy)), /there is no finished run with the id lines/u)
    })
  )

  it.effect("that is stopped before any disk write gives the same bytes when it is run again", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { copy, correct, lines, never, location } = yield* start()
      yield* correct(lines.map(fixed))
      const expected = yield* entitiesIn(never.folder)
      const saved = `${location.folder}-saved`
      yield* fs.copy(location.folder, saved)
      // Every change while published files are removed; some of those after that.
      for (let n = 1; ; n += n < 12 ? 1 : 6) {
        const isDone = yield* stoppedAt(n, location.folder, copy)
        assert.strictEqual((yield* run(location, copy)).rejected, 0, `stopped at change ${n}`)
        assert.deepStrictEqual(yield* entitiesIn(location.folder), expected, `stopped at change ${n}`)
        yield* fs.remove(location.folder, { recursive: true })
        yield* fs.copy(saved, location.folder)
        if (isDone) break
        assert.isBelow(n, 200)
      }
    })
  )
})

/** Runs with corrections until the n-th disk write. Returns `true` if there are fewer. */
const stoppedAt = (n: number, folder: string, copy: string) =>
  Effect.gen(function* () {
    let changes = 0
    const fs = yield* FileSystem.FileSystem
    const { fileSystem } = Faults.fileSystem(fs, {
      before: (call) =>
        Effect.suspend(() =>
          (call === "write" || call === "rename") && ++changes >= n ? Effect.die("stopped") : Effect.void
        )
    })
    const exit = yield* Effect.exit(
      Effect.provideService(run({ folder }, copy), FileSystem.FileSystem, fileSystem)
    )
    if (Exit.isFailure(exit)) assert.isTrue(Cause.hasDies(exit.cause), Cause.pretty(exit.cause))
    return Exit.isSuccess(exit)
  })
