/** Runs whose output is shown, and how they are made. */
import { Migration, type Report, type Sink, type Transform } from "@chatferry/core"
import { Effect, type FileSystem, type Path, type Scope } from "effect"
import type { Input } from "./inputs.ts"
import * as Sinks from "./sinks.ts"
import type { FileSource } from "./sources.ts"

export type Services = FileSystem.FileSystem | Path.Path

/** The folders of one run. */
export interface Locations {
  readonly input: string
  readonly out: string
  readonly state: string
}

/** Runs a migration, or resumes it. */
export type Attempt = Effect.Effect<Report.Report, unknown, Services>

/**
 * How a run is stopped before it is resumed. `growing`: each attempt some renamings later than the one before, until one
 * completes. `each`: once at each renaming, in separate runs. `killed`: like `growing`, in processes that end
 * with SIGKILL.
 */
export type Stops = "growing" | "each" | "killed"

export interface Case {
  /** Results are compared by this name: `area: what, how`. */
  readonly name: string
  readonly input: Input
  /** Starts what the run needs besides its input, and gives the run. */
  readonly prepare: (at: Locations) => Effect.Effect<Attempt, unknown, Services | Scope.Scope>
  /** A run that is stopped and resumed in these ways must end like an undisturbed one. */
  readonly stops?: ReadonlyArray<Stops>
}

/** The id of all migrations. */
export const ID = "guard"

export interface Parts {
  readonly source: (input: string) => FileSource
  /** All by default. */
  readonly sink?: ((out: string) => Sink.Sink<Services>) | undefined
  readonly transforms?: ReadonlyArray<Transform.Transform> | undefined
  readonly policy?: Migration.Policy | undefined
}

/** A migration of files. */
export const ofFiles = (
  name: string,
  input: Input,
  { policy, sink = Sinks.all, source, transforms }: Parts,
  stops: ReadonlyArray<Stops> = []
): Case => ({
  name,
  input,
  stops,
  prepare: (at) =>
    Effect.succeed(
      Migration.run({
        id: ID,
        source: source(at.input),
        sink: sink(at.out),
        transforms,
        policy,
        stateDirectory: at.state
      })
    )
})
