import { SqliteStage } from "@chatferry/connector"
import { type Entity, SinkError } from "@chatferry/core"
import { Json, RowChecksums } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { declared } from "./consequences.ts"
import { entriesOf } from "./entriesOf.ts"
import { failed, type Settings } from "./settings.ts"

const FORMAT = "attachment-inventory-stage/3"

/** The state of the stage at a receipt. */
const StageReceipt = Schema.Struct({
  format: Schema.Literal(FORMAT),
  proof: RowChecksums.Proof,
  /** Messages with listed files, including repeated ones. */
  listed: Schema.Int
})
export type StageReceipt = typeof StageReceipt.Type

/** Stores entries until they can be sorted. Rows are only added, so going back means deleting later rows. */
export interface Stage {
  readonly path: string
  readonly database: SqliteStage.SqliteStage["database"]
  readonly write: (records: ReadonlyArray<Entity.Entity>) => Effect.Effect<void, SinkError.SinkError>
  readonly commit: Effect.Effect<StageReceipt, SinkError.SinkError>
  /** Fails if the entries differ from those of a receipt. */
  readonly check: (receipt: StageReceipt) => Effect.Effect<void, SinkError.SinkError, Path.Path>
}

/** Opens the stage, either empty or verified and restored to a receipt. Later rows are deleted. */
export const open = Effect.fnUntraced(function* (
  settings: Settings,
  { book, directory, receipt }: Phase.Task
): Effect.fn.Return<Stage, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const last = Option.isNone(receipt) ? undefined : Option.getOrUndefined(decodeReceipt(receipt.value))
  if (Option.isSome(receipt) && last === undefined) {
    return yield* failed(settings, SinkError.foreignReceipt((yield* Path.Path).join(directory, FILE)))
  }
  const options = { sink: settings.name, directory, file: FILE, schema: SCHEMA, tables: TABLES }
  const rows = yield* SqliteStage.open(options, last?.proof)
  return yield* SinkError.attempt(settings.name, rows.path, () => ({
    ...makeStage(rows, book, last),
    check: ({ proof }: StageReceipt) => SqliteStage.check(options, rows.database, proof)
  }))
})

/** The number of entries, including repeated ones. */
export const rowsIn = ({ proof }: StageReceipt): number => proof.tables["entries"]?.rows ?? 0

// internal

const decodeReceipt = Schema.decodeUnknownOption(StageReceipt)

const FILE = "attachments.db"

// Ids are stored as JSON text, which represents any id and keeps different ids different.
const SCHEMA = `CREATE TABLE entries (
  row INTEGER PRIMARY KEY,
  channel TEXT NOT NULL,
  message TEXT NOT NULL,
  position INTEGER NOT NULL,
  role TEXT NOT NULL,
  line TEXT NOT NULL
)`

const TABLES = { entries: ["channel", "message", "position", "role", "line"] } as const

const makeStage = (
  rows: SqliteStage.SqliteStage<keyof typeof TABLES>,
  book: Phase.Task["book"],
  last: StageReceipt | undefined
): Omit<Stage, "check"> => {
  const insert = rows.insert("entries")
  let listed = last?.listed ?? 0
  const add = (record: Entity.Entity) => {
    const entries = record._tag === "message" ? entriesOf(record) : []
    if (entries.length === 0) {
      book.add(record._tag, "dropped", declared.noRestrictedFile.code, 1)
      return
    }
    listed++
    for (const entry of entries) {
      const { channelId, index, messageId, role } = entry
      insert(JSON.stringify(channelId), JSON.stringify(messageId), index, role, Json.write(entry))
    }
  }
  return {
    path: rows.path,
    database: rows.database,
    write: (records) => rows.write(() => records.forEach(add)),
    commit: Effect.map(rows.commit, (proof) => ({
      format: FORMAT,
      proof,
      listed
    }))
  }
}
