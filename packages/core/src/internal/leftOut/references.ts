import type { Entity } from "../../Entity.ts"
import type * as Ids from "../../Ids.ts"

/**
 * What happens to records that refer to an excluded user. A sink that needs the user
 * for records that are kept makes one up.
 *
 * @category models
 * @since 0.1.0
 */
export interface UserPolicy {
  /** The user's messages, and the reactions to them. @default "drop" */
  readonly messages: "drop" | "keep"
  /** The user's reactions. @default "drop" */
  readonly reactions: "drop" | "keep"
  /** The user's memberships. @default "drop" */
  readonly members: "drop" | "keep"
  /**
   * Mentions of the user, and the user in the list of users who may see a message; the messages are kept. A message that nobody else
   * may see is dropped. @default "drop"
   */
  readonly mentions: "drop" | "keep"
}

type PolicyOf = (id: Ids.UserId) => UserPolicy | undefined

/** A record without references to excluded users; the same object if there are none. */
export const referencesWithout = <A extends Entity>(entity: A, policyOf: PolicyOf): A => {
  const changes = changesOf(entity, policyOf)
  const fields = Object.keys(changes)
  if (fields.length === 0) return entity
  return Object.fromEntries(
    Object.entries({ ...entity, ...changes }).filter(([, value]) => value !== undefined)
  ) as unknown as A
}

/** True if nobody may see a message any more. */
export const isHidden = ({ visibleToUserIds = [] }: Entity<"message">, policyOf: PolicyOf): boolean =>
  visibleToUserIds.length > 0 && visibleToUserIds.every((id) => policyOf(id)?.mentions === "drop")

// internal

/** The fields that change; `undefined` for a field that is removed. */
type Changes = Readonly<Record<string, ReadonlyArray<string> | undefined>>

const NONE: Changes = {}

const changesOf = (entity: Entity, policyOf: PolicyOf): Changes => {
  const isLeftOut = (id: Ids.UserId) => policyOf(id) !== undefined
  const isUnnamed = (id: Ids.UserId) => policyOf(id)?.mentions === "drop"
  switch (entity._tag) {
    case "user":
      return {
        ...listWithout("blockedUserIds", entity.blockedUserIds, isLeftOut),
        ...listWithout("mutedUserIds", entity.mutedUserIds, isLeftOut)
      }
    case "channel":
      return {
        ...(entity.createdById !== undefined && isLeftOut(entity.createdById) && { createdById: undefined }),
        ...listWithout("bannedUserIds", entity.bannedUserIds, isLeftOut),
        ...(entity.distinctMemberIds?.some((id) => policyOf(id)?.members === "drop") === true && {
          isDistinct: undefined,
          distinctMemberIds: undefined
        })
      }
    case "message":
      return {
        ...listWithout("mentionedUserIds", entity.mentionedUserIds, isUnnamed),
        ...listWithout("visibleToUserIds", entity.visibleToUserIds, isUnnamed),
        ...(entity.pinnedById !== undefined && isLeftOut(entity.pinnedById) && { pinnedById: undefined }),
        ...(entity.editedById !== undefined && isLeftOut(entity.editedById) && { editedById: undefined })
      }
    default:
      return NONE
  }
}

const listWithout = (
  field: string,
  ids: ReadonlyArray<Ids.UserId> | undefined,
  isGone: (id: Ids.UserId) => boolean
): Changes => {
  if (ids === undefined || !ids.some(isGone)) return NONE
  const left = ids.filter((id) => !isGone(id))
  return { [field]: left.length === 0 ? undefined : left }
}
