// The interface of a transform, and its result for a batch.
import type * as Effect from "effect/Effect"
import type { Consequence } from "../../Consequence.ts"
import type { Entity, Kind } from "../../Entity.ts"
import type { Exclusion } from "../../Exclusion.ts"
import type { Rejected } from "../../Rejected.ts"
import type * as Fingerprint from "../../settings/Fingerprint.ts"
import type { TransformFailed } from "./failure.ts"
import type { Renamed } from "./renameFields.ts"

/**
 * The result of a transform for a batch. For each kind, the number of entities in must
 * equal records plus dropped plus rejected plus excluded minus synthesised, or the run
 * fails.
 *
 * @category models
 * @since 0.1.0
 */
export interface Transformed {
  readonly records: ReadonlyArray<Entity>
  /** Dropped entities, one entry each. */
  readonly dropped: ReadonlyArray<{ readonly kind: Kind; readonly reason: string }>
  readonly rejected: ReadonlyArray<Rejected>
  /** Added entities, one entry each. They are also in `records`. */
  readonly synthesised: ReadonlyArray<{ readonly kind: Kind; readonly reason: string }>
  /** Records that are left out with everything that belongs to them, one entry each. They count as dropped, but are not in `dropped`. @default [] */
  readonly excluded?: ReadonlyArray<Exclusion>
  /** Renamed ids, at least once each. For a function, also the ids that it did not change. @default [] */
  readonly renamed?: ReadonlyArray<RenamedId>
}

/**
 * An id before and after a transform. The runner keeps them on disk, to detect a
 * function that gives two records the same id.
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
  /** Unique in a migration, because dropped records are counted under it. */
  readonly name: string
  /** The meaning of the codes that it counts; a report says that other codes are not explained. */
  readonly consequences?: ReadonlyArray<Consequence>
  /** Identifies the transform's code and settings. A checkpoint is used only for the same ones; an error names those that differ. */
  readonly fingerprint: Fingerprint.Fingerprint
  /** Why it cannot work. A run then fails with `InvalidConfig` before anything is read. */
  readonly problem?: string
  readonly apply: (records: ReadonlyArray<Entity>) => Effect.Effect<Transformed, E | TransformFailed, R>
  /** Transforms a channel, user or message that an earlier transform left out, so that its ids are renamed like those of other records. @default no change */
  readonly carry?: (entity: Exclusion["entity"]) => Exclusion["entity"]
  /**
   * The kinds of records in `excluded`. A sink that cannot leave out the records that belong to them needs to know them first: then the source is
   * read twice, and records of these kinds pass the transforms twice. @default []
   */
  readonly excludes?: ReadonlyArray<Exclusion["entity"]["_tag"]>
  /** The kinds of ids that it renames, by a function or a table of old to new ids. Only a table may map several old ids to one new id. */
  readonly renames?: { readonly [K in Renamed]?: "function" | ReadonlyMap<string, string> }
  /** Whether it depends on the order of records or remembers some of them. The run is then read by one thread. @default false */
  readonly isOrdered?: boolean
  /** The transforms that it consists of, in order. @default only itself */
  readonly parts?: ReadonlyArray<Transform<E, R>>
}
