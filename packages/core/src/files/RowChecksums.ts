/**
 * Rows of a database that prove themselves when it is opened again.
 *
 * A writer that stages rows in an embedded database keeps a running CRC-32 of the
 * rows of each table, and puts the `Proof` into its receipt. When the database is
 * opened at that receipt, `prove` compares what it holds: schema, structure, and
 * each row with the types of its values. Rows are only added, so that those that a
 * receipt speaks of are the same after later ones have been added.
 *
 * SQLite itself has no checksums of its pages: a text that has changed in them is
 * as good as any other.
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
  /** All of them but `row`, in the order in which values are added. */
  readonly columns: ReadonlyArray<string>
}

export type {
  /**
   * What a column holds.
   *
   * @category models
   * @since 0.1.0
   */
  Value
} from "../internal/files/rowSum.ts"

/**
 * What must be known to prove a database at a commit.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Proof = Schema.Struct({
  /** CRC-32 of what makes the tables. */
  schema: Schema.Int,
  /** By table, the number of its rows and of NULLs in them, and the CRC-32 of all values. */
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
 * A query whose rows are known by the caller.
 *
 * @category models
 * @since 0.1.0
 */
export interface Query<Row> {
  /** The first row. */
  readonly get: (...values: ReadonlyArray<number>) => Row | undefined
}

/**
 * As much as is needed of a database.
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
  /** Makes the function that takes the values of each row that is added to a table, and gives the row's number. */
  readonly adder: (table: Table) => (values: ReadonlyArray<Value>) => number
  readonly proof: () => Proof
}

/**
 * Opens the checksums of a database whose tables are there, at a proof or empty.
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
 * Says what is wrong with the rows of a database, as the end of a sentence that
 * begins with its file; `undefined` when they are those of the proof, whatever
 * has been added after them. Reads all of them.
 *
 * @category operations
 * @since 0.1.0
 */
export const problemIn = (
  database: Database,
  tables: ReadonlyArray<Table>,
  proof: Proof
): string | undefined => {
  if (schemaOf(database) !== proof.schema) return "does not have the tables that were made"
  for (const table of tables) {
    const expected = sumIn(proof, table.name)
    const first = database.prepare<{ readonly row: number | null }>(
      `SELECT min(row) AS row FROM ${table.name}`
    )
    const isBefore = (first.get()?.row ?? 1) < 1
    const { crc32, nulls, strange } = contentOf(database, table, expected.rows)
    if (isBefore || crc32 !== expected.crc32 || nulls !== expected.nulls || strange > 0)
      return `has other rows in the table ${table.name} than were written`
  }
  return undefined
}

/**
 * Proves a database that is about to be opened again. Reads it twice: its
 * structure, and all rows. `failed` gets what is not the fault of the file, such as
 * a disk that cannot be read.
 *
 * @category operations
 * @since 0.1.0
 */
export const prove = <E, R>(options: {
  readonly path: string
  readonly tables: ReadonlyArray<Table>
  readonly proof: Proof
  /** Runs code in a connection of its own, and closes it. Whatever is thrown is its failure, as it was thrown. */
  readonly within: <A>(code: (database: Database) => A) => Effect.Effect<A, { readonly thrown: unknown }, R>
  readonly failed: (cause: unknown) => E
}): Effect.Effect<void, StagedDataDamaged | E, R | FileSystem.FileSystem> => {
  const { failed, path, proof, tables, within } = options
  const check = within((database) => structureIn(database) ?? problemIn(database, tables, proof))
  const isThere = Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.mapError(fs.exists(path), failed))
  const proven = check.pipe(
    // SQLite takes a disk that fails to read for a damaged file, and once is not for ever.
    Effect.catch(() => Effect.andThen(Effect.mapError(readable(path), failed), check)),
    Effect.catchIf(isThrown, ({ thrown }) =>
      isOfSystem(thrown)
        ? Effect.fail(failed(thrown))
        : Effect.succeed(`is not readable as the database that it was: ${SystemProblem.wordsOf(thrown)}`)
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

/** Also finds what no row shows, such as a list of free pages that are not free. */
const structureIn = (database: Database): string | undefined => {
  const found = database.prepare<Record<string, unknown>>("PRAGMA quick_check(1)").get() ?? {}
  return Object.values(found)[0] === "ok" ? undefined : "is damaged in its structure"
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
    // Long rows one by one, so that no more than one is in memory.
    else for (let row = first; row <= last; row++) add(row, row)
  }
  return found
}

const NOTHING = new Uint8Array()

/** A table may be called `constructor`, as every object has it. */
const sumIn = (proof: Proof | undefined, table: string) =>
  (proof !== undefined && Object.hasOwn(proof.tables, table) ? proof.tables[table] : undefined) ?? EMPTY

const readable = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<void, PlatformError.PlatformError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  // As it is opened to resume from it: a file that may not be written is not a damaged one.
  yield* Effect.scoped(fs.open(path, { flag: "r+" }))
  const { size } = yield* fs.stat(path)
  yield* DurableFile.sha256Of(path, Number(size))
})

const isThrown = (error: unknown): error is { readonly thrown: unknown } =>
  typeof error === "object" && error !== null && "thrown" in error

/** Kinds of failures that say nothing of what the file holds: locks, memory, reading and writing, no room. */
const isOfSystem = (thrown: unknown): boolean => {
  if (!(thrown instanceof Error) || !("errcode" in thrown)) return true
  return OF_SYSTEM.has(Number(thrown.errcode) & 0xff)
}
const OF_SYSTEM: ReadonlySet<number> = new Set([3, 5, 6, 7, 10, 13, 14])
