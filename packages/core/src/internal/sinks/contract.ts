// A sink, closed and open.
import type * as Effect from "effect/Effect"
import type * as Consequence from "../../Consequence.ts"
import type { Entity } from "../../Entity.ts"
import type { Exclusion, Filter } from "../../Exclusion.ts"
import type { Rejected } from "../../Rejected.ts"
import type { Division, Member, Task } from "../../run/Phase.ts"
import type { Fingerprint } from "../../settings/Fingerprint.ts"
import type { SinkError } from "../../SinkError.ts"
import type { Completion, Fields, Receipt, SinkRun, Summary } from "./model.ts"

/**
 * Writes canonical entities for one provider or into one format.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sink<out R = never> {
  readonly name: string
  /** What it can hold. The runner drops other kinds and counts them as `unsupported_kind`, and counts other fields as `field_unsupported.<kind>.<field>`. */
  readonly fields: Fields
  /** What the codes in its ledger mean; a report calls others not explained. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence>
  /** Settings that change what is written. A checkpoint is only used for the same ones; a refusal names those that differ. */
  readonly fingerprint: Fingerprint
  /** Fails when a setting cannot work. Asked before anything is made or read; nothing is checked when absent. */
  readonly check?: Effect.Effect<void, SinkError, R>
  /** Plain and cheap: it is called more than once. A sink that is made of several gives the division of each. */
  readonly divide: (buckets: number) => Division<R> | ReadonlyArray<Member<R>>
}

/**
 * What a sink is opened with.
 *
 * @category models
 * @since 0.1.0
 */
export interface Context extends SinkRun {
  /** How many buckets a phase may have. @default 1 */
  readonly buckets?: number
  /** Sets records aside; `sink` says which of several rejects them. */
  readonly reject: (rejected: ReadonlyArray<Rejected>, sink: string) => Effect.Effect<void, SinkError>
  /** Leaves out what belongs to exclusions, before a sink whose writers do not take them. */
  readonly filter?: Filter
  readonly progress: Task["progress"]
}

/**
 * An open sink.
 *
 * @category models
 * @since 0.1.0
 */
export interface Session {
  readonly write: (records: ReadonlyArray<Entity>) => Effect.Effect<void, SinkError>
  readonly exclude: (exclusions: ReadonlyArray<Exclusion>) => Effect.Effect<void, SinkError>
  /** Whether a writer takes exclusions; what belongs to them is left out before the others. */
  readonly takesExclusions: boolean
  /** Makes everything durable that was written; `open` with the receipt goes on exactly here. */
  readonly commit: Effect.Effect<Receipt, SinkError>
  /**
   * Ends the writers and works on what comes after reading. `save` is called with a
   * receipt after each task, and must have kept the last one before `publish`.
   */
  readonly end: <E, R>(
    save: (receipt: Receipt) => Effect.Effect<void, E, R>
  ) => Effect.Effect<void, SinkError | E, R>
  /** Publishes: complete, checked, visible all at once per file and then the manifest. */
  readonly publish: (completion: Completion) => Effect.Effect<ReadonlyArray<Summary>, SinkError>
}
