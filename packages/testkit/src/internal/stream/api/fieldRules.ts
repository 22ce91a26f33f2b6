// The values of the fields of an item, according to Stream's tables and schemas of import items.
import { attachments } from "./attachmentRules.ts"
import type { Dialect, Fields, ItemType } from "./items.ts"
import { among, byName, flag, object, orNull, type Rule, text, texts, time } from "./rules.ts"

/** Custom fields of one object, as JSON. */
const MOST_CUSTOM_BYTES = 5 * 1024

export const problems = (type: ItemType, fields: Fields, dialect: Dialect): ReadonlyArray<string> => {
  const { custom, optional, required, reserved } = tables[type]
  const also = dialect === "jsonl" ? LINES[type] : ARRAYS[type]
  const found: Array<string> = []
  const report = (text: string | undefined) => {
    if (text !== undefined) found.push(`Validation error: ${text}`)
  }
  const own: Record<string, unknown> = {}
  const needed = { ...required, ...also?.required }
  for (const [field, rule] of Object.entries(needed)) {
    // The page on arrays says that messages without an id get a random one.
    if (type === "message" && field === "id" && dialect === "json-array" && isNone(fields[field], dialect))
      continue
    const isMissing = isNone(fields[field], dialect) || fields[field] === null || fields[field] === ""
    report(isMissing ? `"${type}.${field}" required` : rule(fields[field], `${type}.${field}`))
  }
  for (const [field, value] of Object.entries(fields)) {
    if (field in needed) continue
    const rule = optional[field] ?? also?.optional?.[field]
    if (rule !== undefined) report(isNone(value, dialect) ? undefined : rule(value, `${type}.${field}`))
    else if (reserved.includes(field)) report(`"${type}.${field}" is a reserved field`)
    else if (!custom) report(`'${field}' is not a valid field`)
    else own[field] = value
  }
  if (Buffer.byteLength(JSON.stringify(own)) > MOST_CUSTOM_BYTES) {
    report(`max "${type}.custom" length exceeded (${MOST_CUSTOM_BYTES})`)
  }
  const has = (name: string) => !isNone(fields[name], dialect)
  for (const problem of together[type]?.(fields, has) ?? []) report(problem)
  return found
}

/** The fields that Stream knows of a type. */
export const knownFields = (type: ItemType): ReadonlySet<string> =>
  new Set(
    [tables[type].required, tables[type].optional, LINES[type]?.optional ?? {}].flatMap((rules) =>
      Object.keys(rules)
    )
  )

// internal

/** In an array, empty and null values count as absent, and so does Go's zero time. */
const isNone = (value: unknown, dialect: Dialect): boolean => {
  if (value === undefined) return true
  if (dialect === "jsonl") return false
  return value === null || value === "" || value === ZERO_TIME || (Array.isArray(value) && value.length === 0)
}

const ZERO_TIME = "0001-01-01T00:00:00Z"

const USER_ID = /^[@\w-]*$/u
const shown = object({ enabled: flag }, ["enabled"])
const userId = text(255, USER_ID)
const channelId = text(64, /^[\w-]*$/u)
const messageId = text(255, /^[^,%]*$/u)

interface Table {
  readonly required: Readonly<Record<string, Rule>>
  readonly optional: Readonly<Record<string, Rule>>
  readonly reserved: ReadonlyArray<string>
  /** Whether other fields are custom data. */
  readonly custom: boolean
}

const reference = {
  channel_id: channelId,
  channel_member_ids: texts(1)
}

const tables: Readonly<Record<ItemType, Table>> = {
  user: {
    required: { id: userId },
    optional: {
      role: text(255),
      teams: texts(),
      teams_role: byName(text()),
      language: text(),
      invisible: flag,
      created_at: time,
      deactivated_at: time,
      deleted_at: time,
      blocked_user_ids: texts(),
      channel_mutes: texts(0, /^[^:]+:[^:]+$/u),
      user_mutes: texts(),
      push_preferences: object({ chat_level: among("all", "none", "mentions"), disabled_until: time }),
      privacy_settings: object({ typing_indicators: shown, read_receipts: shown, delivery_receipts: shown })
    },
    reserved: ["app_pk", "online", "pk", "user_pk", "last_active"],
    custom: true
  },
  device: {
    required: {
      id: text(255),
      user_id: text(255),
      push_provider_type: among("firebase", "apn", "huawei", "xiaomi")
    },
    optional: { push_provider_name: text(), created_at: time },
    reserved: [],
    custom: false
  },
  future_channel_ban: {
    required: { target_id: text(), created_by: text() },
    optional: { reason: text(), shadow: flag, created_at: time },
    reserved: [],
    custom: false
  },
  channel: {
    required: { type: channelId, created_by: text() },
    optional: {
      id: channelId,
      member_ids: texts(1),
      team: text(),
      disabled: flag,
      frozen: flag,
      created_at: time,
      truncated_at: time,
      banned_users: texts()
    },
    reserved: ["last_message_at", "cid", "created_by_pk", "members", "config", "app_pk", "pk"],
    custom: true
  },
  member: {
    required: { user_id: text(), channel_type: text() },
    optional: {
      ...reference,
      channel_role: text(),
      created_at: time,
      last_read: time,
      hide_channel: flag,
      hide_messages_before: time,
      archived_at: time,
      invited: flag,
      invite_accepted_at: orNull(time),
      invite_rejected_at: orNull(time)
    },
    reserved: [],
    custom: true
  },
  message: {
    required: { id: messageId, channel_type: text(), user: text() },
    optional: {
      ...reference,
      text: text(),
      html: text(),
      parent_id: text(),
      show_in_channel: flag,
      created_at: time,
      deleted_at: time,
      mentioned_users_ids: texts(),
      mentioned_roles: texts(),
      mentioned_channel: flag,
      mentioned_here: flag,
      quoted_message_id: text(),
      restricted_visibility: texts(),
      pinned_at: time,
      pinned_by_id: text(),
      pin_expires: time
    },
    reserved: [
      "tmp_id",
      "app_pk",
      "latest_reactions",
      "own_reactions",
      "reactions_count",
      "reply_count",
      "command",
      "pk",
      "quoted_message",
      "pinned_by"
    ],
    custom: true
  },
  reaction: {
    required: { message_id: text(), type: text(30, /^[\w\-+:.]*$/u), user_id: text(), created_at: time },
    optional: {},
    reserved: ["app_pk", "pk", "user", "user_pk"],
    custom: true
  }
}

/** Additional or different fields of one dialect. */
type Own = Readonly<Partial<Record<ItemType, Partial<Pick<Table, "required" | "optional">>>>>

const LINES: Own = {
  message: {
    optional: {
      type: among("", "regular", "deleted", "system", "reply"),
      attachments: attachments("jsonl")
    }
  }
}

const ARRAYS: Own = {
  user: {
    optional: {
      updated_at: time,
      push_notifications: object({ disabled: flag, disabled_until: orNull(time) })
    }
  },
  device: { required: { created_at: time }, optional: { disabled: flag, disabled_reason: text() } },
  channel: { optional: { updated_at: time } },
  member: { optional: { is_moderator: flag } },
  message: {
    optional: {
      type: among("regular", "deleted", "system", "reply"),
      attachments: attachments("json-array"),
      updated_at: time
    }
  }
}

type Has = (name: string) => boolean

const eitherChannel = (type: string, has: Has): ReadonlyArray<string> =>
  has("channel_id") === has("channel_member_ids")
    ? [`either ${type}.channel_id or ${type}.channel_member_ids required`]
    : []

/** Rules about several fields. */
const together: Readonly<Partial<Record<ItemType, (fields: Fields, has: Has) => ReadonlyArray<string>>>> = {
  channel: (_, has) => {
    if (has("id") && has("member_ids"))
      return ["either channel.id or channel.member_ids should be provided, but not both"]
    return has("id") || has("member_ids") ? [] : ["channel.id or channel.member_ids required, but not both"]
  },
  member: (fields, has) => [
    ...eitherChannel("member", has),
    ...(fields["invited"] !== true &&
    (fields["invite_accepted_at"] ?? fields["invite_rejected_at"] ?? null) !== null
      ? [`"member.invited" required`]
      : [])
  ],
  message: (fields, has) => {
    const found: Array<string> = [...eitherChannel("message", has)]
    if (fields["type"] === "deleted" && !has("deleted_at"))
      found.push('message.type "deleted" while message.deleted_at is null')
    if (has("deleted_at") && has("type") && fields["type"] !== "deleted")
      found.push(`message.deleted_at while message.type is "${String(fields["type"])}"`)
    if (has("pinned_at") !== has("pinned_by_id"))
      found.push("message.pinned_at and message.pinned_by_id required")
    if (has("pin_expires") && !has("pinned_at")) found.push("message.pin_expires while pinned_at is null")
    if (fields["type"] === "reply" && !has("parent_id")) found.push('"message.parent_id" required')
    if (has("show_in_channel") && !has("parent_id")) found.push('"message.parent_id" required')
    return found
  }
}
