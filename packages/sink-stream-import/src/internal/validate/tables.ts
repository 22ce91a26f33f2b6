import type { Dialect } from "../../StreamImportPolicies.ts"
import { type ItemType, itemTypes } from "../format/itemTypes.ts"
import * as ReservedNames from "../format/reservedNames.ts"
import * as F from "./fields.ts"
import * as O from "./fieldsOfObjects.ts"

/** The meaning of a name in an item. A name without an entry is custom data. */
interface Field {
  readonly pointer: string
  readonly rule: F.Check | "reserved" | "ambiguous" | "other_dialect"
  readonly isNullable: boolean
}

export interface Table {
  readonly fields: ReadonlyMap<string, Field>
  readonly required: ReadonlyArray<string>
  /** Fields that only some of Stream's pages require. */
  readonly advised: ReadonlyArray<string>
  readonly isOpen: boolean
  /** The finding for other names if they are not custom data. */
  readonly unknown: "field_not_allowed" | "field_ignored"
}

interface Spec {
  readonly known: Readonly<Record<string, F.Check>>
  readonly required: ReadonlyArray<string>
  readonly advised?: ReadonlyArray<string>
  readonly nullable?: ReadonlyArray<string>
  /** Names that the former validator rejected. */
  readonly reserved?: string
  /** Names that have a meaning elsewhere in Stream. */
  readonly ambiguous?: ReadonlySet<string>
  readonly isClosed?: boolean
  readonly unknown?: Table["unknown"]
}

const TEAMS = F.list(F.teamName, { apiLimit: 250 })
const USERS = F.list(F.user)
const MUTED = F.list(F.mutedUser)
const toggle = O.closed({ enabled: F.bool }, ["enabled"])

const channel = {
  channel_type: F.typeName,
  channel_id: F.channelId,
  channel_member_ids: F.list(F.user, { min: 1 })
}

const device: Spec = {
  known: {
    id: F.deviceId,
    user_id: F.user,
    push_provider_type: F.oneOf(["firebase", "apn", "huawei", "xiaomi"]),
    push_provider_name: F.text,
    created_at: F.neededTime
  },
  required: ["id", "user_id", "push_provider_type"],
  isClosed: true
}

const reaction: Spec = {
  known: { message_id: F.messageId, type: F.reactionType, user_id: F.text, created_at: F.neededTime },
  required: ["message_id", "type", "user_id", "created_at"],
  reserved: "app_pk pk user user_pk",
  ambiguous: ReservedNames.reaction
}

const channelItem = {
  id: F.channelId,
  member_ids: F.list(F.user, { min: 1 }),
  type: F.channelType,
  created_by: F.text,
  team: F.teamName,
  disabled: F.bool,
  frozen: F.bool,
  created_at: F.time
}

const memberItem = {
  ...channel,
  user_id: F.text,
  channel_role: F.channelRole,
  created_at: F.time,
  last_read: F.time
}

const message = {
  ...channel,
  id: F.messageId,
  user: F.text,
  text: F.text,
  html: F.text,
  attachments: F.list(() => undefined),
  parent_id: F.messageId,
  show_in_channel: F.bool,
  created_at: F.time,
  deleted_at: F.time,
  mentioned_users_ids: F.list(F.user, { apiLimit: 100 }),
  quoted_message_id: F.messageId,
  pinned_at: F.time,
  pinned_by_id: F.user,
  pin_expires: F.time
} as const

const RESERVED = {
  user: "app_pk online pk user_pk last_active",
  channel: "last_message_at cid created_by_pk members config app_pk pk",
  message:
    "tmp_id app_pk latest_reactions own_reactions reactions_count reply_count command pk quoted_message pinned_by"
}

const SPECS: Record<Dialect, Partial<Record<ItemType, Spec>>> = {
  jsonl: {
    user: {
      known: {
        id: F.userId,
        role: F.userRole,
        teams: TEAMS,
        teams_role: O.texts,
        language: F.text,
        invisible: F.bool,
        created_at: F.time,
        deactivated_at: F.time,
        deleted_at: F.time,
        blocked_user_ids: USERS,
        channel_mutes: F.list(F.cid),
        user_mutes: MUTED,
        push_preferences: O.closed({
          chat_level: F.oneOf(["all", "none", "mentions"]),
          disabled_until: F.time
        }),
        privacy_settings: O.closed({
          typing_indicators: toggle,
          read_receipts: toggle,
          delivery_receipts: toggle
        })
      },
      required: ["id"],
      reserved: RESERVED.user,
      ambiguous: ReservedNames.user
    },
    device: { ...device, advised: ["push_provider_name", "created_at"] },
    future_channel_ban: {
      known: { target_id: F.user, created_by: F.user, reason: F.text, shadow: F.bool, created_at: F.time },
      required: ["target_id", "created_by"],
      isClosed: true
    },
    channel: {
      known: {
        ...channelItem,
        truncated_at: F.time,
        banned_users: USERS
      },
      required: ["type", "created_by"],
      reserved: RESERVED.channel,
      ambiguous: ReservedNames.channel
    },
    member: {
      known: {
        ...memberItem,
        hide_channel: F.bool,
        hide_messages_before: F.time,
        archived_at: F.time,
        invited: F.bool,
        invite_accepted_at: F.time,
        invite_rejected_at: F.time
      },
      required: ["user_id", "channel_type"],
      nullable: ["invite_accepted_at", "invite_rejected_at"],
      ambiguous: ReservedNames.member
    },
    message: {
      known: {
        ...message,
        type: F.oneOf(["regular", "deleted", "system", "reply"], [""]),
        mentioned_roles: F.list(F.text),
        mentioned_channel: F.bool,
        mentioned_here: F.bool,
        restricted_visibility: F.list(F.user, { apiLimit: 10 })
      },
      required: ["id", "channel_type", "user"],
      reserved: RESERVED.message,
      ambiguous: ReservedNames.message
    },
    reaction
  },
  "json-array": {
    user: {
      known: {
        id: F.userId,
        role: F.userRole,
        teams: TEAMS,
        invisible: F.bool,
        created_at: F.time,
        updated_at: F.time,
        deactivated_at: F.time,
        deleted_at: F.time,
        language: F.text,
        channel_mutes: F.list(F.cid),
        user_mutes: MUTED,
        push_notifications: O.open({ disabled: F.bool, disabled_until: F.time }),
        custom: O.customObject
      },
      required: ["id"],
      reserved: RESERVED.user,
      ambiguous: ReservedNames.user
    },
    device: {
      ...device,
      known: { ...device.known, disabled: F.bool, disabled_reason: F.text },
      required: [...device.required, "created_at"],
      unknown: "field_ignored"
    },
    channel: {
      known: {
        ...channelItem,
        updated_at: F.time,
        custom: O.customObject
      },
      required: ["type", "created_by"],
      reserved: RESERVED.channel,
      ambiguous: ReservedNames.channel
    },
    member: {
      known: {
        ...memberItem,
        is_moderator: F.bool,
        invited: F.bool,
        invite_accepted_at: F.time,
        invite_rejected_at: F.time,
        hide_channel: F.bool,
        hide_messages_before: F.time
      },
      required: ["user_id", "channel_type"],
      ambiguous: ReservedNames.member
    },
    message: {
      known: {
        ...message,
        type: F.oneOf(["regular", "deleted", "system"], ["reply", "blocked"]),
        updated_at: F.time,
        custom: O.customObject
      },
      required: ["channel_type", "user"],
      reserved: RESERVED.message,
      ambiguous: ReservedNames.message
    },
    reaction: { ...reaction, known: { ...reaction.known, custom: O.customObject } }
  }
}

// Ordinary custom data, although they are fields in responses of the API.
const SHOWN = new Set(["name", "image", "chatferry"])

const tableOf = (dialect: Dialect, type: ItemType): Table | undefined => {
  const spec = SPECS[dialect][type]
  if (spec === undefined) return undefined
  const prefix = dialect === "jsonl" ? "/data/" : "/item/"
  const fields = new Map<string, Field>()
  const add = (names: Iterable<string>, rule: (name: string) => Field["rule"]) => {
    for (const name of names) {
      if (fields.has(name)) continue
      const isNullable = dialect === "json-array" || spec.nullable?.includes(name) === true
      fields.set(name, { pointer: prefix + name, rule: rule(name), isNullable })
    }
  }
  add(Object.keys(spec.known), (name) => spec.known[name] ?? "ambiguous")
  if (spec.reserved !== undefined) add(spec.reserved.split(" "), () => "reserved")
  const other = SPECS[dialect === "jsonl" ? "json-array" : "jsonl"][type]?.known ?? {}
  if (spec.isClosed !== true)
    add(
      Object.keys(other).filter((name) => name !== "custom"),
      () => "other_dialect"
    )
  add(
    Array.from(spec.ambiguous ?? []).filter((name) => !SHOWN.has(name)),
    () => "ambiguous"
  )
  return {
    fields,
    required: spec.required,
    advised: spec.advised ?? [],
    isOpen: spec.isClosed !== true,
    unknown: spec.unknown ?? "field_not_allowed"
  }
}

const tables = (dialect: Dialect): ReadonlyMap<string, Table> =>
  new Map(
    itemTypes.flatMap((type) => {
      const table = tableOf(dialect, type)
      return table === undefined ? [] : [[type, table]]
    })
  )

/** The fields of items, by dialect and type. */
export const TABLES: Record<Dialect, ReadonlyMap<string, Table>> = {
  jsonl: tables("jsonl"),
  "json-array": tables("json-array")
}
