import type { RowChecksums } from "@chatferry/core"
import type { Database } from "./sqlite.ts"
import * as StageTables from "./stageTables.ts"

/** Makes a function that adds rows to a table, with a value for each of its columns, and returns the row's number. */
export type Insert = (table: StageTables.Table) => (...values: ReadonlyArray<RowChecksums.Value>) => number

export const makeInsert =
  (database: Database, checksums: RowChecksums.RowChecksums): Insert =>
  (name) => {
    const table = StageTables.table(name)
    const marks = table.columns.map(() => "?").join(", ")
    const { execute } = database.prepare(
      `INSERT INTO ${name} (${table.columns.join(", ")}) VALUES (${marks})`
    )
    const add = checksums.adder(table)
    return (...values) => {
      // The database numbers rows alike: each is one more than the last, and only the last ones are ever deleted.
      execute(...values)
      return add(values)
    }
  }
