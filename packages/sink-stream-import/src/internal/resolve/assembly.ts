import { Sqlite } from "@chatferry/connector"
import { type Ledger, SinkError } from "@chatferry/core"
import { DurableFile } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as Scope from "effect/Scope"
import { writeFailed } from "../format/failures.ts"
import type * as Ids from "../format/ids.ts"
import type { Settings } from "../format/settings.ts"
import * as EarlierIds from "../stage/earlierIds.ts"
import { STAGE } from "../stage/stage.ts"
import type { ThreadCheck } from "../validate/threadCheck.ts"

/** The context of all steps of assembling. */
export interface Assembly {
  readonly settings: Settings
  readonly task: Phase.Task
  /** The stage, with the attached database `assembly` for everything that is derived from it. */
  readonly database: Sqlite.Database
  readonly book: Ledger.Book
  /** The check of the import files, if it has a thread. */
  readonly check: ThreadCheck | undefined
  readonly mapUser: (source: string) => Ids.Mapped
  readonly mapMessage: (source: string) => string
}

/**
 * Opens the stage for reading and attaches an empty database. Each attempt starts
 * with a new one, so it needs neither a journal nor syncs.
 */
export const open = (
  settings: Settings,
  directory: string
): Effect.Effect<Sqlite.Database, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const attached = path.join(directory, "assembly.db")
    yield* DurableFile.awaited(fs.remove(attached, { force: true }))
    yield* Effect.scoped(fs.open(attached, { flag: "a", mode: 0o600 }))
    yield* Effect.addFinalizer(() => Effect.ignore(fs.remove(attached, { force: true })))
    const database = yield* Effect.acquireRelease(
      SinkError.attempt(settings.name, directory, () => Sqlite.open(path.join(directory, STAGE), directory)),
      (database) => Effect.sync(() => database.close())
    )
    yield* SinkError.attempt(settings.name, attached, () =>
      database.exec(`ATTACH ${Sqlite.quote(attached)} AS assembly;
        PRAGMA assembly.page_size = ${Sqlite.PAGE_BYTES};
        PRAGMA assembly.journal_mode = OFF;
        PRAGMA assembly.synchronous = OFF;
        PRAGMA assembly.cache_size = -4096`)
    )
    yield* SinkError.attempt(settings.name, directory, () =>
      EarlierIds.attach(database, settings, path.join(directory, EarlierIds.FILE))
    )
    return database
  }).pipe(Effect.catchTag("PlatformError", (cause) => writeFailed(settings, directory, cause)))

/** Runs synchronous code on the database. */
export const step = <A>(
  assembly: Assembly,
  code: (database: Sqlite.Database) => A
): Effect.Effect<A, SinkError.SinkError> =>
  SinkError.attempt(assembly.settings.name, assembly.task.directory, () => code(assembly.database))

/** Handles rows in blocks, reports progress, and yields between blocks. */
export const eachBlock = Effect.fnUntraced(function* <Row>(
  assembly: Assembly,
  name: string,
  total: number,
  blocks: Iterator<ReadonlyArray<Row>>,
  handle: (rows: ReadonlyArray<Row>) => Effect.Effect<void, SinkError.SinkError>
): Effect.fn.Return<void, SinkError.SinkError> {
  let done = 0
  for (;;) {
    const next = yield* step(assembly, () => blocks.next())
    if (next.done === true) break
    yield* handle(next.value)
    done += next.value.length
    yield* assembly.task.progress(name, done, total)
    yield* Effect.yieldNow
  }
})

/** The blocks of a statement that selects ranges of numbers from 1 to `last`. */
export function* ranges<Row>(statement: Sqlite.Statement<Row>, last: number): Generator<ReadonlyArray<Row>> {
  for (let from = 1; from <= last; from += BLOCK) yield statement.all(from, Math.min(last, from + BLOCK - 1))
}

/**
 * Groups an iterator of rows into blocks. A block has fewer rows if they are long
 * by `lengthOf`, so that it never holds much more than one long row.
 */
export function* chunks<Row>(
  rows: Iterator<Row>,
  lengthOf: (row: Row) => number = () => 0
): Generator<ReadonlyArray<Row>> {
  let block: Array<Row> = []
  let length = 0
  for (let next = rows.next(); next.done !== true; next = rows.next()) {
    block.push(next.value)
    length += lengthOf(next.value)
    if (block.length < BLOCK && length < BLOCK_LENGTH) continue
    yield block
    block = []
    length = 0
  }
  if (block.length > 0) yield block
}

/** Numbers pairs of rows, so that reading them in this order does not sort long values. */
export const listPairs = (database: Sqlite.Database, name: string, sql: string): void =>
  database.exec(`CREATE TABLE assembly.${name} (no INTEGER PRIMARY KEY, row INTEGER NOT NULL, owner INTEGER NOT NULL);
    INSERT INTO assembly.${name} (row, owner) ${sql}`)

/** Counts the rows of a table. */
export const count = (database: Sqlite.Database, sql: string): number =>
  database.prepare<{ readonly n: number }>(`SELECT count(*) AS n FROM ${sql}`).get()?.n ?? 0

// internal

const BLOCK = 128
const BLOCK_LENGTH = 1 << 20
