import { DurableFile, type Entity, Ledger, RowChecksums, SinkError } from "@chatferry/core"
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

const FORMAT = "attachment-inventory-stage/2"

/** What a receipt says: how far the stage had come. */
const StageReceipt = Schema.Struct({
  format: Schema.Literal(FORMAT),
  proof: RowChecksums.Proof,
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

/** Opens the stage, empty or exactly as it was at a receipt, which is proven; later rows go. */
export const open = (
  settings: Settings,
  directory: string,
  receipt: Option.Option<unknown>
): Effect.Effect<Stage, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const path = (yield* Path.Path).join(directory, "attachments.db")
    const last = Option.isNone(receipt) ? undefined : Option.getOrUndefined(decodeReceipt(receipt.value))
    if (Option.isSome(receipt) && last === undefined) {
      return yield* failed(settings, SinkError.foreignReceipt(path))
    }
    if (last === undefined) yield* prepareFile(settings, directory, path)
    else yield* prove(settings, directory, path, last.proof)
    const writeFailed = (cause: unknown) => failed(settings, new SinkError.WriteFailed({ path, cause }))
    const database = yield* Effect.acquireRelease(Sqlite.open(path, directory, writeFailed), (opened) =>
      Effect.sync(() => opened.close())
    )
    return yield* SinkError.attempt(settings.name, path, () => {
      if (last === undefined) database.exec(`BEGIN; ${SCHEMA}; COMMIT`)
      else database.remove("DELETE FROM entries WHERE row > ?", rowsIn(last))
      return makeStage(settings, path, database, last)
    })
  })

/** How many entries there are, as often as they came. */
export const rowsIn = ({ proof }: StageReceipt): number => proof.tables[TABLE.name]?.rows ?? 0

/** Fails unless the entries are those of a receipt. */
export const checkRows = (
  settings: Settings,
  { database, path }: Stage,
  { proof }: StageReceipt
): Effect.Effect<void, SinkError.SinkError> =>
  Effect.flatMap(
    SinkError.attempt(settings.name, path, () => RowChecksums.problemIn(database, [TABLE], proof)),
    (problem) =>
      problem === undefined
        ? Effect.void
        : failed(settings, new SinkError.StagedDataDamaged({ path, problem }))
  )

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

const TABLE: RowChecksums.Table = {
  name: "entries",
  columns: ["channel", "message", "position", "role", "line"]
}

/** Makes room for a new database. */
const prepareFile = (settings: Settings, directory: string, path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* DurableFile.makeDirectory(directory)
    for (const suffix of ["", "-journal"])
      yield* DurableFile.awaited(fs.remove(`${path}${suffix}`, { force: true }))
    // The database takes over the permissions of the file it finds: what was said in private is its owner's alone.
    yield* Effect.scoped(fs.open(path, { flag: "a", mode: 0o600 }))
  }).pipe(Effect.mapError((cause) => failed(settings, new SinkError.WriteFailed({ path, cause }))))

const prove = (settings: Settings, directory: string, path: string, proof: RowChecksums.Proof) =>
  RowChecksums.prove({
    path,
    tables: [TABLE],
    proof,
    within: (code) => {
      const asThrown = (thrown: unknown) => ({ thrown })
      return Effect.scoped(
        Effect.flatMap(
          Effect.acquireRelease(Sqlite.open(path, directory, asThrown), (database) =>
            Effect.sync(() => database.close())
          ),
          (database) => Effect.try({ try: () => code(database), catch: asThrown })
        )
      )
    },
    failed: (cause) => new SinkError.WriteFailed({ path, cause })
  }).pipe(Effect.catch((reason) => failed(settings, reason)))

const makeStage = (
  settings: Settings,
  path: string,
  database: Sqlite.Database,
  last: StageReceipt | undefined
): Stage => {
  const insert = database.insert(
    `INSERT INTO entries (${TABLE.columns.join(", ")}) VALUES (${TABLE.columns.map(() => "?").join(", ")})`
  )
  const checksums = RowChecksums.open(database, [TABLE], last?.proof)
  const addRow = checksums.adder(TABLE)
  const book = Ledger.open(last?.ledger)
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
      const values = [...keys, index, role, JSON.stringify(entry)]
      insert(...values)
      addRow(values)
    }
  }
  return {
    path,
    database,
    write: (records) => SinkError.attempt(settings.name, path, () => records.forEach(add)),
    commit: SinkError.attempt(settings.name, path, () => {
      if (isOpen) database.exec("COMMIT")
      isOpen = false
      return { format: FORMAT, proof: checksums.proof(), listed, ledger: book.snapshot() }
    })
  }
}
