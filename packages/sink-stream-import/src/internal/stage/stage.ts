import { SqliteStage } from "@chatferry/connector"
import { type Exclusion, type Rejected, SinkError } from "@chatferry/core"
import { Json, RowChecksums } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { failed } from "../format/failures.ts"
import { rejection } from "../format/rejection.ts"
import type { Settings } from "../format/settings.ts"
import { isOfUse } from "../threads/helperThread.ts"
import type * as EarlierIds from "./earlierIds.ts"
import { makeExclusionStaging } from "./exclusions.ts"
import { makeInsertRow, type StagedRow } from "./insertRow.ts"
import type * as Encoded from "./rows.ts"
import type { Rows } from "./stagedRows.ts"
import * as StageTables from "./tables.ts"
import * as ThreadStage from "./threadStage.ts"

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
export type Row = Encoded.Row | Encoded.IdMapRow

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
  /** Commits and closes the stage. */
  readonly end: Effect.Effect<RowChecksums.Proof, SinkError.SinkError>
}

/**
 * Opens an empty stage, or restores the stage of a receipt and verifies it. A
 * checkpoint is saved after its commit, so there may be later rows, which are
 * removed.
 */
export const open = Effect.fnUntraced(function* (
  settings: Settings,
  { directory, receipt, threads }: Phase.Task,
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
  const given = options(settings, directory)
  const own = yield* openOwn(given, last?.proof)
  const startThread = Scope.provide(ThreadStage.start, yield* Effect.scope)
  return makeStage(settings, own, earlier, {
    start: threads === 0 && isOfUse("stage.worker") ? startThread : undefined,
    takeOver: (thread, proof) => thread.open({ options: given, path, proof })
  })
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

/** A thread takes longer to start than to stage as many. */
const MANY_ROWS = 20_000

interface OwnRows extends Rows {
  readonly path: string
}

/** Opens the stage in this thread. */
const openOwn = Effect.fnUntraced(function* (
  given: SqliteStage.Options<StageTables.Table>,
  last: RowChecksums.Proof | undefined
): Effect.fn.Return<OwnRows, SinkError.SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const scope = yield* Scope.fork(yield* Effect.scope)
  const { commit, insert, path, write } = yield* Scope.provide(SqliteStage.open(given, last), scope)
  const { insertRow, stageExclusion } = yield* SinkError.attempt(given.sink, path, () => ({
    insertRow: makeInsertRow(insert),
    stageExclusion: makeExclusionStaging(insert)
  }))
  return {
    path,
    add: (rows) => write(() => rows.forEach(insertRow)),
    exclude: (exclusions) => write(() => exclusions.forEach(stageExclusion)),
    commit,
    close: Scope.close(scope, Exit.void)
  }
})

interface Threads {
  /** Absent if a thread would be of no use. */
  readonly start: Effect.Effect<ThreadStage.ThreadStage> | undefined
  readonly takeOver: (thread: ThreadStage.ThreadStage, proof: RowChecksums.Proof) => Rows
}

/** When many rows have been added, a thread is started, which takes over as soon as it is ready. */
const makeStage = (
  settings: Settings,
  own: OwnRows,
  earlier: EarlierIds.EarlierIds,
  threads: Threads
): Stage => {
  let rows: Rows = own
  let thread: ThreadStage.ThreadStage | undefined
  let added = 0
  const takeOver = Effect.fnUntraced(function* (next: ThreadStage.ThreadStage) {
    // A resumed run removes the rows after its last checkpoint.
    const proof = yield* rows.commit
    yield* rows.close
    rows = threads.takeOver(next, proof)
  })
  const add = Effect.fnUntraced(function* (more: ReadonlyArray<StagedRow>) {
    if (rows === own && thread?.isReady() === true) yield* takeOver(thread)
    yield* rows.add(more)
    added += more.length
    if (added >= MANY_ROWS && threads.start !== undefined) thread ??= yield* threads.start
  })
  const commit = Effect.suspend(() => rows.commit)
  return {
    path: own.path,
    exclude: (exclusions) => Effect.suspend(() => rows.exclude(exclusions)),
    rows: Effect.fnUntraced(function* (batch) {
      const staged: Array<StagedRow> = []
      const rejected: Array<Rejected.Rejected> = []
      for (const row of batch) {
        switch (row[0]) {
          case "id_map":
            if (row[1] === earlier.sha256) break
            return yield* failed(
              settings,
              new SinkError.InvalidConfig({
                setting: "idMap",
                problem: `${settings.idMap ?? ""} has changed while it was read; run again with the map that the run started with`
              })
            )
          case "reject":
            rejected.push(rejection(row[1], row[2], row[3], Json.parse(row[4]) as object))
            break
          default:
            staged.push(row)
        }
      }
      yield* add(staged)
      return rejected
    }),
    commit: Effect.map(commit, (proof) => ({ format: FORMAT, idMap: earlier.sha256, proof })),
    // The memory of the thread is needed afterwards.
    end: Effect.tap(commit, () => Effect.andThen(rows.close, thread?.end ?? Effect.void))
  }
}
