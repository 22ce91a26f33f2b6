// What Effect has no service for: a database that sorts more than memory holds. This module alone speaks to it, and
// loads it only when an inventory is opened.
import type { RowChecksums } from "@chatferry/core"
import * as Effect from "effect/Effect"

type Value = string | number

export interface Database {
  readonly exec: (sql: string) => void
  readonly insert: (sql: string) => (...values: ReadonlyArray<Value>) => void
  readonly prepare: RowChecksums.Database["prepare"]
  readonly remove: (sql: string, ...values: ReadonlyArray<Value>) => void
  /** `Row` is what the caller knows of the columns. */
  readonly iterate: <Row>(sql: string) => IterableIterator<Row>
  /** Rolls back what is not committed. */
  readonly close: () => void
}

/**
 * Opens a database that survives a kill and loss of power at any instant. It
 * keeps about 4 MB in memory; what does not fit there while sorting goes to
 * files in `temporaryDirectory`.
 */
export const open = <E>(
  path: string,
  temporaryDirectory: string,
  failed: (cause: unknown) => E
): Effect.Effect<Database, E> =>
  Effect.tryPromise({ try: () => import("node:sqlite"), catch: failed }).pipe(
    Effect.flatMap(({ DatabaseSync }) =>
      Effect.try({
        try: () => {
          const database = new DatabaseSync(path)
          try {
            database.exec(`PRAGMA page_size = 16384;
              PRAGMA journal_mode = TRUNCATE;
              PRAGMA synchronous = FULL;
              PRAGMA cache_size = -4096;
              PRAGMA temp_store = FILE;
              PRAGMA temp_store_directory = '${temporaryDirectory.replaceAll("'", "''")}'`)
          } catch (cause) {
            database.close()
            throw cause
          }
          return {
            exec: (sql: string) => database.exec(sql),
            insert: (sql: string) => {
              const statement = database.prepare(sql)
              // `get` does not ask how many rows changed, which would cost as much as a small row.
              return (...values: ReadonlyArray<Value>) => void statement.get(...values)
            },
            prepare: <Row>(sql: string): RowChecksums.Query<Row> => {
              const statement = database.prepare(sql)
              return { get: (...values) => statement.get(...values) as unknown as Row | undefined }
            },
            remove: (sql: string, ...values: ReadonlyArray<Value>) =>
              void database.prepare(sql).run(...values),
            iterate: <Row>(sql: string) =>
              database.prepare(sql).iterate() as unknown as IterableIterator<Row>,
            close: () => database.close()
          }
        },
        catch: failed
      })
    )
  )
