/**
 * A channel, a user or a message that a transform leaves out, with whatever belongs
 * to it.
 *
 * Records come in any order, so records that belong to a channel may precede it. The
 * exclusion therefore continues through the later transforms in place of the record, up
 * to the point where all records are known. Only records that belong to an exclusion
 * are left out with it. A message whose channel is unknown for another reason stays
 * unchanged.
 *
 * If there are several records of one channel, user or message, the best one decides
 * for all of them. The best is the one with the greatest `rank`; among channels and
 * users of equal rank, the one with the greatest JSON text in the order of UTF-8 bytes.
 * If these are equal too, a record that is kept wins. So the result does not depend on
 * the order of the records.
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
  /** The record that was left out. If there are several records of one thing, the best one decides whether it is kept. */
  readonly entity: Entity<"channel"> | Entity<"user"> | Entity<"message">
  /** The name of the transform, which is the reason counted for the dropped record and everything that belongs to it. */
  readonly reason: string
  /** What happens to records that refer to a user. If absent, all of them are dropped. Records that belong to a channel or a message are always dropped. */
  readonly policy?: UserPolicy
}

export type { UserPolicy } from "./internal/leftOut/references.ts"

/**
 * The default policy: nothing of the user is kept.
 *
 * @category constructors
 * @since 0.1.0
 */
export const dropAll: UserPolicy = { messages: "drop", reactions: "drop", members: "drop", mentions: "drop" }

/**
 * Leaves out records that belong to exclusions, for a sink that cannot do so itself
 * because it writes before it knows all records. A first pass over the source finds
 * these records.
 *
 * @category models
 * @since 0.1.0
 */
export interface Filter {
  /**
   * Requests the first pass, before the first write. `decided` is the `digest` of an
   * earlier run of the same migration, if that run has written something. The run fails
   * if the digest is different now.
   */
  readonly request: (decided: string | undefined) => void
  /** Digest of everything that is left out. Known after the first pass. */
  readonly digest: () => string
  /** Leaves out records that belong to exclusions, and references to excluded users. Throws the errors of the database in the state folder. */
  readonly apply: (records: ReadonlyArray<Entity>) => Filtered
}

/**
 * The result of a filter, with one entry in `dropped` for each record that is left out.
 *
 * @category models
 * @since 0.1.0
 */
export interface Filtered {
  readonly records: ReadonlyArray<Entity>
  readonly dropped: ReadonlyArray<{ readonly kind: Kind; readonly reason: string }>
}

/**
 * Ranks the records of one channel, user or message by the time of the state that they
 * describe, as text that sorts like time. The record with the greatest text is the
 * best. A record that says that the message is deleted beats others of the same time.
 * If it has no time of deletion, it beats all others, because sources do not always
 * give that time. A message that changed after its deletion is not deleted any more.
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
 * Removes references to excluded users from a record that is kept:
 *
 * - `createdById`, `pinnedById`, `editedById`, `bannedUserIds`, `blockedUserIds` and `mutedUserIds` always;
 * - mentions and the list of users who may see a message, unless the policy keeps `mentions`;
 * - `isDistinct` and `distinctMemberIds` of a channel that is identified by its members, unless the policy keeps `members`: without
 *   one of its members it is no longer the channel of that set.
 *
 * Bans from future channels stay, including who imposed them.
 *
 * @category operations
 * @since 0.1.0
 */
export const withoutReferences: <A extends Entity>(
  entity: A,
  policyOf: (id: Ids.UserId) => UserPolicy | undefined
) => A = referencesWithout

// internal

// A space and then the mark of deletion sort before every other character of a time. So the time of the state decides
// first, then the state, then the time of observation.
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
