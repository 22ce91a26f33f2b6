import type { Entity } from "@chatferry/core"
import { kept, lacking, notes } from "../format/consequences.ts"
import * as Custom from "../format/custom.ts"
import { writeItem } from "../format/itemText.ts"
import * as ReservedNames from "../format/reservedNames.ts"
import type { Settings } from "../format/settings.ts"
import { addCustom } from "./user.ts"

type Member = Entity.Entity<"member">

/** Encodes a member as an import item without the channel, as JSON without the braces. */
export const encodeMember = (
  member: Member,
  channelCreatedAt: string | null,
  settings: Settings,
  mapUser: (source: string) => string,
  changes: Custom.Changes
): string => {
  const isLegacy = settings.dialect === "json-array"
  const [accepted, rejected] = INVITE_FIELDS[settings.inviteFields]
  const item: Custom.Fields = { user_id: mapUser(member.userId), channel_role: role(member, settings) }
  const own: Custom.Fields = {}
  const modern = Custom.ofOneDialect(isLegacy ? "lacks" : "has", item, own, changes)
  if (isLegacy && member.role === "moderator") item["is_moderator"] = true
  if (member.customRole !== undefined && member.customRole !== item["channel_role"]) {
    own["role"] = member.customRole
    changes.notes.push(notes.channelRoleUnknown.code)
  }
  const createdAt = member.createdAt ?? channelCreatedAt
  if (createdAt !== null) item["created_at"] = createdAt
  if (member.lastReadAt !== undefined) item["last_read"] = member.lastReadAt
  else if (settings.readState === "unread") item["last_read"] = channelCreatedAt ?? createdAt ?? BEGINNING
  if (
    member.isInvited === true ||
    member.inviteAcceptedAt !== undefined ||
    member.inviteRejectedAt !== undefined
  ) {
    item["invited"] = true
    if (member.inviteAcceptedAt !== undefined) item[accepted] = member.inviteAcceptedAt
    if (member.inviteRejectedAt !== undefined) item[rejected] = member.inviteRejectedAt
  }
  if (member.isChannelHidden !== undefined) item["hide_channel"] = member.isChannelHidden
  if (member.hiddenBefore !== undefined) item["hide_messages_before"] = member.hiddenBefore
  if (member.archivedAt !== undefined) modern("archived_at", member.archivedAt, lacking.archivedAt)
  if (member.isMuted === true) {
    own["is_muted"] = true
    changes.notes.push(notes.memberMuted.code)
  }
  // Here too, because users that the source gives are written without the snapshots in other records.
  if (member.userSnapshot?.isBot === true) Custom.keep(own, changes, "is_bot", true, kept.memberIsBot)
  if (member.updatedAt !== undefined)
    Custom.keep(own, changes, "updated_at", member.updatedAt, kept.memberUpdatedAt)
  const custom = Custom.fields(member.custom, own, ReservedNames.member)
  addCustom(item, { name: undefined, image: undefined }, custom, changes)
  return writeItem(item, changes).slice(1, -1)
}

// internal

const INVITE_FIELDS = {
  invite: ["invite_accepted_at", "invite_rejected_at"],
  invited: ["invited_accepted_at", "invited_rejected_at"]
} as const

const BEGINNING = "1970-01-01T00:00:00Z"

const role = ({ customRole, role }: Member, { channelRoles }: Settings) => {
  if (customRole !== undefined && (channelRoles === "any" || channelRoles.includes(customRole)))
    return customRole
  return role === "moderator" ? "channel_moderator" : "channel_member"
}
