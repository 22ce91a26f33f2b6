import type { Entity } from "@chatferry/core"
import { notes, unsupported } from "./consequences.ts"
import * as Custom from "./custom.ts"
import * as Ids from "./ids.ts"
import * as ReservedNames from "./reservedNames.ts"
import type { Settings } from "./settings.ts"

type User = Entity.Entity<"user">
type Snapshot = NonNullable<Entity.Entity<"member">["userSnapshot"]>

/** What a user's fields are written with. */
export interface UserEncoding {
  readonly settings: Settings
  readonly mapUser: (source: string) => string
  /** `type:id` of a channel that is written under an id. */
  readonly channelCid: (source: string) => string | undefined
  /** Teams that a user lacks and must be in. */
  readonly addedTeams: (source: string) => ReadonlyArray<string>
}

/** A user as an import item, and the source ids of the users it refers to. */
export const encodeUser = (
  user: User,
  { addedTeams, channelCid, mapUser, settings }: UserEncoding,
  changes: Custom.Changes
): { readonly item: Custom.Fields; readonly userIds: ReadonlyArray<string> } => {
  const isLegacy = settings.dialect === "json-array"
  const item: Custom.Fields = { id: mapUser(user.id) }
  const own: Custom.Fields = {}
  const userIds: Array<string> = []
  // The older dialect takes what it does not know for custom data under that very name.
  const modern = isLegacy ? own : item
  if (user.role !== undefined) {
    if (settings.userRoles === "any" || settings.userRoles.includes(user.role)) item["role"] = user.role
    else {
      own["role"] = user.role
      changes.notes.push(notes.userRoleUnknown.code)
    }
  }
  const teams = [...(user.teams ?? []), ...countedTeams(addedTeams(user.id), changes)]
  if (teams.length > 0) item["teams"] = teams
  if (user.teamRoles !== undefined) modern["teams_role"] = user.teamRoles
  if (user.language !== undefined) modern["language"] = user.language
  if (user.isInvisible !== undefined) item["invisible"] = user.isInvisible
  if (user.isBot === true) own["is_bot"] = true
  if (user.handle !== undefined) own["handle"] = user.handle
  if (user.email !== undefined) changes.notes.push(unsupported("user.email"))
  const references = (field: string, target: Custom.Fields, ids: ReadonlyArray<string> | undefined) => {
    if (ids === undefined || ids.length === 0) return
    const unique = Array.from(new Set(ids)).filter(Ids.isStorable)
    for (const id of ids) if (!Ids.isStorable(id)) changes.notes.push(notes.invalidUserReference.code)
    target[field] = unique.map(mapUser)
    userIds.push(...unique)
  }
  references("blocked_user_ids", modern, user.blockedUserIds)
  references("user_mutes", item, user.mutedUserIds)
  if (user.mutedChannelIds !== undefined && user.mutedChannelIds.length > 0) {
    const known: Array<string> = []
    const unknown: Array<string> = []
    for (const id of new Set<string>(user.mutedChannelIds)) {
      const cid = channelCid(id)
      if (cid === undefined) unknown.push(id)
      else known.push(cid)
    }
    if (known.length > 0) item["channel_mutes"] = known
    for (const _ of unknown) changes.notes.push(notes.mutedChannelUnknown.code)
    if (unknown.length > 0) own["muted_channel_ids"] = unknown
  }
  const privacy = privacySettings(user.privacy)
  if (privacy !== undefined) modern["privacy_settings"] = privacy
  const push = pushPreferences(user.push)
  if (push !== undefined) modern["push_preferences"] = push
  if (user.createdAt !== undefined) item["created_at"] = user.createdAt
  if (user.updatedAt !== undefined) (isLegacy ? item : own)["updated_at"] = user.updatedAt
  if (user.lastSeenAt !== undefined) own["last_seen_at"] = user.lastSeenAt
  const deactivatedAt = deactivation(user, changes)
  if (deactivatedAt !== undefined) modern["deactivated_at"] = deactivatedAt
  if (user.deletedAt !== undefined) item["deleted_at"] = user.deletedAt
  addCustom(
    item,
    { name: user.name, image: user.imageUrl },
    Custom.fields(user.custom, own, ReservedNames.user),
    changes
  )
  return { item, userIds }
}

/** A user whom records refer to and the source does not give. */
export const placeholder = (
  streamId: string,
  snapshot: Snapshot,
  teams: ReadonlyArray<string>,
  changes: Custom.Changes
): Custom.Fields => {
  const item: Custom.Fields = { id: streamId }
  if (teams.length > 0) item["teams"] = countedTeams(teams, changes)
  addCustom(
    item,
    { name: snapshot.name, image: snapshot.imageUrl },
    { chatferry: { placeholder: true, ...(snapshot.isBot === true && { is_bot: true }) } },
    changes
  )
  return item
}

/** Adds custom data within the limit; Stream counts name and image as such. */
export const addCustom = (
  item: Custom.Fields,
  shown: { readonly name: string | undefined; readonly image: string | undefined },
  custom: Custom.Fields | undefined,
  changes: Custom.Changes
): void => {
  const all: Custom.Fields = {}
  if (shown.name !== undefined) all["name"] = shown.name
  if (shown.image !== undefined) all["image"] = shown.image
  Object.assign(all, custom)
  if (!Custom.isEmpty(all)) Object.assign(item, Custom.limit(all, 0, "", changes))
}

// internal

const countedTeams = (teams: ReadonlyArray<string>, changes: Custom.Changes) => {
  for (const _ of teams) changes.notes.push(notes.teamAdded.code)
  return teams
}

const privacySettings = (privacy: User["privacy"]) => {
  const { isDeliveryShown, isReadShown, isTypingShown } = privacy ?? {}
  const settings: Custom.Fields = {}
  if (isTypingShown !== undefined) settings["typing_indicators"] = { enabled: isTypingShown }
  if (isReadShown !== undefined) settings["read_receipts"] = { enabled: isReadShown }
  if (isDeliveryShown !== undefined) settings["delivery_receipts"] = { enabled: isDeliveryShown }
  return Custom.isEmpty(settings) ? undefined : settings
}

const pushPreferences = (push: User["push"]) => {
  const preferences: Custom.Fields = {}
  if (push?.level !== undefined) preferences["chat_level"] = push.level
  if (push?.disabledUntil !== undefined) preferences["disabled_until"] = push.disabledUntil
  return Custom.isEmpty(preferences) ? undefined : preferences
}

const deactivation = (user: User, changes: Custom.Changes) => {
  if (user.deactivatedAt !== undefined) return user.deactivatedAt
  if (user.isDeactivated !== true) return undefined
  changes.notes.push(notes.deactivationTimeAssumed.code)
  return user.lastSeenAt ?? user.updatedAt ?? user.createdAt ?? "1970-01-01T00:00:00Z"
}
