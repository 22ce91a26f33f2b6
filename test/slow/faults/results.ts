/** What the sweeps found, as tables, and kept for the documentation. */
import { Effect, FileSystem, Schema } from "effect"

/** How often each outcome came, by row. */
export const Table = Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Int))
export type Table = typeof Table.Type

export const Result = Schema.Struct({
  name: Schema.String,
  seed: Schema.Int,
  isShort: Schema.Boolean,
  cases: Schema.Int,
  table: Table
})
export type Result = typeof Result.Type

/** Below the installed packages: results are not part of the sources. */
const FOLDER = `${import.meta.dirname}/../../../node_modules/.cache/chatferry-faults`

/** Column of cases in which something went wrong. */
const PROBLEM = "**wrong**"

export const sum = (
  verdicts: ReadonlyArray<{ readonly row: string; readonly outcome: string; readonly problem?: unknown }>
): Table => {
  const table: Record<string, Record<string, number>> = {}
  for (const { outcome, problem, row } of verdicts) {
    const counts = (table[row] ??= {})
    const column = problem === undefined ? outcome : PROBLEM
    counts[column] = (counts[column] ?? 0) + 1
  }
  return table
}

/** A table in Markdown; rows and columns are in the order of the alphabet, and all cases are added up below. */
export const text = (table: Table): string => {
  const columns = [...new Set(Object.values(table).flatMap(Object.keys))].toSorted()
  const line = (cells: ReadonlyArray<string | number>) => `| ${cells.join(" | ")} |`
  const total = (of: Readonly<Record<string, number>>) => Object.values(of).reduce((all, one) => all + one, 0)
  const cells = (of: (column: string) => number) => columns.map((column) => of(column) || "-")
  const rows = Object.entries(table).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return [
    line(["case", "runs", ...columns]),
    line(["---", "---:", ...columns.map(() => "---:")]),
    ...rows.map(([row, of]) => line([row, total(of), ...cells((column) => of[column] ?? 0)])),
    line([
      "all",
      rows.reduce((all, [, of]) => all + total(of), 0),
      ...cells((column) => rows.reduce((all, [, of]) => all + (of[column] ?? 0), 0))
    ])
  ].join("\n")
}

/** Keeps a result where `table.program.ts` finds it. */
export const save = (result: Result) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(FOLDER, { recursive: true })
    yield* fs.writeFileString(`${FOLDER}/${result.name}.json`, JSON.stringify(result))
  })
