// What a transform is, and what it makes of a batch.
import type * as Effect from "effect/Effect"
import type { Consequence } from "../../Consequence.ts"
import type { Entity, Kind } from "../../Entity.ts"
import type { Exclusion } from "../../Exclusion.ts"
import type { Rejected } from "../../Rejected.ts"
import type * as Fingerprint from "../../settings/Fingerprint.ts"
import type { TransformFailed } from "./failure.ts"
import type { Renamed } from "./renameFields.ts"

/**
 * What became of a batch. Entities in must equal entities out plus dropped plus
 * rejected plus excluded minus synthesised, per kind, or the run fails.
 *
 * @category models
 * @since 0.1.0
 */
export interface Transformed {
  readonly records: ReadonlyArray<Entity>
  /** Left out, one entry per entity. */
  readonly dropped: ReadonlyArray<{ readonly kind: Kind; readonly reason: string }>
  readonly rejected: ReadonlyArray<Rejected>
  /** Added, one entry per entity; they are among `records`. */
  readonly synthesised: ReadonlyArray<{ readonly kind: Kind; readonly reason: string }>
  /** Left out with what belongs to them, one entry per record; none when absent. They count as dropped, and are not among `dropped`. */
  readonly excluded?: ReadonlyArray<Exclusion>
  /** Ids that were renamed, and of a function those that it left as they are too, once or more; none when absent. */
  readonly renamed?: ReadonlyArray<RenamedId>
}

/**
 * An id before and after a transform. The runner keeps them on disk, so that two
 * things that a function gives one id are noticed.
 *
 * @category models
 * @since 0.1.0
 */
export interface RenamedId {
  /** The name of the transform. */
  readonly transform: string
  readonly kind: Renamed
  readonly from: string
  readonly to: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Transform<out E = never, out R = never> {
  /** Unique in a migration: what is left out is counted under it. */
  readonly name: string
  /** What the codes that it counts mean; a report calls others not explained. */
  readonly consequences?: ReadonlyArray<Consequence>
  /** What tells this transform from others: its code and settings. A checkpoint is only used for the same ones; a refusal names those that differ. */
  readonly fingerprint: Fingerprint.Fingerprint
  /** Why it cannot work: a run fails with `InvalidConfig` before anything is read. */
  readonly problem?: string
  readonly apply: (records: ReadonlyArray<Entity>) => Effect.Effect<Transformed, E | TransformFailed, R>
  /** What a channel, user or message becomes that an earlier transform left out, so that its ids are renamed like those of others. The same when absent. */
  readonly carry?: (entity: Exclusion["entity"]) => Exclusion["entity"]
  /**
   * Kinds of which it may give `excluded`; none when absent. A sink that cannot leave out what belongs to them needs to
   * know them first: then the source is read twice, and records of these kinds go through the transforms twice.
   */
  readonly excludes?: ReadonlyArray<Exclusion["entity"]["_tag"]>
  /** Kinds of ids that it renames, by a function or a table of old to new ids. Several old ids may have one new id in a table only. */
  readonly renames?: { readonly [K in Renamed]?: "function" | ReadonlyMap<string, string> }
  /** The transforms that it consists of, in their order; itself alone when absent. */
  readonly parts?: ReadonlyArray<Transform<E, R>>
}
