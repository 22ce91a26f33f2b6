import { DurableFile, type Entity, type Exclusion, Ledger, type Rejected, SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as EarlierIds from "./earlierIds.ts"
import { failed, writeFailed } from "./failures.ts"
import type { Settings } from "./settings.ts"
import * as Sqlite from "./sqlite.ts"
import { makeExclusionStaging } from "./stageExclusions.ts"
import { makeInsert } from "./stageInsert.ts"
import { makeStaging } from "./stageRecords.ts"
import * as StageTables from "./stageTables.ts"

/** What a receipt of the sink says. */
const StageReceipt = Schema.Struct({
  format: Schema.Literal("stream-import-stage/4"),
  commit: Schema.Int,
  /** Hash of the id map of an earlier run, empty without one. */
  idMap: Schema.String,
  rows: Schema.Struct({
    users: Schema.Int,
    channels: Schema.Int,
    members: Schema.Int,
    ids: Schema.Int,
    senders: Schema.Int,
    messages: Schema.Int,
    message_extras: Schema.Int,
    message_users: Schema.Int,
    message_renames: Schema.Int,
    reactions: Schema.Int,
    moved_fields: Schema.Int,
    originals: Schema.Int,
    exclusions: Schema.Int
  }),
  ledger: Ledger.Ledger
})
type StageReceipt = typeof StageReceipt.Type

/** Where entities wait until all of them are known. */
export interface Stage {
  readonly path: string
  /** Returns the records that cannot be staged. */
  readonly write: (
    records: ReadonlyArray<Entity.Entity>
  ) => Effect.Effect<ReadonlyArray<Rejected.Rejected>, SinkError.SinkError>
  readonly exclude: (
    exclusions: ReadonlyArray<Exclusion.Exclusion>
  ) => Effect.Effect<void, SinkError.SinkError>
  readonly commit: Effect.Effect<StageReceipt, SinkError.SinkError>
}

/**
 * Opens the stage, empty or exactly as it was at a receipt. A checkpoint is
 * saved after the commit it speaks of, so there may be later rows: they go.
 */
export const open = (
  settings: Settings,
  directory: string,
  receipt: Option.Option<unknown>,
  earlier: EarlierIds.EarlierIds
): Effect.Effect<Stage, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const path = (yield* Path.Path).join(directory, STAGE)
    const last = yield* Option.match(receipt, {
      onNone: () => Effect.succeed(Option.none<StageReceipt>()),
      onSome: (value) =>
        Option.match(decodeReceipt(value), {
          onNone: () => failed(settings, SinkError.foreignReceipt(path)),
          onSome: (decoded) => Effect.succeedSome(decoded)
        })
    })
    if (Option.exists(last, ({ idMap }) => idMap !== earlier.sha256)) {
      return yield* invalid(settings, settings.idMap ?? path, "the id map is not the one this run began with")
    }
    yield* prepareFile(settings, directory, path, Option.isSome(last))
    const database = yield* Effect.acquireRelease(
      SinkError.attempt(settings.name, path, () => Sqlite.open(path, directory)),
      (database) => Effect.sync(() => database.close())
    )
    const found = yield* SinkError.attempt(settings.name, path, () =>
      Option.match(last, { onNone: () => create(database), onSome: (receipt) => goBack(database, receipt) })
    )
    if (!found) return yield* invalid(settings, path, "the stage does not hold what the receipt speaks of")
    return yield* SinkError.attempt(settings.name, path, () =>
      makeStage(settings, path, database, last, earlier)
    )
  })

/** The name of the database in the state folder. */
export const STAGE = "stage.db"

// internal

const FORMAT = "stream-import-stage/4"

const decodeReceipt = Schema.decodeUnknownOption(StageReceipt)

const invalid = (settings: Settings, path: string, problem: string) =>
  failed(settings, new SinkError.InvalidReceipt({ path, problem }))

const prepareFile = (settings: Settings, directory: string, path: string, isResumed: boolean) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* DurableFile.makeDirectory(directory)
    if (isResumed) {
      const isThere = yield* fs.exists(path)
      return yield* isThere ? Effect.void : invalid(settings, path, "it is gone")
    }
    for (const suffix of ["", "-journal", "-wal", "-shm"])
      yield* DurableFile.awaited(fs.remove(`${path}${suffix}`, { force: true }))
    // The database takes over the permissions of the file it finds: what was said in private is its owner's alone.
    return yield* Effect.asVoid(Effect.scoped(fs.open(path, { flag: "a", mode: 0o600 })))
  }).pipe(Effect.catchTag("PlatformError", (cause) => writeFailed(settings, path, cause)))

const create = (database: Sqlite.Database) => {
  database.exec(`BEGIN; ${StageTables.schema}; COMMIT`)
  return true
}

const goBack = (database: Sqlite.Database, receipt: StageReceipt) => {
  const known = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'commits'").get()
  if (known === undefined) return false
  const commit = database
    .prepare<StageTables.Rows & { readonly number: number }>("SELECT * FROM commits WHERE number = ?")
    .get(receipt.commit)
  const isEmpty = receipt.commit === 0 && StageTables.tables.every((table) => receipt.rows[table] === 0)
  const isSame =
    commit !== undefined && StageTables.tables.every((table) => commit[table] === receipt.rows[table])
  if (!isEmpty && !isSame) return false
  database.exec("BEGIN")
  for (const table of StageTables.tables) {
    database.prepare(`DELETE FROM ${table} WHERE row > ?`).run(receipt.rows[table])
  }
  database.prepare("DELETE FROM commits WHERE number > ?").run(receipt.commit)
  database.exec("COMMIT")
  return true
}

const makeStage = (
  settings: Settings,
  path: string,
  database: Sqlite.Database,
  last: Option.Option<StageReceipt>,
  earlier: EarlierIds.EarlierIds
): Stage => {
  const rows: Record<StageTables.Table, number> = {
    ...Option.match(last, { onNone: () => StageTables.noRows, onSome: (receipt) => receipt.rows })
  }
  let commit = Option.match(last, { onNone: () => 0, onSome: (receipt) => receipt.commit })
  const book = Ledger.open(
    Option.match(last, { onNone: () => Ledger.empty, onSome: (receipt) => receipt.ledger })
  )
  const stage = makeStaging(database, rows, settings, EarlierIds.makeMapping(settings, earlier))
  const stageExclusion = makeExclusionStaging(makeInsert(database, rows))
  const addCommit = database.prepare(
    `INSERT INTO commits (number, ${StageTables.tables.join(", ")}) VALUES (?, ${StageTables.tables.map(() => "?").join(", ")})`
  )
  let isOpen = false
  const begin = () => {
    if (!isOpen) database.exec("BEGIN")
    isOpen = true
  }
  return {
    path,
    exclude: (exclusions) =>
      SinkError.attempt(settings.name, path, () => {
        begin()
        exclusions.forEach(stageExclusion)
      }),
    write: (records) =>
      SinkError.attempt(settings.name, path, () => {
        begin()
        const rejected: Array<Rejected.Rejected> = []
        for (const record of records) {
          book.read(record._tag, 1)
          const refusal = stage(record)
          if (refusal === undefined) continue
          book.add(record._tag, "rejected", refusal.code, 1)
          rejected.push(refusal)
        }
        return rejected
      }),
    commit: SinkError.attempt(settings.name, path, () => {
      if (isOpen) {
        commit++
        addCommit.run(commit, ...StageTables.tables.map((table) => rows[table]))
        database.exec("COMMIT")
        isOpen = false
      }
      return { format: FORMAT, commit, idMap: earlier.sha256, rows: { ...rows }, ledger: book.snapshot() }
    })
  }
}
