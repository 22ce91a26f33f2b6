/**
 * A channel or a user that a transform leaves out, with whatever belongs to it.
 *
 * Records come in any order, so what belongs to a channel may come before it. An
 * exclusion travels on instead of the record, through the transforms behind, to
 * where all records are known. Only what belongs to an exclusion is left out with
 * it; a message whose channel is unknown for another reason stays what it is.
 *
 * @stability unstable
 * @since 0.1.0
 */
import type { Entity } from "./Entity.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Exclusion {
  /** The record that was left out. Of several records of one channel or user the newest decides, kept or left out. */
  readonly entity: Entity<"channel"> | Entity<"user">
  /** The name of the transform: the reason under which it and what belongs to it are counted as dropped. */
  readonly reason: string
}
