import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Option } from "effect"
import * as Page from "./slow/faults/page.ts"
import { ALL, HEADS, type Result, type Sweep, WRONG } from "./slow/faults/results.ts"
import { sweeps } from "./slow/faults/sweeps.ts"

const read = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  fs.readFileString(`${import.meta.dirname}/../docs/reliability.md`)
)

const sweep: Sweep = { name: "tries", title: "tries", cases: 3, short: 1, rows: ["one", "another"] }
const result: Result = {
  name: "tries",
  seed: 1,
  isShort: false,
  cases: 3,
  table: { one: { "same bytes": 2, failed: 1 } }
}
const of = (other: Partial<Result>) => Option.some({ ...result, ...other })

const numbered = (cell = "") => (cell === "-" ? 0 : Number(cell))

it.layer(NodeServices.layer)("docs/reliability.md", (it) => {
  it.effect("gives the number of cases of each sweep", () =>
    Effect.gen(function* () {
      const rows = new Map(
        Page.cellsIn(yield* read).map(([title = "", full, short]) => [title, { full, short }])
      )
      for (const { cases, short, title } of sweeps) {
        const counts = { full: cases.toLocaleString("en"), short: short.toLocaleString("en") }
        assert.deepStrictEqual(rows.get(title), counts, title)
      }
    })
  )

  it.effect("has a table of results for each sweep, with a row for each of its cases", () =>
    Effect.gen(function* () {
      const tables = Page.tablesIn(yield* read)
      assert.deepStrictEqual([...tables.keys()], sweeps.map(Page.headingOf))
      for (const sweep of sweeps) {
        const [heads = [], ...rows] = tables.get(Page.headingOf(sweep)) ?? []
        assert.deepStrictEqual(heads.slice(0, HEADS.length), [...HEADS], sweep.title)
        assert.notInclude(heads, WRONG, sweep.title)
        assert.deepStrictEqual(
          rows.map(([row]) => row),
          [...sweep.rows, ALL],
          sweep.title
        )
        const counts = rows.map((row) => row.slice(1).map(numbered))
        for (const [row, [runs, ...outcomes]] of counts.entries()) {
          const name = `${sweep.title}: ${rows[row]?.[0]}`
          assert.strictEqual(outcomes.length, heads.length - HEADS.length, name)
          assert.strictEqual(
            outcomes.reduce((sum, one) => sum + one, 0),
            runs,
            name
          )
        }
        assert.strictEqual(counts.at(-1)?.[0], sweep.cases, sweep.title)
      }
    })
  )

  it.effect("has the same bytes for the same results, and only results change", () =>
    Effect.gen(function* () {
      const page = yield* read
      const once = Page.withResults(page, [{ sweep, result }])
      assert.strictEqual(Page.withResults(once, [{ sweep, result }]), once)
      assert.deepStrictEqual(Page.tablesIn(once).get("Tries"), [
        ["case", "runs", "failed", "same bytes"],
        ["one", "3", "1", "2"],
        ["another", "0", "-", "-"],
        ["all", "3", "1", "2"]
      ])
      const [before] = page.split("\n<!-- ")
      assert.isTrue(once.startsWith(`${before}\n`))
      assert.strictEqual(once.split("<!-- end")[1], page.split("<!-- end")[1])
    })
  )

  it.effect.each([
    { name: "none", found: Option.none(), problem: "there is no result of a full run" },
    { name: "a short one", found: of({ isShort: true }), problem: "its result is that of a short run" },
    {
      name: "another seed's",
      found: of({ seed: 2 }),
      problem: "its result is that of seed 2, and not of seed 1"
    },
    { name: "one of fewer cases", found: of({ cases: 2 }), problem: "its result has 2 cases, and not 3" },
    {
      name: "one with a problem",
      found: of({ table: { one: { [WRONG]: 1, failed: 2 } } }),
      problem: "something went wrong in 1 of its cases"
    },
    { name: "one in which all is right", found: of({}), problem: undefined }
  ])("accepts only the results of full runs without problems: $name", ({ found, problem }) =>
    Effect.sync(() => {
      assert.strictEqual(Page.problemOf(sweep, found), problem)
    })
  )

  it.effect("rejects a table with rows that the sweep does not name", () =>
    Effect.gen(function* () {
      const page = yield* read
      const strange: Result = { ...result, table: { stranger: { failed: 3 } } }
      assert.throws(
        () => Page.withResults(page, [{ sweep, result: strange }]),
        "does not name the rows stranger"
      )
    })
  )
})
