import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as Scope from "effect/Scope"
import type { Exclusion, Filter } from "../../Exclusion.ts"
import * as DurableFile from "../../files/DurableFile.ts"
import { CheckpointRejected, InvalidConfig, MigrationError, StateFailed } from "../../MigrationError.ts"
import type { Session } from "../../Sink.ts"
import type { SinkError } from "../../SinkError.ts"
import type { SourceError } from "../../SourceError.ts"
import type { Transform } from "../../Transform.ts"
import * as Database from "../files/database.ts"
import type { State } from "../run/state.ts"
import * as Decisions from "./decisions.ts"
import * as FilterRecords from "./filter.ts"
import * as FirstPass from "./firstPass.ts"

/** The records that a migration leaves out on purpose, for sinks that need to know them before the records arrive. */
export interface LeftOut {
  readonly filter: Filter
  /** Makes the first pass if a sink has requested it, unless an earlier run of the same migration has done so. */
  readonly find: <ET, RT>(
    pass: FirstPass.Pass<ET, RT>,
    fingerprint: string
  ) => Effect.Effect<
    void,
    SourceError | ET | MigrationError,
    RT | FileSystem.FileSystem | Path.Path | Scope.Scope
  >
}

export const make = (state: State): LeftOut => {
  const asked = new Set<string | undefined>()
  let found: { readonly decisions: Decisions.Decisions; readonly digest: string } | undefined
  const known = () => {
    if (found === undefined) throw new Error("records were written before the first pass was done")
    return found
  }
  return {
    filter: {
      request: (decided) => void asked.add(decided),
      digest: () => known().digest,
      apply: (records) => FilterRecords.apply(known().decisions, records)
    },
    find: (pass, fingerprint) =>
      Effect.gen(function* () {
        if (asked.size === 0) return
        const path = (yield* Path.Path).join(state.directory, FILE)
        const failed = (cause: unknown) =>
          new MigrationError({ migration: state.id, reason: new StateFailed({ path, cause }) })
        const attempt = <A>(code: () => A) => Effect.try({ try: code, catch: failed })
        // A pass with a damaged result is repeated, which costs only time.
        const before = yield* Database.open(path, failed).pipe(
          Effect.flatMap((database) => attempt(() => Decisions.finished(database, fingerprint))),
          Effect.scoped,
          Effect.orElseSucceed(() => undefined)
        )
        if (before === undefined) yield* state.asMigrationError(recreate(path))
        const database = yield* Database.open(path, failed)
        const outcome =
          before ??
          (yield* Effect.gen(function* () {
            yield* attempt(() => Decisions.begin(database))
            yield* FirstPass.find(pass, database, attempt)
            return yield* attempt(() => Decisions.finish(database, fingerprint))
          }))
        for (const decided of asked) {
          if (decided !== undefined && decided !== outcome.digest) {
            return yield* state.fail(new CheckpointRejected({ path, why: "changed", problem: CHANGED }))
          }
        }
        found = { digest: outcome.digest, decisions: yield* attempt(() => Decisions.lookUp(database)) }
      })
  }
}

/** Passes the exclusions of a transform to a sink. Exclusions of a kind that the transform did not announce would come too late. */
export const forward =
  <E, R>(state: State, { excludes = [] }: Transform<E, R>, { exclude }: Session) =>
  (exclusions: ReadonlyArray<Exclusion>): Effect.Effect<void, SinkError | MigrationError> => {
    const hidden = exclusions.find(({ entity }) => !excludes.includes(entity._tag))
    if (hidden === undefined) return exclude(exclusions)
    const problem = `${hidden.reason} leaves out a ${hidden.entity._tag}, but does not announce it: add the kind to its excludes`
    return state.fail(new InvalidConfig({ setting: "transforms", problem }))
  }

// internal

const recreate = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  for (const suffix of ["", "-journal"])
    yield* DurableFile.awaited(fs.remove(`${path}${suffix}`, { force: true }))
  // The database keeps the permissions of an existing file.
  yield* Effect.scoped(fs.open(path, { flag: "a", mode: 0o600 }))
})

const FILE = "left-out.db"

const CHANGED =
  "the records that the transforms leave out have changed since this migration began, because a deciding channel, user or message has changed in the input"
