// What Effect has no service for: a database without a driver package. This module alone speaks to it.
import * as Effect from "effect/Effect"

type Value = string | number | null

/** A database that survives a kill and loss of power at any instant, with about 2 MB in memory. */
export interface Database {
  readonly exec: (sql: string) => void
  readonly run: (sql: string, ...values: ReadonlyArray<Value>) => void
  readonly get: (sql: string, ...values: ReadonlyArray<Value>) => unknown
  /** Rolls back what is not committed. */
  readonly close: () => void
}

/** Loads the engine when it is needed: most runs do without. What does not fit in memory while sorting goes to files in `temporaryDirectory`. */
export const open = (path: string, temporaryDirectory: string): Effect.Effect<Database, unknown> =>
  Effect.tryPromise({
    try: async () => {
      const { DatabaseSync } = await import("node:sqlite")
      const database = new DatabaseSync(path)
      database.exec(`PRAGMA page_size = 16384;
        PRAGMA journal_mode = TRUNCATE;
        PRAGMA synchronous = FULL;
        PRAGMA cache_size = -2048;
        PRAGMA temp_store = FILE;
        PRAGMA temp_store_directory = '${temporaryDirectory.replaceAll("'", "''")}'`)
      const statements = new Map<string, ReturnType<typeof database.prepare>>()
      const prepare = (sql: string) => {
        const statement = statements.get(sql) ?? database.prepare(sql)
        statements.set(sql, statement)
        return statement
      }
      return {
        exec: (sql) => database.exec(sql),
        run: (sql, ...values) => {
          prepare(sql).run(...values)
        },
        get: (sql, ...values) => prepare(sql).get(...values),
        close: () => database.close()
      }
    },
    catch: (cause) => cause
  })
