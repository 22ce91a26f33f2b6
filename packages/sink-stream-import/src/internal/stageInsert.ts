import type { Database } from "./sqlite.ts"
import type { Table } from "./stageTables.ts"

/** Makes a function that adds rows to a table, counts `rows` on, and returns the row's number. */
export type Insert = (
  table: Table,
  columns: string
) => (...values: ReadonlyArray<string | number | null>) => number

export const makeInsert =
  (database: Database, rows: Record<Table, number>): Insert =>
  (table, columns) => {
    const marks = columns.split(",").map(() => "?")
    const { execute } = database.prepare(`INSERT INTO ${table} (${columns}) VALUES (${marks.join(", ")})`)
    return (...values) => {
      // The database numbers rows alike: each is one more than the last, and only the last ones are ever deleted.
      execute(...values)
      return ++rows[table]
    }
  }
