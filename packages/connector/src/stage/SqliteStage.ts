/**
 * Where the records of a sink wait until all of them are known.
 *
 * Rows are only ever added, so going back to a receipt is cutting off what came
 * later. What a receipt speaks of is proven when the stage is opened again:
 * damage is an error of its own, `StagedDataDamaged`, and never other bytes.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { SinkError } from "@chatferry/core"
import { DurableFile, RowChecksums } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as Sqlite from "./Sqlite.ts"

/**
 * What a stage is made of; `T` are the names of its tables.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<T extends string = string> {
  /** The sink, for its errors. */
  readonly sink: string
  /** The folder of the database, and of what does not fit in memory while SQLite sorts. Made when it is not there. */
  readonly directory: string
  /** The name of the database: `stage.db`. */
  readonly file: string
  /** SQL that makes the tables, each with a column `row INTEGER PRIMARY KEY`, which counts up from 1. */
  readonly schema: string
  /** The other columns of each table, in the order in which values are added. */
  readonly tables: { readonly [K in T]: ReadonlyArray<string> }
  /** SQL that takes away what was made of the rows, such as indexes: what is proven are tables alone. */
  readonly unmake?: string
}

/**
 * An open stage.
 *
 * @category models
 * @since 0.1.0
 */
export interface SqliteStage<in T extends string = string> {
  readonly path: string
  /** For reading what is staged. Rows are added by `insert` alone, or the stage is damaged to itself. */
  readonly database: Sqlite.Database
  /**
   * Makes the function that adds a row to a table, with a value for each of its
   * columns in their order, and gives the row's number. It is called within `write`.
   */
  readonly insert: (table: T) => (...values: ReadonlyArray<RowChecksums.Value>) => number
  /** Runs plain code that adds rows. What it throws is an error of the sink. */
  readonly write: <A>(code: () => A) => Effect.Effect<A, SinkError.SinkError>
  /** Makes durable what was added, and gives what proves it: part of the receipt, under 1 KB for ten tables. */
  readonly commit: Effect.Effect<RowChecksums.Proof, SinkError.SinkError>
}

/**
 * Opens a stage: empty, whatever was there, or exactly as it was when `last` was
 * given, which is proven. It is closed with the scope.
 *
 * Adding a row takes some 2 µs and no memory beyond SQLite's cache of 4 MB; proving
 * reads every row once.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = Effect.fnUntraced(function* <T extends string>(
  options: Options<T>,
  last?: RowChecksums.Proof
): Effect.fn.Return<SqliteStage<T>, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const { directory, schema, sink, unmake } = options
  const tables = tablesOf(options)
  const path = yield* pathOf(options)
  if (last === undefined) yield* makeRoom(options, path)
  else yield* prove(options, path, last)
  const database = yield* Effect.acquireRelease(
    SinkError.attempt(sink, path, () => Sqlite.open(path, directory)),
    (opened) => Effect.sync(() => opened.close())
  )
  return yield* SinkError.attempt(sink, path, () => {
    if (last === undefined) database.exec(`BEGIN; ${schema}; COMMIT`)
    else goBack(database, tables, last, unmake)
    return make(sink, path, database, tables, last)
  })
})

/**
 * Fails unless the tables hold what they held when `proof` was given. For what an
 * earlier process has left: before results are worked out, and when indexes are made.
 *
 * @category operations
 * @since 0.1.0
 */
export const check = Effect.fnUntraced(function* (
  options: Options,
  database: Sqlite.Database,
  proof: RowChecksums.Proof
): Effect.fn.Return<void, SinkError.SinkError, Path.Path> {
  const path = yield* pathOf(options)
  const problem = yield* SinkError.attempt(options.sink, path, () =>
    RowChecksums.problemIn(database, tablesOf(options), proof)
  )
  if (problem === undefined) return undefined
  return yield* failed(options, new SinkError.StagedDataDamaged({ path, problem }))
})

// internal

const tablesOf = ({ tables }: Options): ReadonlyArray<RowChecksums.Table> =>
  Object.entries(tables).map(([name, columns]) => ({ name, columns }))

const pathOf = ({ directory, file }: Options) => Effect.map(Path.Path, (path) => path.join(directory, file))

const failed = ({ sink }: Options, reason: SinkError.SinkErrorReason) =>
  Effect.fail(new SinkError.SinkError({ sink, reason }))

/** Makes room for a new database. */
const makeRoom = (options: Options, path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* DurableFile.makeDirectory(options.directory)
    for (const suffix of ["", "-journal", "-wal", "-shm"])
      yield* DurableFile.awaited(fs.remove(`${path}${suffix}`, { force: true }))
    // The database takes over the permissions of the file it finds: what was said in private is its owner's alone.
    yield* Effect.scoped(fs.open(path, { flag: "a", mode: 0o600 }))
  }).pipe(Effect.catch((cause: PlatformError) => failed(options, new SinkError.WriteFailed({ path, cause }))))

const prove = (options: Options, path: string, proof: RowChecksums.Proof) =>
  RowChecksums.prove({
    path,
    tables: tablesOf(options),
    proof,
    within: (code) => Sqlite.within(path, options.directory, code),
    failed: (cause) => new SinkError.WriteFailed({ path, cause })
  }).pipe(Effect.catch((reason) => failed(options, reason)))

const goBack = (
  database: Sqlite.Database,
  tables: ReadonlyArray<RowChecksums.Table>,
  proof: RowChecksums.Proof,
  unmake = ""
) => {
  database.exec(`BEGIN; ${unmake}`)
  for (const { name } of tables) {
    database.prepare(`DELETE FROM ${name} WHERE row > ?`).run(proof.tables[name]?.rows ?? 0)
  }
  database.exec("COMMIT")
}

const make = (
  sink: string,
  path: string,
  database: Sqlite.Database,
  tables: ReadonlyArray<RowChecksums.Table>,
  last: RowChecksums.Proof | undefined
): SqliteStage => {
  const checksums = RowChecksums.open(database, tables, last)
  const byName = new Map(tables.map((table) => [table.name, table]))
  let isOpen = false
  return {
    path,
    database,
    insert: (name) => {
      const table = byName.get(name)
      if (table === undefined) throw new Error(`the stage has no table ${name}`)
      const { columns } = table
      const { execute } = database.prepare(
        `INSERT INTO ${name} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`
      )
      const add = checksums.adder(table)
      return (...values) => {
        // The database numbers rows alike: each is one more than the last, and only the last ones are ever deleted.
        execute(...values)
        return add(values)
      }
    },
    write: (code) =>
      SinkError.attempt(sink, path, () => {
        if (!isOpen) database.exec("BEGIN")
        isOpen = true
        return code()
      }),
    commit: SinkError.attempt(sink, path, () => {
      if (isOpen) database.exec("COMMIT")
      isOpen = false
      return checksums.proof()
    })
  }
}
