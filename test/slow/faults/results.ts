/** The results of the sweeps, as tables, and stored for the documentation. */
import { Effect, FileSystem, Option, Schema } from "effect"

/** Cases that run one after the other, and the rows of their table. */
export interface Sweep {
  readonly name: string
  /** Title in the documentation. */
  readonly title: string
  /** Number of cases in a full run, and in a short one. */
  readonly cases: number
  readonly short: number
  readonly rows: ReadonlyArray<string>
}

/** Number of outcomes, by row. */
export const Table = Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Int))
export type Table = typeof Table.Type

export class Result extends Schema.Opaque<Result>()(
  Schema.Struct({
    name: Schema.String,
    seed: Schema.Int,
    isShort: Schema.Boolean,
    cases: Schema.Int,
    table: Table
  })
) {}

/** Column of cases with a problem. */
export const WRONG = "**wrong**"

export const sum = (
  verdicts: ReadonlyArray<{ readonly row: string; readonly outcome: string; readonly problem?: unknown }>
): Table => {
  const table: Record<string, Record<string, number>> = {}
  for (const { outcome, problem, row } of verdicts) {
    const counts = (table[row] ??= {})
    const column = problem === undefined ? outcome : WRONG
    counts[column] = (counts[column] ?? 0) + 1
  }
  return table
}

/** Headers of the columns before the outcomes, and of the row of sums. */
export const HEADS = ["case", "runs"] as const
export const ALL = "all"

/** A table in Markdown: rows in the order of the sweep, columns in alphabetical order. */
export const text = ({ rows }: Sweep, table: Table): string => {
  const strange = Object.keys(table).filter((row) => !rows.includes(row))
  if (strange.length > 0) throw new Error(`the sweep does not name the rows ${strange.join(", ")}`)
  const columns = [...new Set(Object.values(table).flatMap(Object.keys))].toSorted()
  const total = (of: Readonly<Record<string, number>>) => Object.values(of).reduce((all, one) => all + one, 0)
  const counted = (row: string, of: Readonly<Record<string, number>>) =>
    line([row, total(of), ...columns.map((column) => of[column] ?? "-")])
  const all: Record<string, number> = {}
  for (const of of Object.values(table)) {
    for (const [column, count] of Object.entries(of)) all[column] = (all[column] ?? 0) + count
  }
  return [
    line([...HEADS, ...columns]),
    line(["---", "---:", ...columns.map(() => "---:")]),
    ...rows.map((row) => counted(row, table[row] ?? {})),
    counted(ALL, all)
  ].join("\n")
}

/** Stores a result for `page.program.ts`. */
export const save = (result: Result) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(FOLDER, { recursive: true })
    yield* fs.writeFileString(fileOf(result), JSON.stringify(result))
  })

/** The result of a full run, if there is one. */
export const load = ({ name }: Sweep) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* Effect.option(fs.readFileString(fileOf({ name, isShort: false })))
    return Option.flatMap(text, decode)
  })

// internal

/** Below the installed packages: results are not part of the sources. */
const FOLDER = `${import.meta.dirname}/../../../node_modules/.cache/chatferry-faults`

// A short run does not replace the result of a full one.
const fileOf = ({ isShort, name }: Pick<Result, "isShort" | "name">) =>
  `${FOLDER}/${name}${isShort ? ".short" : ""}.json`

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Result))

const line = (cells: ReadonlyArray<string | number>) => `| ${cells.join(" | ")} |`
