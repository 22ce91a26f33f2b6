// All fields of the model that hold an id of a user, a channel or a message.
import type { Entity, Kind } from "../../Entity.ts"

/** The kinds whose ids other records refer to. */
export type Renamed = "user" | "channel" | "message"

/** Returns the new id for each kind; the ids of absent kinds are kept. */
export interface NewIds {
  readonly user?: ((id: string) => string) | undefined
  readonly channel?: ((id: string) => string) | undefined
  readonly message?: ((id: string) => string) | undefined
  /**
   * Several ids may become one on purpose. Then a list contains the new id once, and a
   * user who is joined with another one does not block, mute or ban themselves.
   */
  readonly isMerging: boolean
}

/** Replaces the ids and references of an entity. Returns the same entity if none changes. */
export const renameFields = <E extends Entity>(entity: E, ids: NewIds): E => {
  let renamed: Record<string, unknown> | undefined
  for (const { field, isList, of } of FIELDS[entity._tag]) {
    const newId = ids[of]
    const value = (entity as unknown as Readonly<Record<string, unknown>>)[field]
    if (newId === undefined || value === undefined) continue
    const next = isList
      ? renameList(value as ReadonlyArray<string>, newId, ids.isMerging)
      : newId(value as string)
    if (next === value) continue
    renamed ??= { ...entity }
    renamed[field] = next
  }
  if (entity._tag !== "user") return (renamed ?? entity) as E
  return renameUser(entity, renamed as Draft | undefined, ids) as Entity as E
}

// internal

type User = Entity<"user">
type Draft = { -readonly [F in keyof User]: User[F] }

interface Field {
  readonly field: string
  readonly of: Renamed
  readonly isList: boolean
}

/** The fields in the order in which ids are renamed: the entity's own ids come first. */
const FIELDS: { readonly [K in Kind]: ReadonlyArray<Field> } = {
  user: [
    one("user", "id"),
    list("user", "blockedUserIds"),
    list("user", "mutedUserIds"),
    list("channel", "mutedChannelIds")
  ],
  channel: [
    one("channel", "id"),
    one("user", "createdById"),
    list("user", "distinctMemberIds"),
    list("user", "bannedUserIds")
  ],
  member: [one("channel", "channelId"), one("user", "userId")],
  message: [
    one("message", "id"),
    one("channel", "channelId"),
    one("user", "userId"),
    one("message", "parentId"),
    one("message", "quotedMessageId"),
    list("user", "mentionedUserIds"),
    list("user", "visibleToUserIds"),
    one("user", "pinnedById"),
    one("user", "editedById")
  ],
  reaction: [one("message", "messageId"), one("channel", "channelId"), one("user", "userId")],
  // Its body is the provider's own text.
  failed_webhook: []
}

function one(of: Renamed, field: string): Field {
  return { field, of, isList: false }
}

function list(of: Renamed, field: string): Field {
  return { field, of, isList: true }
}

const renameList = (
  before: ReadonlyArray<string>,
  newId: (id: string) => string,
  isMerging: boolean
): ReadonlyArray<string> => {
  const after = before.map(newId)
  if (after.every((id, i) => id === before[i])) return before
  return isMerging && new Set(after).size < new Set(before).size ? Array.from(new Set(after)) : after
}

const renameUser = (before: User, renamed: Draft | undefined, { isMerging, user: newId }: NewIds): User => {
  let after = renamed
  const bans = before.futureChannelBans
  if (newId !== undefined && bans !== undefined) {
    const next = bans.map((ban) => {
      const byId = newId(ban.byId)
      return byId === ban.byId ? ban : { ...ban, byId: byId as User["id"] }
    })
    if (next.some((ban, i) => ban !== bans[i])) {
      after ??= { ...before }
      after.futureChannelBans = next
    }
  }
  if (!isMerging || after === undefined) return after ?? before
  const { id } = after
  for (const field of ["blockedUserIds", "mutedUserIds"] as const) {
    const others = after[field]?.filter((other) => other !== id)
    const isNew = before[field]?.includes(before.id) === false
    if (isNew && others !== undefined && others.length < (after[field]?.length ?? 0)) after[field] = others
  }
  const byOthers = after.futureChannelBans?.filter(
    (ban, i) => ban.byId !== id || bans?.[i]?.byId === before.id
  )
  if (byOthers !== undefined && byOthers.length < (after.futureChannelBans?.length ?? 0)) {
    after.futureChannelBans = byOthers
  }
  return after
}
