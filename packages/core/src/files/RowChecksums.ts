/**
 * Checksums that verify the rows of a database when it is opened again.
 *
 * A writer that stages rows in an embedded database keeps a running CRC-32 of the rows
 * of each table, and puts the `Proof` into its receipt. When the database is opened at
 * that receipt, `prove` checks its content: schema, structure, and each row with the
 * types of its values. Rows are only added, so the rows of a receipt stay the same when
 * later ones are added.
 *
 * SQLite itself has no checksums for its pages, so it does not notice a changed text.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as SystemProblem from "../errors/SystemProblem.ts"
import { StagedDataDamaged } from "../internal/errors/stagedDataDamaged.ts"
import { crc32 } from "../internal/files/crc32.ts"
import { EMPTY, makeSum, sqlOf, type Value } from "../internal/files/rowSum.ts"
import * as DurableFile from "./DurableFile.ts"

/**
 * A table whose rows have an `INTEGER PRIMARY KEY` named `row`, which counts up
 * from 1. Its columns are of type TEXT or INTEGER, and may hold NULL.
 *
 * @category models
 * @since 0.1.0
 */
export interface Table {
  readonly name: string
  /** All columns except `row`, in the order in which values are added. */
  readonly columns: ReadonlyArray<string>
}

export type {
  /**
   * A value of a column.
   *
   * @category models
   * @since 0.1.0
   */
  Value
} from "../internal/files/rowSum.ts"

/**
 * The data that verifies a database at a commit.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Proof = Schema.Struct({
  /** CRC-32 of the statements that create the tables. */
  schema: Schema.Int,
  /** For each table, the number of its rows and of their NULLs, and the CRC-32 of all values. */
  tables: Schema.Record(
    Schema.String,
    Schema.Struct({ rows: Schema.Int, nulls: Schema.Int, crc32: Schema.Int })
  )
})
/**
 * @category models
 * @since 0.1.0
 */
export type Proof = typeof Proof.Type

/**
 * A query whose row type the caller knows.
 *
 * @category models
 * @since 0.1.0
 */
export interface Query<Row> {
  /** The first row. */
  readonly get: (...values: ReadonlyArray<number>) => Row | undefined
}

/**
 * The part of a database's interface that is needed here.
 *
 * @category models
 * @since 0.1.0
 */
export interface Database {
  readonly prepare: <Row>(sql: string) => Query<Row>
}

/**
 * Checksums that grow with their tables.
 *
 * @category models
 * @since 0.1.0
 */
export interface RowChecksums {
  /** Makes a function that takes the values of each added row of a table and returns the row's number. */
  readonly adder: (table: Table) => (values: ReadonlyArray<Value>) => number
  readonly proof: () => Proof
}

/**
 * Opens the checksums of a database with existing tables, at a proof or empty.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (database: Database, tables: ReadonlyArray<Table>, last?: Proof): RowChecksums => {
  const sums = new Map(tables.map(({ name }) => [name, makeSum(sumIn(last, name))]))
  const schema = schemaOf(database)
  return {
    adder: ({ name }) => {
      const sum = sums.get(name)
      if (sum === undefined) throw new Error(`the table ${name} is not among those that were opened`)
      return sum.add
    },
    proof: () => ({
      schema,
      tables: Object.fromEntries(Array.from(sums, ([name, sum]) => [name, sum.extent()]))
    })
  }
}

/**
 * Describes the problem with the rows of a database, as the end of a sentence that
 * begins with its file; `undefined` if they match the proof, regardless of rows added
 * later. Reads all rows.
 *
 * @category operations
 * @since 0.1.0
 */
export const problemIn = (
  database: Database,
  tables: ReadonlyArray<Table>,
  proof: Proof
): string | undefined => {
  if (schemaOf(database) !== proof.schema) return "does not have the expected tables"
  for (const table of tables) {
    const expected = sumIn(proof, table.name)
    const first = database.prepare<{ readonly row: number | null }>(
      `SELECT min(row) AS row FROM ${table.name}`
    )
    const isBefore = (first.get()?.row ?? 1) < 1
    const { crc32, nulls, strange } = contentOf(database, table, expected.rows)
    if (isBefore || crc32 !== expected.crc32 || nulls !== expected.nulls || strange > 0)
      return `has rows in the table ${table.name} that differ from those written`
  }
  return undefined
}

/**
 * Verifies a database that is about to be opened again. Reads it twice: its structure,
 * and all rows. `failed` gets failures that are not caused by the file, such as a disk
 * that cannot be read.
 *
 * @category operations
 * @since 0.1.0
 */
export const prove = <E, R>(options: {
  readonly path: string
  readonly tables: ReadonlyArray<Table>
  readonly proof: Proof
  /** Runs code with a new connection, and closes it. An exception becomes the failure, unchanged. */
  readonly within: <A>(code: (database: Database) => A) => Effect.Effect<A, { readonly thrown: unknown }, R>
  readonly failed: (cause: unknown) => E
}): Effect.Effect<void, StagedDataDamaged | E, R | FileSystem.FileSystem> => {
  const { failed, path, proof, tables, within } = options
  const check = within((database) => structureIn(database) ?? problemIn(database, tables, proof))
  const isThere = Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.mapError(fs.exists(path), failed))
  const proven = check.pipe(
    // SQLite mistakes a disk that fails to read for a damaged file, and a read failure may be temporary.
    Effect.catch(() => Effect.andThen(Effect.mapError(readable(path), failed), check)),
    Effect.catchIf(isThrown, ({ thrown }) =>
      isOfSystem(thrown)
        ? Effect.fail(failed(thrown))
        : Effect.succeed(`cannot be read as a database: ${SystemProblem.wordsOf(thrown)}`)
    ),
    Effect.flatMap((problem) =>
      problem === undefined ? Effect.void : Effect.fail(new StagedDataDamaged({ path, problem }))
    )
  )
  return Effect.flatMap(isThere, (is) =>
    is ? proven : Effect.fail(new StagedDataDamaged({ path, problem: "is gone" }))
  )
}

// internal

const schemaOf = (database: Database): number => {
  const found = database
    .prepare<{ readonly text: string | null }>(
      `SELECT group_concat(name || char(31) || sql, char(30)) AS text
        FROM (SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name)`
    )
    .get()
  return crc32(found?.text ?? "", 0)
}

/** Also finds damage that no row shows, such as a list of free pages that are not free. */
const structureIn = (database: Database): string | undefined => {
  const found = database.prepare<Record<string, unknown>>("PRAGMA quick_check(1)").get() ?? {}
  return Object.values(found)[0] === "ok" ? undefined : "has a damaged structure"
}

const BLOCK_ROWS = 128
const BLOCK_BYTES = 1 << 20

/** `strange`: values of types that are never written. */
const contentOf = (database: Database, table: Table, rows: number) => {
  const { columns, name } = table
  const between = `FROM ${name} WHERE row BETWEEN ? AND ?`
  const total = (of: (column: string) => string) =>
    columns.map((column) => `total(${of(column)})`).join(" + ")
  const shapeOf = database.prepare<Record<"bytes" | "nulls" | "strange", number>>(
    `SELECT ${total((column) => `octet_length(${column})`)} AS bytes,
      ${total((column) => `${column} IS NULL`)} AS nulls,
      ${total((column) => `typeof(${column}) IN ('blob', 'real')`)} AS strange ${between}`
  )
  const bytesOf = database.prepare<{ readonly bytes: Uint8Array | null }>(
    `SELECT CAST(group_concat(line, '') AS BLOB) AS bytes FROM (SELECT ${sqlOf(columns)} AS line ${between} ORDER BY row)`
  )
  const found = { crc32: 0, nulls: 0, strange: 0 }
  const add = (first: number, last: number) => {
    found.crc32 = crc32(bytesOf.get(first, last)?.bytes ?? NOTHING, found.crc32)
  }
  for (let first = 1; first <= rows; first += BLOCK_ROWS) {
    const last = Math.min(rows, first + BLOCK_ROWS - 1)
    const { bytes, nulls, strange } = shapeOf.get(first, last) ?? { bytes: 0, nulls: 0, strange: 0 }
    found.nulls += nulls
    found.strange += strange
    if (bytes <= BLOCK_BYTES) add(first, last)
    // Long rows are read one by one, so only one is in memory at a time.
    else for (let row = first; row <= last; row++) add(row, row)
  }
  return found
}

const NOTHING = new Uint8Array()

/** A table may be called `constructor`, which every object inherits. */
const sumIn = (proof: Proof | undefined, table: string) =>
  (proof !== undefined && Object.hasOwn(proof.tables, table) ? proof.tables[table] : undefined) ?? EMPTY

const readable = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<void, PlatformError.PlatformError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  // Opened in the same mode as for resuming: a file without write permission is not damaged.
  yield* Effect.scoped(fs.open(path, { flag: "r+" }))
  const { size } = yield* fs.stat(path)
  yield* DurableFile.sha256Of(path, Number(size))
})

const isThrown = (error: unknown): error is { readonly thrown: unknown } =>
  typeof error === "object" && error !== null && "thrown" in error

/** Kinds of failures that say nothing about the content of the file: locks, memory, reading and writing, a full disk. */
const isOfSystem = (thrown: unknown): boolean => {
  if (!(thrown instanceof Error) || !("errcode" in thrown)) return true
  return OF_SYSTEM.has(Number(thrown.errcode) & 0xff)
}
const OF_SYSTEM: ReadonlySet<number> = new Set([3, 5, 6, 7, 10, 13, 14])
