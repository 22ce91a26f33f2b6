import { SqliteStage } from "@chatferry/connector"
import { Ledger, Publication, type Sink, SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import * as Assembly from "./assembly.ts"
import { checkFiles } from "./checkFiles.ts"
import type { Mapping } from "./earlierIds.ts"
import { leaveOut } from "./leaveOut.ts"
import { leaveOutRemoved } from "./leaveOutRemoved.ts"
import * as Output from "./output.ts"
import { refuse } from "./refuse.ts"
import { resolveChannels } from "./resolveChannels.ts"
import * as ResolveMessages from "./resolveMessages.ts"
import { orderReactions } from "./resolveReactions.ts"
import type { Settings } from "./settings.ts"
import { makeSortKeys } from "./sortKeys.ts"
import * as Stage from "./stage.ts"
import * as StageTables from "./stageTables.ts"
import { listTeams } from "./teams.ts"
import { writeChannels } from "./writeChannels.ts"
import { writeEarlier } from "./writeEarlier.ts"
import { writeMessages } from "./writeMessages.ts"
import { writeReactions } from "./writeReactions.ts"
import { writeUsers } from "./writeUsers.ts"

/**
 * Makes the import file out of the stage and publishes it. Everything it works
 * out is worked out anew each time, so that it may be stopped at any instant.
 */
export const assemble = (
  settings: Settings,
  context: Sink.Context,
  completion: Sink.Completion,
  received: Stage.StageReceipt,
  mapping: Mapping
): Effect.Effect<Sink.Summary, SinkError.SinkError, FileSystem.FileSystem | Path.Path> =>
  Effect.scoped(
    Effect.gen(function* () {
      const database = yield* Assembly.open(settings, context.stateDirectory)
      const book = Ledger.open(received.ledger)
      const assembly: Assembly.Assembly = {
        settings,
        context,
        database,
        book,
        mapUser: mapping.user,
        mapMessage: mapping.message
      }
      yield* makeIndexes(assembly, received)
      yield* prepare(assembly)
      const output = yield* Output.open(assembly)
      yield* writeUsers(assembly, output)
      yield* writeChannels(assembly, output)
      yield* writeMessages(assembly, output)
      yield* writeReactions(assembly, output)
      yield* refuse(assembly)
      yield* writeEarlier(assembly, output)
      const { imports, others } = yield* output.close
      if (settings.validate) {
        // What SQLite keeps of the stage is not needed any more, and the check needs room.
        yield* Assembly.step(assembly, ({ exec }) => exec("PRAGMA shrink_memory"))
        yield* checkFiles(assembly, imports)
      }
      return yield* Publication.publish({
        sink: settings.name,
        directory: settings.directory,
        context,
        completion,
        files: [...imports, ...others],
        ledger: book.snapshot(),
        details: { dialect: settings.dialect, importFiles: imports.length }
      })
    })
  ).pipe(
    // Staged values are parsed in many places; that one of them is damaged is said in this one.
    SinkError.damageAsFailure(settings.name, context.stateDirectory),
    Effect.withSpan("StreamImportSink.assemble", { attributes: { sink: settings.name } })
  )

// internal

/**
 * The last time that the stage is written to. What an earlier process has left is proven once more to be what was
 * written, because indexes are made of it; what this one has written alone would be read for nothing.
 */
const makeIndexes = (assembly: Assembly.Assembly, { proof }: Stage.StageReceipt) =>
  Effect.gen(function* () {
    for (const sql of StageTables.indexes) {
      yield* Assembly.step(assembly, ({ exec }) => exec(sql))
      yield* Effect.yieldNow
    }
    const { context, database, settings } = assembly
    if (Option.isNone(context.receipt)) return
    yield* SqliteStage.check(Stage.options(settings, context.stateDirectory), database, proof)
  })

/** Everything that is worked out before the first line is written, in the order in which it builds up. */
const prepare = (assembly: Assembly.Assembly) =>
  Effect.gen(function* () {
    const steps = [
      Assembly.step(assembly, ({ exec }) => exec("BEGIN")),
      leaveOut(assembly),
      leaveOutRemoved(assembly),
      Assembly.step(assembly, () => ResolveMessages.listUsers(assembly)),
      Assembly.step(assembly, () => ResolveMessages.refuseMessages(assembly)),
      Assembly.step(assembly, () => listTeams(assembly)),
      resolveChannels(assembly),
      Assembly.step(assembly, () => ResolveMessages.resolveReplies(assembly)),
      Assembly.step(assembly, () => makeSortKeys(assembly)),
      Assembly.step(assembly, () => ResolveMessages.orderMessages(assembly)),
      Assembly.step(assembly, () => orderReactions(assembly))
    ]
    for (const [index, step] of steps.entries()) {
      yield* step
      yield* assembly.context.progress("close references", index + 1, steps.length)
      yield* Effect.yieldNow
    }
  })
