// The interfaces of a sink before and after it is opened.
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Consequence from "../../Consequence.ts"
import type { Entity } from "../../Entity.ts"
import type { Exclusion, Filter } from "../../Exclusion.ts"
import type { Ledger } from "../../Ledger.ts"
import type { Rejected } from "../../Rejected.ts"
import type { Division, Member, Task } from "../../run/Phase.ts"
import type { Fingerprint } from "../../settings/Fingerprint.ts"
import type { SinkError } from "../../SinkError.ts"
import type { Completion, Fields, Receipt, SinkRun, Summary } from "./model.ts"
import type { Files } from "./scratch.ts"
import type { Taken } from "./taken.ts"

/**
 * Writes canonical entities for one provider or into one format.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sink<out R = never> {
  readonly name: string
  /** The kinds and fields that it can hold. The runner drops other kinds and counts them as `unsupported_kind`, and counts other fields as `field_unsupported.<kind>.<field>`. */
  readonly fields: Fields
  /** The meaning of the codes in its ledger; a report says that other codes are not explained. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence>
  /** Settings that change the output. A checkpoint is used only for the same settings; an error names those that differ. */
  readonly fingerprint: Fingerprint
  /** Fails if a setting cannot work. Run before anything is created or read. */
  readonly check?: Effect.Effect<void, SinkError, R>
  /** Must be pure and cheap, because it is called more than once. A sink that is made of several returns the division of each. */
  readonly divide: (buckets: number) => Division<R> | ReadonlyArray<Member<R>>
}

/**
 * The input of `open`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Context extends SinkRun {
  /** How many buckets a phase may have. @default 1 */
  readonly buckets?: number
  /** How many worker threads the run may use. @default 0 */
  readonly threads?: number
  /**
   * The order in which tasks are run that come after reading and do not depend on each
   * other. Their results are taken in the order of the plan.
   *
   * @default "plan"
   */
  readonly taskOrder?: "plan" | "reversed" | undefined
  /** Rejects records; `sink` names the sink that rejects them. */
  readonly reject: (rejected: ReadonlyArray<Rejected>, sink: string) => Effect.Effect<void, SinkError>
  /** Leaves out records that belong to exclusions, for a sink whose writers do not handle them. */
  readonly filter?: Filter
  readonly progress: Task["progress"]
}

/** What a task after reading has made. */
export interface Outcome {
  /** What the writer's `end` returned. */
  readonly end: Schema.Json
  /** Durable and closed. */
  readonly files: Files
  readonly ledger: Ledger
}

/** Threads for tasks after reading. */
export interface TaskThreads<out E> {
  readonly count: number
  /** Runs the task of a part of a sink's phase. `undefined`: it must be run in this thread. */
  readonly run: (
    sink: string,
    part: string,
    progress: Context["progress"]
  ) => Effect.Effect<(Outcome & { readonly rejected: ReadonlyArray<Rejected> }) | undefined, E>
}

/**
 * An open sink.
 *
 * @category models
 * @since 0.1.0
 */
export interface Session {
  readonly write: (records: ReadonlyArray<Entity>) => Effect.Effect<void, SinkError>
  /** Takes what a thread that reads has made of records, for each sink. */
  readonly take: (taken: ReadonlyArray<Taken>) => Effect.Effect<void, SinkError>
  readonly exclude: (exclusions: ReadonlyArray<Exclusion>) => Effect.Effect<void, SinkError>
  /** Whether the writers handle exclusions; otherwise the filter leaves out the records that belong to them. */
  readonly takesExclusions: boolean
  /** Makes all written data durable; `open` with the receipt resumes exactly here. */
  readonly commit: Effect.Effect<Receipt, SinkError>
  /**
   * Ends the writers and runs the tasks after reading, in `threads` if there are any.
   * `save` is called with a receipt after each task, and must have stored the last one
   * before `publish`.
   */
  readonly end: <E, R, E2 = never>(
    save: (receipt: Receipt) => Effect.Effect<void, E, R>,
    threads?: TaskThreads<E2>
  ) => Effect.Effect<void, SinkError | E | E2, R>
  /** Publishes complete and checked files, each atomically, and then the manifest. */
  readonly publish: (completion: Completion) => Effect.Effect<ReadonlyArray<Summary>, SinkError>
}
