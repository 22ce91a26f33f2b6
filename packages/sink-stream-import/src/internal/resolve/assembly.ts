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

/** What every step of assembling works with. */
export interface Assembly {
  readonly settings: Settings
  readonly task: Phase.Task
  /** The stage, and attached to it as `assembly` what is worked out from it. */
  readonly database: Sqlite.Database
  readonly book: Ledger.Book
  readonly mapUser: (source: string) => Ids.Mapped
  readonly mapMessage: (source: string) => string
}

/**
 * Opens the stage for reading, with an empty database beside it. The second one
 * is made again each time, so it needs no journal and no syncs.
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

/** Runs a step of plain code on the database. */
export const step = <A>(
  assembly: Assembly,
  code: (database: Sqlite.Database) => A
): Effect.Effect<A, SinkError.SinkError> =>
  SinkError.attempt(assembly.settings.name, assembly.task.directory, () => code(assembly.database))

/** Handles rows in blocks, and lets others work between two blocks. */
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

/** Blocks of a statement that selects a range of numbers from 1 to `last`. */
export function* ranges<Row>(statement: Sqlite.Statement<Row>, last: number): Generator<ReadonlyArray<Row>> {
  for (let from = 1; from <= last; from += BLOCK) yield statement.all(from, Math.min(last, from + BLOCK - 1))
}

/**
 * Blocks of rows that come one by one: so many of them, or fewer where `lengthOf`
 * says that they are long, so that a block is never much more than one long row.
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

/** Numbers rows of two tables that belong together, so that reading them in this order sorts no long values. */
export const listPairs = (database: Sqlite.Database, name: string, sql: string): void =>
  database.exec(`CREATE TABLE assembly.${name} (no INTEGER PRIMARY KEY, row INTEGER NOT NULL, owner INTEGER NOT NULL);
    INSERT INTO assembly.${name} (row, owner) ${sql}`)

/** How many rows there are. */
export const count = (database: Sqlite.Database, sql: string): number =>
  database.prepare<{ readonly n: number }>(`SELECT count(*) AS n FROM ${sql}`).get()?.n ?? 0

// internal

const BLOCK = 128
const BLOCK_LENGTH = 1 << 20
