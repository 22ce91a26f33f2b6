import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import {
  BudgetExceeded,
  CheckpointRejected,
  isMigrationError,
  MigrationError,
  type MigrationErrorReason,
  OutputMissing
} from "../../MigrationError.ts"
import * as Checkpoint from "../../run/Checkpoint.ts"
import type { Sink } from "../../Sink.ts"
import { isSinkError, InvalidReceipt, SinkError, StagedDataDamaged } from "../../SinkError.ts"
import { InvalidPosition, SourceError, isSourceError } from "../../SourceError.ts"
import { outputsOf } from "../sinks/divided.ts"
import * as RunFile from "./runFile.ts"
import type { State } from "./state.ts"
import { toRemove } from "./toRemove.ts"

/** Adds the folders to remove to a failure after which a run can only be started again, because only the runner knows them. */
export const withRemovalHint =
  <RK>(state: State, sink: Sink<RK>) =>
  <E>(error: E): Effect.Effect<never, E, FileSystem.FileSystem | Path.Path> => {
    const complete = completed(error)
    return complete === undefined
      ? Effect.fail(error)
      : Effect.flatMap(whatToRemove(state, sink), (remove) => Effect.fail(complete(remove) as E))
  }

// internal

const completed = (error: unknown): ((remove: string) => unknown) | undefined => {
  if (isMigrationError(error)) {
    const { migration, reason } = error
    const complete = ofMigration(reason)
    return complete && ((remove) => new MigrationError({ migration, reason: complete(remove) }))
  }
  if (isSinkError(error) && error.reason._tag === "InvalidReceipt") {
    const { reason, sink } = error
    return (remove) => new SinkError({ sink, reason: new InvalidReceipt({ ...reason, remove }) })
  }
  if (isSinkError(error) && error.reason._tag === "StagedDataDamaged") {
    const { reason, sink } = error
    return (remove) => new SinkError({ sink, reason: new StagedDataDamaged({ ...reason, remove }) })
  }
  if (isSourceError(error) && error.reason._tag === "InvalidPosition") {
    const { reason, source } = error
    return (remove) => new SourceError({ source, reason: new InvalidPosition({ ...reason, remove }) })
  }
  return undefined
}

const ofMigration = (
  reason: MigrationErrorReason
): ((remove: string) => MigrationErrorReason) | undefined => {
  switch (reason._tag) {
    case "CheckpointRejected":
      return (remove) => new CheckpointRejected({ ...reason, remove })
    case "StagedDataDamaged":
      return (remove) => new StagedDataDamaged({ ...reason, remove })
    case "BudgetExceeded":
      return (remove) => new BudgetExceeded({ ...reason, remove })
    case "OutputMissing":
      return (remove) => new OutputMissing({ ...reason, remove })
    default:
      return undefined
  }
}

const whatToRemove = Effect.fnUntraced(function* <RK>(state: State, sink: Sink<RK>) {
  const run = yield* Effect.orElseSucceed(RunFile.load(state.runPath), () => Option.none())
  const last = yield* Effect.orElseSucceed(Checkpoint.load(state.checkpointPath), () => Option.none())
  const known = { run: Option.getOrUndefined(run), last: Option.getOrUndefined(last) }
  return yield* toRemove(state, known, outputsOf(sink))
})
