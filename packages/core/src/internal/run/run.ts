// Runs a migration from its settings to its report in this process.
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import { InvalidConfig, MigrationError } from "../../MigrationError.ts"
import type { Report } from "../../Report.ts"
import type { SinkError } from "../../SinkError.ts"
import { named, type SourceError } from "../../SourceError.ts"
import * as Transform from "../../Transform.ts"
import { forSource, OfRun } from "../corrections/ofRun.ts"
import * as Retry from "../corrections/retry.ts"
import type { Workers } from "../workers/choose.ts"
import { begin } from "./begin.ts"
import { bucketsOf } from "./buckets.ts"
import { drive } from "./drive.ts"
import { ensureApart } from "./inputsApart.ts"
import type { Options } from "./model.ts"
import * as Opened from "./opened.ts"
import * as RunOptions from "./options.ts"
import { withRemovalHint } from "./removalHint.ts"
import * as MigrationState from "./state.ts"

export const runMigration = <RS, ET, RT, RK, RP>(
  options: Options<RS, ET, RT, RK, RP>,
  workers: Workers = { threads: 0 }
): Effect.Effect<
  Report,
  SourceError | ET | SinkError | MigrationError,
  RS | RT | RK | RP | FileSystem.FileSystem | Path.Path
> => Effect.flatMap(RunOptions.check(options), (checked) => runChecked({ ...options, ...checked }, workers))

// internal

const runChecked = <RS, ET, RT, RK, RP>(
  checked: RunOptions.CheckedOptions<RS, ET, RT, RK, RP>,
  workers: Workers
) =>
  Effect.gen(function* () {
    const transform = Transform.compose("transforms", checked.transforms ?? [])
    if (transform.problem !== undefined) {
      const reason = new InvalidConfig({ setting: "transforms", problem: transform.problem })
      return yield* new MigrationError({ migration: checked.id, reason })
    }
    // Invalid settings of source and sink are reported before anything is created or read.
    yield* Effect.mapError(checked.source.check ?? Effect.void, named(checked.source.name))
    yield* checked.sink.check ?? Effect.void
    yield* ensureApart(checked)
    const state = yield* MigrationState.open(checked)
    return yield* Effect.gen(function* () {
      const opened = yield* Opened.open(checked.source)
      const options = { ...checked, buckets: yield* bucketsOf(checked, opened, state) }
      const retry = yield* Retry.begin(options, opened, state)
      const source = forSource(opened, retry.corrections)
      const begun = yield* begin(options, source, state, retry)
      if (begun._tag === "finished") return begun.report
      return yield* Effect.provideService(
        drive(options, source, transform, state, begun, workers),
        OfRun,
        retry.corrections
      )
    }).pipe(Effect.catch(withRemovalHint(state, checked.sink)))
  }).pipe(
    Effect.scoped,
    Effect.withSpan("Migration.run", {
      attributes: { migration: checked.id, source: checked.source.name, sink: checked.sink.name }
    })
  )
