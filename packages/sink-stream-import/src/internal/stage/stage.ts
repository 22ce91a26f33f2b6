import { SqliteStage } from "@chatferry/connector"
import { type Exclusion, type Rejected, SinkError } from "@chatferry/core"
import { RowChecksums } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { failed } from "../format/failures.ts"
import type { Settings } from "../format/settings.ts"
import type * as EarlierIds from "./earlierIds.ts"
import { makeExclusionStaging } from "./exclusions.ts"
import { makeInsertRow } from "./insertRow.ts"
import type * as Rows from "./rows.ts"
import * as StageTables from "./tables.ts"

const FORMAT = "stream-import-stage/9"

/** The receipt of the sink. */
const StageReceipt = Schema.Struct({
  format: Schema.Literal(FORMAT),
  /** Hash of the id map of an earlier run, empty without one. */
  idMap: Schema.String,
  /** The checksums of the stage. */
  proof: RowChecksums.Proof
})
type StageReceipt = typeof StageReceipt.Type

/** What a route sends to the stage. */
export type Row = Rows.Row | Rows.IdMapRow

/** Stores entities until all of them have arrived. */
export interface Stage {
  readonly path: string
  /** Returns the records that cannot be staged. */
  readonly rows: (
    rows: ReadonlyArray<Row>
  ) => Effect.Effect<ReadonlyArray<Rejected.Rejected>, SinkError.SinkError>
  readonly exclude: (
    exclusions: ReadonlyArray<Exclusion.Exclusion>
  ) => Effect.Effect<void, SinkError.SinkError>
  readonly commit: Effect.Effect<StageReceipt, SinkError.SinkError>
}

/**
 * Opens an empty stage, or restores the stage of a receipt and verifies it. A
 * checkpoint is saved after its commit, so there may be later rows, which are
 * removed.
 */
export const open = Effect.fnUntraced(function* (
  settings: Settings,
  { directory, receipt }: Phase.Task,
  earlier: EarlierIds.EarlierIds
): Effect.fn.Return<Stage, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const path = (yield* Path.Path).join(directory, STAGE)
  const last = yield* Option.match(receipt, {
    onNone: () => Effect.succeed(undefined),
    onSome: (value) =>
      Option.match(decodeReceipt(value), {
        onNone: () => failed(settings, SinkError.foreignReceipt(path)),
        onSome: Effect.succeed
      })
  })
  if (last !== undefined && last.idMap !== earlier.sha256) {
    const problem = "the id map is not the one that this run started with"
    return yield* failed(settings, new SinkError.InvalidReceipt({ path: settings.idMap ?? path, problem }))
  }
  const rows = yield* SqliteStage.open(options(settings, directory), last?.proof)
  return yield* SinkError.attempt(settings.name, path, () => makeStage(settings, rows, earlier))
})

/** The options to open the stage. */
export const options = (settings: Settings, directory: string): SqliteStage.Options<StageTables.Table> => ({
  sink: settings.name,
  directory,
  file: STAGE,
  schema: StageTables.schema,
  tables: StageTables.tables,
  unmake: StageTables.dropIndexes
})

/** The name of the database in the state folder. */
export const STAGE = "stage.db"

// internal

const decodeReceipt = Schema.decodeUnknownOption(StageReceipt)

const makeStage = (
  settings: Settings,
  rows: SqliteStage.SqliteStage<StageTables.Table>,
  earlier: EarlierIds.EarlierIds
): Stage => {
  const insertRow = makeInsertRow(rows.insert)
  const stageExclusion = makeExclusionStaging(rows.insert)
  return {
    path: rows.path,
    exclude: (exclusions) => rows.write(() => exclusions.forEach(stageExclusion)),
    rows: Effect.fnUntraced(function* (batch) {
      if (batch.some((row) => row[0] === "id_map" && row[1] !== earlier.sha256)) {
        const problem = `${settings.idMap ?? ""} has changed while it was read; run again with the map that the run started with`
        return yield* failed(settings, new SinkError.InvalidConfig({ setting: "idMap", problem }))
      }
      return yield* rows.write(() => {
        const rejected: Array<Rejected.Rejected> = []
        for (const row of batch) {
          if (row[0] === "id_map") continue
          const reject = insertRow(row)
          if (reject !== undefined) rejected.push(reject)
        }
        return rejected
      })
    }),
    commit: Effect.map(rows.commit, (proof) => ({
      format: FORMAT,
      idMap: earlier.sha256,
      proof
    }))
  }
}
