import {
  DurableFile,
  type Entity,
  type Exclusion,
  Ledger,
  type Rejected,
  RowChecksums,
  SinkError
} from "@chatferry/core"
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

const FORMAT = "stream-import-stage/6"

/** What a receipt of the sink says. */
const StageReceipt = Schema.Struct({
  format: Schema.Literal(FORMAT),
  /** Hash of the id map of an earlier run, empty without one. */
  idMap: Schema.String,
  /** What the stage held. */
  proof: RowChecksums.Proof,
  ledger: Ledger.Ledger
})
export type StageReceipt = typeof StageReceipt.Type

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
 * Opens the stage, empty or exactly as it was at a receipt, which is proven. A
 * checkpoint is saved after the commit it speaks of, so there may be later rows:
 * they go.
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
    if (Option.isSome(last)) yield* prove(settings, directory, path, last.value.proof)
    else yield* prepareFile(settings, directory, path)
    const database = yield* Effect.acquireRelease(
      SinkError.attempt(settings.name, path, () => Sqlite.open(path, directory)),
      (database) => Effect.sync(() => database.close())
    )
    return yield* SinkError.attempt(settings.name, path, () => {
      if (Option.isSome(last)) goBack(database, last.value.proof)
      else database.exec(`BEGIN; ${StageTables.schema}; COMMIT`)
      return makeStage(settings, path, database, last, earlier)
    })
  })

/** The name of the database in the state folder. */
export const STAGE = "stage.db"

// internal

const decodeReceipt = Schema.decodeUnknownOption(StageReceipt)

const invalid = (settings: Settings, path: string, problem: string) =>
  failed(settings, new SinkError.InvalidReceipt({ path, problem }))

const prepareFile = (settings: Settings, directory: string, path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* DurableFile.makeDirectory(directory)
    for (const suffix of ["", "-journal", "-wal", "-shm"])
      yield* DurableFile.awaited(fs.remove(`${path}${suffix}`, { force: true }))
    // The database takes over the permissions of the file it finds: what was said in private is its owner's alone.
    yield* Effect.scoped(fs.open(path, { flag: "a", mode: 0o600 }))
  }).pipe(Effect.catchTag("PlatformError", (cause) => writeFailed(settings, path, cause)))

const prove = (settings: Settings, directory: string, path: string, proof: RowChecksums.Proof) =>
  RowChecksums.prove({
    path,
    tables: StageTables.tables,
    proof,
    within: (code) => Sqlite.within(path, directory, code),
    failed: (cause) => new SinkError.WriteFailed({ path, cause })
  }).pipe(Effect.catch((reason) => failed(settings, reason)))

const goBack = (database: Sqlite.Database, proof: RowChecksums.Proof) => {
  database.exec(`BEGIN; ${StageTables.dropIndexes}`)
  for (const { name } of StageTables.tables) {
    database.prepare(`DELETE FROM ${name} WHERE row > ?`).run(proof.tables[name]?.rows ?? 0)
  }
  database.exec("COMMIT")
}

const makeStage = (
  settings: Settings,
  path: string,
  database: Sqlite.Database,
  last: Option.Option<StageReceipt>,
  earlier: EarlierIds.EarlierIds
): Stage => {
  const proof = Option.getOrUndefined(last)?.proof
  const checksums = RowChecksums.open(database, StageTables.tables, proof)
  const insert = makeInsert(database, checksums)
  const book = Ledger.open(
    Option.match(last, { onNone: () => Ledger.empty, onSome: (receipt) => receipt.ledger })
  )
  const stage = makeStaging(insert, settings, EarlierIds.makeMapping(settings, earlier))
  const stageExclusion = makeExclusionStaging(insert)
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
      if (isOpen) database.exec("COMMIT")
      isOpen = false
      return { format: FORMAT, idMap: earlier.sha256, proof: checksums.proof(), ledger: book.snapshot() }
    })
  }
}
