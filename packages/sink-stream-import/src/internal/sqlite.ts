// What Effect has no service for: a database without a driver package. This module alone speaks to Node.
import process from "node:process"
import * as Effect from "effect/Effect"

type Value = string | number | null

export interface Statement<Row = unknown> {
  /** The number of rows changed. */
  readonly run: (...values: ReadonlyArray<Value>) => number
  /** For what changes rows and whose number nobody asks for: that costs as much as a small row. */
  readonly execute: (...values: ReadonlyArray<Value>) => void
  readonly all: (...values: ReadonlyArray<Value>) => ReadonlyArray<Row>
  readonly get: (...values: ReadonlyArray<Value>) => Row | undefined
  readonly iterate: (...values: ReadonlyArray<Value>) => Iterator<Row>
}

export interface Database {
  readonly exec: (sql: string) => void
  /** `Row` is what the caller knows of the columns. */
  readonly prepare: <Row = unknown>(sql: string) => Statement<Row>
  /** Rolls back what is not committed. */
  readonly close: () => void
}

/** Four times the default: rows are long and come in order, so that larger pages mean fewer calls and less waste. */
export const PAGE_BYTES = 16_384

/**
 * Opens a database that survives a kill and loss of power at any instant. It
 * keeps about 4 MB in memory; what does not fit there while sorting goes to
 * files in `temporaryDirectory`.
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
        iterate: (...values) => statement.iterate(...values) as unknown as Iterator<Row>
      }
    },
    close: () => database.close()
  }
}

/** Runs code on a database that is opened for it alone. What is thrown is given as it is. */
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

/** SQL text for a string. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
