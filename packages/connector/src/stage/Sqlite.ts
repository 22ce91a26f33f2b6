/**
 * A database without a driver package: Effect has no service for one that takes
 * rows synchronously, and a stage gets hundreds of thousands of them.
 *
 * Everything here throws what SQLite throws: `SinkError.attempt` makes an error of it.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import process from "node:process"
import type { RowChecksums } from "@chatferry/core/files"
import * as Effect from "effect/Effect"

type Value = RowChecksums.Value

/**
 * A prepared statement. `Row` is what the caller knows of the columns.
 *
 * @category models
 * @since 0.1.0
 */
export interface Statement<Row = unknown> {
  /** The number of rows changed. */
  readonly run: (...values: ReadonlyArray<Value>) => number
  /** For what changes rows and whose number nobody asks for: that costs as much as a small row. */
  readonly execute: (...values: ReadonlyArray<Value>) => void
  readonly all: (...values: ReadonlyArray<Value>) => ReadonlyArray<Row>
  /** The first row. */
  readonly get: (...values: ReadonlyArray<Value>) => Row | undefined
  /** Rows one by one; `return` ends the query early. */
  readonly iterate: (...values: ReadonlyArray<Value>) => IterableIterator<Row>
}

/**
 * An open database.
 *
 * @category models
 * @since 0.1.0
 */
export interface Database {
  /** Several statements, with `;` between them. */
  readonly exec: (sql: string) => void
  readonly prepare: <Row = unknown>(sql: string) => Statement<Row>
  /** Rolls back what is not committed. */
  readonly close: () => void
}

/**
 * Bytes of a page, four times the default: rows are long and come in order, so that
 * larger pages mean fewer calls and less waste.
 *
 * @category models
 * @since 0.1.0
 */
export const PAGE_BYTES = 16_384

/**
 * Opens a database that survives a kill and loss of power at any instant. It
 * keeps about 4 MB in memory; what does not fit there while sorting goes to
 * files in `temporaryDirectory`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (path: string, temporaryDirectory: string): Database => {
  // Older versions of Node cannot import it, and core says what they are.
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
  const database = new DatabaseSync(path)
  try {
    database.exec(`PRAGMA page_size = ${PAGE_BYTES};
      PRAGMA journal_mode = TRUNCATE;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -4096;
      PRAGMA temp_store = FILE;
      PRAGMA temp_store_directory = ${quote(temporaryDirectory)}`)
  } catch (cause) {
    database.close()
    throw cause
  }
  return {
    exec: (sql) => database.exec(sql),
    prepare: <Row>(sql: string) => {
      const statement = database.prepare(sql)
      return {
        run: (...values) => Number(statement.run(...values).changes),
        execute: statement.get.bind(statement),
        all: (...values) => statement.all(...values) as unknown as ReadonlyArray<Row>,
        get: (...values) => statement.get(...values) as unknown as Row | undefined,
        iterate: (...values) => statement.iterate(...values) as unknown as IterableIterator<Row>
      }
    },
    close: () => database.close()
  }
}

/**
 * Runs code on a database that is opened for it alone. What is thrown is given as
 * it is.
 *
 * @category operations
 * @since 0.1.0
 */
export const within = <A>(
  path: string,
  temporaryDirectory: string,
  code: (database: Database) => A
): Effect.Effect<A, { readonly thrown: unknown }> =>
  Effect.try({
    try: () => {
      const database = open(path, temporaryDirectory)
      try {
        return code(database)
      } finally {
        database.close()
      }
    },
    catch: (thrown) => ({ thrown })
  })

/**
 * A text in SQL.
 *
 * @category operations
 * @since 0.1.0
 */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
