import { DurableFile, type Entity, Ledger, SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { declared } from "./consequences.ts"
import { entriesOf } from "./entriesOf.ts"
import { failed, type Settings } from "./settings.ts"
import * as Sqlite from "./sqlite.ts"

const FORMAT = "attachment-inventory-stage/1"

/** What a receipt says: how far the stage had come. */
const StageReceipt = Schema.Struct({
  format: Schema.Literal(FORMAT),
  rows: Schema.Int,
  /** Messages with files that are listed, as often as they came. */
  listed: Schema.Int,
  /** What was counted; messages that are listed are only read yet. */
  ledger: Ledger.Ledger
})
export type StageReceipt = typeof StageReceipt.Type

/** Where entries wait until they can be put in order. Rows are only added, so going back is cutting off. */
export interface Stage {
  readonly path: string
  readonly database: Sqlite.Database
  readonly write: (records: ReadonlyArray<Entity.Entity>) => Effect.Effect<void, SinkError.SinkError>
  readonly commit: Effect.Effect<StageReceipt, SinkError.SinkError>
}

/** Opens the stage, empty or exactly as it was at a receipt; later rows go. */
export const open = (
  settings: Settings,
  directory: string,
  receipt: Option.Option<unknown>
): Effect.Effect<Stage, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const path = (yield* Path.Path).join(directory, "attachments.db")
    const invalid = (problem: string) => failed(settings, new SinkError.InvalidReceipt({ path, problem }))
    const last = Option.isNone(receipt) ? undefined : Option.getOrUndefined(decodeReceipt(receipt.value))
    if (Option.isSome(receipt) && last === undefined) {
      return yield* failed(settings, SinkError.foreignReceipt(path))
    }
    const isThere = yield* prepareFile(settings, directory, path, last !== undefined)
    if (!isThere) return yield* invalid("it is gone")
    const writeFailed = (cause: unknown) => failed(settings, new SinkError.WriteFailed({ path, cause }))
    const database = yield* Effect.acquireRelease(Sqlite.open(path, directory, writeFailed), (opened) =>
      Effect.sync(() => opened.close())
    )
    const isFound = yield* SinkError.attempt(settings.name, path, () =>
      last === undefined ? create(database) : goBack(database, last)
    )
    if (!isFound) return yield* invalid("it does not hold what the receipt speaks of")
    return yield* SinkError.attempt(settings.name, path, () => makeStage(settings, path, database, last))
  })

// internal

const decodeReceipt = Schema.decodeUnknownOption(StageReceipt)

// Ids as JSON text: any id fits in there, and two that differ still do.
const SCHEMA = `CREATE TABLE entries (
  row INTEGER PRIMARY KEY,
  channel TEXT NOT NULL,
  message TEXT NOT NULL,
  position INTEGER NOT NULL,
  role TEXT NOT NULL,
  line TEXT NOT NULL
)`

/** Makes room for a new database, or tells whether the one to go on with is there. */
const prepareFile = (settings: Settings, directory: string, path: string, isResumed: boolean) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* DurableFile.makeDirectory(directory)
    if (isResumed) return yield* fs.exists(path)
    for (const suffix of ["", "-journal"])
      yield* DurableFile.awaited(fs.remove(`${path}${suffix}`, { force: true }))
    // The database takes over the permissions of the file it finds: what was said in private is its owner's alone.
    yield* Effect.scoped(fs.open(path, { flag: "a", mode: 0o600 }))
    return true
  }).pipe(Effect.mapError((cause) => failed(settings, new SinkError.WriteFailed({ path, cause }))))

const create = (database: Sqlite.Database) => {
  database.exec(`BEGIN; ${SCHEMA}; COMMIT`)
  return true
}

const goBack = (database: Sqlite.Database, { rows }: StageReceipt) => {
  const tables = database.number(
    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'entries'"
  )
  if (tables === 0 || database.number("SELECT max(row) FROM entries") < rows) return false
  database.remove("DELETE FROM entries WHERE row > ?", rows)
  return true
}

const makeStage = (
  settings: Settings,
  path: string,
  database: Sqlite.Database,
  last: StageReceipt | undefined
): Stage => {
  const insert = database.insert(
    "INSERT INTO entries (row, channel, message, position, role, line) VALUES (?, ?, ?, ?, ?, ?)"
  )
  const book = Ledger.open(last?.ledger)
  let rows = last?.rows ?? 0
  let listed = last?.listed ?? 0
  let isOpen = false
  const add = (record: Entity.Entity) => {
    book.read(record._tag, 1)
    const entries = record._tag === "message" ? entriesOf(record) : []
    if (entries.length === 0) {
      book.add(record._tag, "dropped", declared.noRestrictedFile.code, 1)
      return
    }
    if (!isOpen) database.exec("BEGIN")
    isOpen = true
    listed++
    for (const entry of entries) {
      const { channelId, index, messageId, role } = entry
      const keys = [JSON.stringify(channelId), JSON.stringify(messageId)] as const
      insert(++rows, ...keys, index, role, JSON.stringify(entry))
    }
  }
  return {
    path,
    database,
    write: (records) => SinkError.attempt(settings.name, path, () => records.forEach(add)),
    commit: SinkError.attempt(settings.name, path, () => {
      if (isOpen) database.exec("COMMIT")
      isOpen = false
      return { format: FORMAT, rows, listed, ledger: book.snapshot() }
    })
  }
}
