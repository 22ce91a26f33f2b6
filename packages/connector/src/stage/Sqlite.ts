/**
 * Wraps Node's built-in SQLite, because Effect has no service that takes rows
 * synchronously, and a stage receives hundreds of thousands of them.
 *
 * Everything here throws what SQLite throws. `SinkError.attempt` makes it a typed error.
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
 * A prepared statement. `Row` is the caller's type of a row.
 *
 * @category models
 * @since 0.1.0
 */
export interface Statement<Row = unknown> {
  /** Runs the statement and returns the number of changed rows. */
  readonly run: (...values: ReadonlyArray<Value>) => number
  /** Like `run`, without the row count (cheaper). */
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
  /** Runs several statements separated by `;`. */
  readonly exec: (sql: string) => void
  readonly prepare: <Row = unknown>(sql: string) => Statement<Row>
  /** Closes the database and rolls back uncommitted changes. */
  readonly close: () => void
}

/**
 * The page size in bytes, four times the default: rows are long and are added in
 * order, so larger pages mean fewer calls and less waste.
 *
 * @category models
 * @since 0.1.0
 */
export const PAGE_BYTES = 16_384

/**
 * Opens a database that survives a kill and loss of power at any time. It keeps about
 * 4 MB in memory; larger sorts use files in `temporaryDirectory`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (path: string, temporaryDirectory: string): Database => {
  // Older versions of Node cannot import it; core reports them.
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
 * Opens a database only for `code` and runs it. The error contains what was thrown.
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
 * Quotes a text for SQL.
 *
 * @category operations
 * @since 0.1.0
 */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
