import type { Entity } from "../Entity.ts"
import type * as Ids from "../Ids.ts"

/** Replaces every user id that an entity holds. */
export const hashIdsOf = (hash: (id: Ids.UserId) => Ids.UserId) => {
  const all = (ids: ReadonlyArray<Ids.UserId>) => ids.map(hash)
  return (entity: Entity): Entity => {
    switch (entity._tag) {
      case "user":
        return {
          ...entity,
          id: hash(entity.id),
          ...(entity.blockedUserIds !== undefined && { blockedUserIds: all(entity.blockedUserIds) }),
          ...(entity.mutedUserIds !== undefined && { mutedUserIds: all(entity.mutedUserIds) }),
          ...(entity.futureChannelBans !== undefined && {
            futureChannelBans: entity.futureChannelBans.map((ban) => ({ ...ban, byId: hash(ban.byId) }))
          })
        }
      case "channel":
        return {
          ...entity,
          ...(entity.createdById !== undefined && { createdById: hash(entity.createdById) }),
          ...(entity.distinctMemberIds !== undefined && { distinctMemberIds: all(entity.distinctMemberIds) }),
          ...(entity.bannedUserIds !== undefined && { bannedUserIds: all(entity.bannedUserIds) })
        }
      case "member":
      case "reaction":
        return { ...entity, userId: hash(entity.userId) }
      case "message":
        return {
          ...entity,
          ...(entity.userId !== undefined && { userId: hash(entity.userId) }),
          ...(entity.mentionedUserIds !== undefined && { mentionedUserIds: all(entity.mentionedUserIds) }),
          ...(entity.visibleToUserIds !== undefined && { visibleToUserIds: all(entity.visibleToUserIds) }),
          ...(entity.pinnedById !== undefined && { pinnedById: hash(entity.pinnedById) })
        }
      case "failed_webhook":
        return entity
    }
  }
}
