// Effect does not have a service for an embedded database. Only this module accesses it, and it is loaded only when a
// run needs it.
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Scope from "effect/Scope"
import * as RowChecksums from "../../files/RowChecksums.ts"
import type { StagedDataDamaged } from "../errors/stagedDataDamaged.ts"

type Value = string | number | null

interface Statement<Row = unknown> {
  readonly run: (...values: ReadonlyArray<Value>) => void
  readonly get: (...values: ReadonlyArray<Value>) => Row | undefined
  readonly iterate: (...values: ReadonlyArray<Value>) => Iterable<Row>
}

export interface Database {
  readonly exec: (sql: string) => void
  /** `Row` is the row type that the caller expects. */
  readonly prepare: <Row = unknown>(sql: string) => Statement<Row>
}

/**
 * Opens a database until the scope closes. It survives a kill and a power failure at
 * any instant. Uncommitted changes are rolled back. It keeps about 4 MB in memory.
 */
export const open = <E>(
  path: string,
  failed: (cause: unknown) => E
): Effect.Effect<Database, E, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.flatMap(
        Effect.tryPromise({ try: () => import("node:sqlite"), catch: failed }),
        ({ DatabaseSync }) => Effect.try({ try: () => new DatabaseSync(path), catch: failed })
      ),
      (database) => Effect.sync(() => database.close())
    ),
    (database) => ({
      exec: (sql) => database.exec(sql),
      prepare: <Row>(sql: string) => {
        const statement = database.prepare(sql)
        return {
          // `get` does not query the number of changed rows, which would cost as much as a small row.
          run: (...values: ReadonlyArray<Value>) => void statement.get(...values),
          get: (...values: ReadonlyArray<Value>) => statement.get(...values) as unknown as Row | undefined,
          iterate: (...values: ReadonlyArray<Value>) =>
            statement.iterate(...values) as unknown as IterableIterator<Row>
        }
      }
    })
  )

/** Verifies a database before it is opened again. */
export const prove = <E>(
  options: Pick<Parameters<typeof RowChecksums.prove>[0], "path" | "tables" | "proof"> & {
    readonly failed: (cause: unknown) => E
  }
): Effect.Effect<void, StagedDataDamaged | E, FileSystem.FileSystem> =>
  RowChecksums.prove({
    ...options,
    within: (code) => {
      const asThrown = (thrown: unknown) => ({ thrown })
      return Effect.scoped(
        Effect.flatMap(open(options.path, asThrown), (database) =>
          Effect.try({ try: () => code(database), catch: asThrown })
        )
      )
    }
  })

/** The settings of a database that uses a folder for data that does not fit in memory while sorting. */
export const pragmasWith = (temporaryDirectory: string): string =>
  `${PRAGMAS} PRAGMA temp_store = FILE; PRAGMA temp_store_directory = '${temporaryDirectory.replaceAll("'", "''")}';`

/** Settings of a new or an existing database; the database does not store them. */
export const PRAGMAS = `PRAGMA page_size = 16384;
  PRAGMA journal_mode = TRUNCATE;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -4096;
  PRAGMA temp_store = MEMORY;`
