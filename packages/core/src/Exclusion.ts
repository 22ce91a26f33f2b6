/**
 * A channel, a user or a message that a transform leaves out, with whatever belongs
 * to it.
 *
 * Records come in any order, so what belongs to a channel may come before it. An
 * exclusion travels on instead of the record, through the transforms behind, to
 * where all records are known. Only what belongs to an exclusion is left out with
 * it; a message whose channel is unknown for another reason stays what it is.
 *
 * Of several records of one channel, user or message the best one decides for all
 * of them: the one with the greatest `rank`, and of channels and users the greatest
 * JSON text among those, in the order of its UTF-8 bytes. Of two that are alike in
 * that one that is kept decides. So the verdict does not depend on the order in
 * which records come.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type { Entity, Kind } from "./Entity.ts"
import type * as Ids from "./Ids.ts"
import { referencesWithout, type UserPolicy } from "./internal/leftOut/references.ts"
import * as Timestamp from "./Timestamp.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Exclusion {
  /** The record that was left out. Of several records of one thing the best one decides, kept or left out. */
  readonly entity: Entity<"channel"> | Entity<"user"> | Entity<"message">
  /** The name of the transform: the reason under which it and what belongs to it are counted as dropped. */
  readonly reason: string
  /** What becomes of what refers to a user. Everything is dropped when absent, and what belongs to a channel or a message always is. */
  readonly policy?: UserPolicy
}

export type { UserPolicy } from "./internal/leftOut/references.ts"

/**
 * The policy by default: nothing of the user stays.
 *
 * @category constructors
 * @since 0.1.0
 */
export const dropAll: UserPolicy = { messages: "drop", reactions: "drop", members: "drop", mentions: "drop" }

/**
 * Leaves out what belongs to exclusions before a sink that cannot do it itself,
 * because it does not know all records before it writes. A first pass over the
 * source finds out what that is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Filter {
  /**
   * Asks for the first pass, before the first write. `decided` is the `digest` that an earlier run of the same
   * migration got, if it has written something: the run fails when another one comes of it now.
   */
  readonly request: (decided: string | undefined) => void
  /** Stands for everything that is left out; known after the first pass. */
  readonly digest: () => string
  /** Leaves out what belongs to exclusions, and references to users. Throws what the database in the state folder throws. */
  readonly apply: (records: ReadonlyArray<Entity>) => Filtered
}

/**
 * What a filter makes of records: one entry in `dropped` for each that is left out.
 *
 * @category models
 * @since 0.1.0
 */
export interface Filtered {
  readonly records: ReadonlyArray<Entity>
  readonly dropped: ReadonlyArray<{ readonly kind: Kind; readonly reason: string }>
}

/**
 * What decides between records of one channel, user or message: when it was as
 * the record says, as text that sorts like time. The one with the greatest text
 * is the best. A record that says that the message is deleted is better than
 * others of the same time, and without the time of that better than all: sources
 * do not always say when it was. One that changed later was deleted no more.
 *
 * @category operations
 * @since 0.1.0
 */
export const rank = (entity: Exclusion["entity"]): string =>
  entity._tag === "message"
    ? rankOfMessage(entity)
    : Timestamp.sortable(
        entity.updatedAt ?? entity.observedAt ?? (entity._tag === "user" ? entity.lastSeenAt : undefined)
      )

/**
 * Takes references to users who are left out from a record that stays:
 *
 * - `createdById`, `pinnedById`, `editedById`, `bannedUserIds`, `blockedUserIds` and `mutedUserIds` always;
 * - mentions and those who may see a message, unless the policy keeps `mentions`;
 * - `isDistinct` and `distinctMemberIds` of a channel that was told by its members, unless it keeps `members`: without one
 *   of them it is not the channel of that set.
 *
 * Who banned somebody from future channels stays, and so does the ban.
 *
 * @category operations
 * @since 0.1.0
 */
export const withoutReferences: <A extends Entity>(
  entity: A,
  policyOf: (id: Ids.UserId) => UserPolicy | undefined
) => A = referencesWithout

// internal

// A space and behind it the mark of deletion sort before everything else in a time, so the time of the state decides
// before the state, and that before the time of the look at it.
const rankOfMessage = (message: Entity<"message">) => {
  const { deletedAt, isDeleted = deletedAt !== undefined, observedAt, updatedAt } = message
  const [updated, deleted] = [Timestamp.sortable(updatedAt), Timestamp.sortable(deletedAt)]
  const changed = updated > deleted ? updated : deleted
  const state = !isDeleted
    ? changed
    : deletedAt === undefined
      ? `${ALWAYS}${changed}`
      : `${changed}${DELETED}`
  return observedAt === undefined ? state : `${state} ${Timestamp.sortable(observedAt)}`
}

const DELETED = "!"
const ALWAYS = "~"
