import { SqliteStage } from "@chatferry/connector"
import { SinkError } from "@chatferry/core"
import { type RowChecksums } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import * as Output from "../files/output.ts"
import type { Settings } from "../format/settings.ts"
import * as Assembly from "../resolve/assembly.ts"
import { resolveChannels } from "../resolve/channels.ts"
import { leaveOut } from "../resolve/leaveOut.ts"
import { leaveOutRemoved } from "../resolve/leaveOutRemoved.ts"
import * as ResolveMessages from "../resolve/messages.ts"
import { orderReactions } from "../resolve/reactions.ts"
import { reject } from "../resolve/reject.ts"
import { makeSortKeys } from "../resolve/sortKeys.ts"
import { listTeams } from "../resolve/teams.ts"
import type { Mapping } from "../stage/earlierIds.ts"
import * as Stage from "../stage/stage.ts"
import * as StageTables from "../stage/tables.ts"
import { writeChannels } from "./channels.ts"
import { checkFiles, startCheck } from "./checkFiles.ts"
import { writeEarlier } from "./earlier.ts"
import { writeOrdered } from "./joined.ts"
import { prepareMessages, writeMessageEntries } from "./messages.ts"
import { writeMoved } from "./moved.ts"
import { prepareReactions } from "./reactions.ts"
import { writeUsers } from "./users.ts"

/**
 * Assembles the import file from the stage. It always starts from scratch, so it
 * may be stopped at any time.
 */
export const assemble = (
  settings: Settings,
  task: Phase.Task,
  proof: RowChecksums.Proof,
  mapping: Mapping
): Effect.Effect<void, SinkError.SinkError, FileSystem.FileSystem | Path.Path> =>
  Effect.scoped(
    Effect.gen(function* () {
      const database = yield* Assembly.open(settings, task.directory)
      const assembly: Assembly.Assembly = {
        settings,
        task,
        database,
        book: task.book,
        // Started first, because it takes a while to load.
        check: yield* startCheck(settings, task),
        mapUser: mapping.user,
        mapMessage: mapping.message
      }
      yield* makeIndexes(assembly, proof)
      yield* prepare(assembly)
      const output = Output.open(assembly)
      yield* writeUsers(assembly, output)
      yield* writeChannels(assembly, output)
      const messages = yield* prepareMessages(assembly)
      const reactions = yield* prepareReactions(assembly)
      yield* writeOrdered(assembly, output, messages, reactions)
      yield* writeMessageEntries(assembly, output)
      yield* writeMoved(assembly, output, "reaction")
      yield* reject(assembly)
      yield* writeEarlier(assembly, output)
      const imports = yield* output.close
      if (settings.validate) {
        // The check needs memory, and SQLite's cache of the stage is not needed any more.
        yield* Assembly.step(assembly, ({ exec }) => exec("PRAGMA shrink_memory"))
        yield* checkFiles(assembly, imports)
      }
    })
  ).pipe(
    // Staged values are parsed in many modules, but damaged ones are only reported here.
    SinkError.damageAsFailure(settings.name, task.directory),
    Effect.withSpan("StreamImportSink.assemble", { attributes: { sink: settings.name } })
  )

// internal

/**
 * Creates the indexes, the last change to the stage. Rows of an earlier process are verified again, because the indexes are
 * built from them. Rows that only this process has written need no second reading.
 */
const makeIndexes = Effect.fnUntraced(function* (assembly: Assembly.Assembly, proof: RowChecksums.Proof) {
  for (const sql of StageTables.indexes) {
    yield* Assembly.step(assembly, ({ exec }) => exec(sql))
    yield* Effect.yieldNow
  }
  const { database, settings, task } = assembly
  if (Option.isNone(task.receipt)) return
  yield* SqliteStage.check(Stage.options(settings, task.directory), database, proof)
})

/** Runs all steps before the first line is written. Each step depends on the ones before it. */
const prepare = Effect.fnUntraced(function* (assembly: Assembly.Assembly) {
  const steps = [
    Assembly.step(assembly, ({ exec }) => exec("BEGIN")),
    leaveOut(assembly),
    leaveOutRemoved(assembly),
    Assembly.step(assembly, () => ResolveMessages.listUsers(assembly)),
    Assembly.step(assembly, () => ResolveMessages.findUnwritten(assembly)),
    Assembly.step(assembly, () => listTeams(assembly)),
    resolveChannels(assembly),
    Assembly.step(assembly, () => ResolveMessages.resolveReplies(assembly)),
    Assembly.step(assembly, () => makeSortKeys(assembly)),
    Assembly.step(assembly, () => ResolveMessages.orderMessages(assembly)),
    Assembly.step(assembly, () => orderReactions(assembly))
  ]
  for (const [index, step] of steps.entries()) {
    yield* step
    yield* assembly.task.progress("close references", index + 1, steps.length)
    yield* Effect.yieldNow
  }
})
