import type { Entity } from "@chatferry/core"
import { kept, lacking, notes, unsupported } from "../format/consequences.ts"
import * as Custom from "../format/custom.ts"
import * as Ids from "../format/ids.ts"
import * as ReservedNames from "../format/reservedNames.ts"
import type { Settings } from "../format/settings.ts"

type User = Entity.Entity<"user">
type Snapshot = NonNullable<Entity.Entity<"member">["userSnapshot"]>

/** The context for encoding users. */
export interface UserEncoding {
  readonly settings: Settings
  readonly mapUser: (source: string) => string
  /** Returns the `type:id` of a channel that is written with an id. */
  readonly channelCid: (source: string) => string | undefined
  /** The channels that a user has muted, by their memberships. */
  readonly mutedAsMember: (source: string) => ReadonlyArray<string>
  /** The teams to add to a user. */
  readonly addedTeams: (source: string) => ReadonlyArray<string>
}

/** Encodes a user as an import item, and returns the source ids of the users that it refers to. */
export const encodeUser = (
  user: User,
  { addedTeams, channelCid, mapUser, mutedAsMember, settings }: UserEncoding,
  changes: Custom.Changes
): { readonly item: Custom.Fields; readonly userIds: ReadonlyArray<string> } => {
  const isLegacy = settings.dialect === "json-array"
  const item: Custom.Fields = { id: mapUser(user.id) }
  const own: Custom.Fields = {}
  const userIds: Array<string> = []
  const modern = Custom.ofOneDialect(isLegacy ? "lacks" : "has", item, own, changes)
  if (user.role !== undefined) {
    if (settings.userRoles === "any" || settings.userRoles.includes(user.role)) item["role"] = user.role
    else {
      own["role"] = user.role
      changes.notes.push(notes.userRoleUnknown.code)
    }
  }
  const teams = [...(user.teams ?? []), ...countedTeams(addedTeams(user.id), changes)]
  if (teams.length > 0) item["teams"] = teams
  if (user.teamRoles !== undefined) modern("teams_role", user.teamRoles, lacking.teamRoles)
  if (user.language !== undefined) item["language"] = user.language
  if (user.isInvisible !== undefined) item["invisible"] = user.isInvisible
  if (user.isBot === true) Custom.keep(own, changes, "is_bot", true, kept.userIsBot)
  if (user.handle !== undefined) Custom.keep(own, changes, "handle", user.handle, kept.userHandle)
  if (user.email !== undefined) changes.notes.push(unsupported("user.email"))
  const references = (
    ids: ReadonlyArray<string> | undefined,
    write: (streamIds: ReadonlyArray<string>) => void
  ) => {
    if (ids === undefined || ids.length === 0) return
    const unique = Array.from(new Set(ids)).filter(Ids.isStorable)
    for (const id of ids) if (!Ids.isStorable(id)) changes.notes.push(notes.invalidUserReference.code)
    write(unique.map(mapUser))
    userIds.push(...unique)
  }
  references(user.blockedUserIds, (ids) => modern("blocked_user_ids", ids, lacking.blockedUserIds))
  references(user.mutedUserIds, (ids) => (item["user_mutes"] = ids))
  muteChannels([...(user.mutedChannelIds ?? []), ...mutedAsMember(user.id)], channelCid, item, own, changes)
  const privacy = privacySettings(user.privacy)
  if (privacy !== undefined) modern("privacy_settings", privacy, lacking.privacy)
  writePush(user.push, isLegacy, item, modern)
  if (user.createdAt !== undefined) item["created_at"] = user.createdAt
  if (user.updatedAt !== undefined) {
    const legacy = Custom.ofOneDialect(isLegacy ? "has" : "lacks", item, own, changes)
    legacy("updated_at", user.updatedAt, kept.userUpdatedAt)
  }
  if (user.lastSeenAt !== undefined)
    Custom.keep(own, changes, "last_seen_at", user.lastSeenAt, kept.lastSeenAt)
  const deactivatedAt = deactivation(user, changes)
  if (deactivatedAt !== undefined) item["deactivated_at"] = deactivatedAt
  if (user.deletedAt !== undefined) item["deleted_at"] = user.deletedAt
  addCustom(
    item,
    { name: user.name, image: user.imageUrl },
    Custom.fields(user.custom, own, ReservedNames.user),
    changes
  )
  return { item, userIds }
}

/** Encodes a user whom records refer to but the source does not give. */
export const placeholder = (
  id: string,
  snapshot: Snapshot,
  { addedTeams, channelCid, mapUser, mutedAsMember }: UserEncoding,
  changes: Custom.Changes
): Custom.Fields => {
  const item: Custom.Fields = { id: mapUser(id) }
  const own: Custom.Fields = { placeholder: true }
  const teams = countedTeams(addedTeams(id), changes)
  if (teams.length > 0) item["teams"] = teams
  if (snapshot.isBot === true) Custom.keep(own, changes, "is_bot", true, kept.userIsBot)
  muteChannels(mutedAsMember(id), channelCid, item, own, changes)
  addCustom(item, { name: snapshot.name, image: snapshot.imageUrl }, { chatferry: own }, changes)
  return item
}

/** Adds custom data within the limit. Stream counts name and image as custom data. */
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

const muteChannels = (
  ids: ReadonlyArray<string>,
  channelCid: UserEncoding["channelCid"],
  item: Custom.Fields,
  own: Custom.Fields,
  changes: Custom.Changes
) => {
  const known: Array<string> = []
  const unknown: Array<string> = []
  for (const id of new Set(ids)) {
    const cid = channelCid(id)
    if (cid === undefined) unknown.push(id)
    else known.push(cid)
  }
  if (known.length > 0) item["channel_mutes"] = known
  for (const _ of unknown) changes.notes.push(notes.mutedChannelUnknown.code)
  if (unknown.length > 0) own["muted_channel_ids"] = unknown
}

const privacySettings = (privacy: User["privacy"]) => {
  const { isDeliveryShown, isReadShown, isTypingShown } = privacy ?? {}
  const settings: Custom.Fields = {}
  if (isTypingShown !== undefined) settings["typing_indicators"] = { enabled: isTypingShown }
  if (isReadShown !== undefined) settings["read_receipts"] = { enabled: isReadShown }
  if (isDeliveryShown !== undefined) settings["delivery_receipts"] = { enabled: isDeliveryShown }
  return Custom.isEmpty(settings) ? undefined : settings
}

/** Writes push settings. The older dialect can only switch them on or off. */
const writePush = (
  push: User["push"],
  isLegacy: boolean,
  item: Custom.Fields,
  modern: Custom.WriteOfOneDialect
) => {
  const { disabledUntil, level } = push ?? {}
  const preferences: Custom.Fields = {}
  if (isLegacy && level === "mentions") modern("push_preferences", { chat_level: level }, lacking.pushLevel)
  else if (isLegacy && level !== undefined) preferences["disabled"] = level === "none"
  else if (level !== undefined) preferences["chat_level"] = level
  if (disabledUntil !== undefined) preferences["disabled_until"] = disabledUntil
  if (!Custom.isEmpty(preferences)) item[isLegacy ? "push_notifications" : "push_preferences"] = preferences
}

const deactivation = (user: User, changes: Custom.Changes) => {
  if (user.deactivatedAt !== undefined) return user.deactivatedAt
  if (user.isDeactivated !== true) return undefined
  changes.notes.push(notes.deactivationTimeAssumed.code)
  return user.lastSeenAt ?? user.updatedAt ?? user.createdAt ?? "1970-01-01T00:00:00Z"
}
