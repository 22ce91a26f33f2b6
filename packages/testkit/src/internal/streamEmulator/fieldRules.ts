// What fields of an item may hold, as Stream's tables and schemas of import items say.
import { type Fields, isFields, type ItemType } from "./items.ts"

/** Says what is wrong with a value, in the server's words without their beginning. */
type Rule = (value: unknown, field: string) => string | undefined

/** Custom fields of one object, as JSON. */
const MOST_CUSTOM_BYTES = 5 * 1024
const MOST_ATTACHMENTS = 30

export const problems = (
  type: ItemType,
  fields: Fields,
  dialect: "jsonl" | "json-array"
): ReadonlyArray<string> => {
  const { custom, optional, required, reserved } = tables[type]
  const found: Array<string> = []
  const report = (text: string | undefined) => {
    if (text !== undefined) found.push(`Validation error: ${text}`)
  }
  const own: Record<string, unknown> = {}
  for (const [field, rule] of Object.entries(required)) {
    const isMissing = fields[field] === undefined || fields[field] === null || fields[field] === ""
    // The page for arrays gives messages without an id a random one.
    if (isMissing && type === "message" && field === "id" && dialect === "json-array") continue
    report(isMissing ? `"${type}.${field}" required` : rule(fields[field], `${type}.${field}`))
  }
  for (const [field, value] of Object.entries(fields)) {
    if (field in required) continue
    const rule = optional[field]
    if (rule !== undefined) report(rule(value, `${type}.${field}`))
    else if (reserved.includes(field)) report(`"${type}.${field}" is a reserved field`)
    else if (!custom) report(`'${field}' is not a valid field`)
    else if (dialect === "jsonl" || field !== "updated_at") own[field] = value
  }
  if (Buffer.byteLength(JSON.stringify(own)) > MOST_CUSTOM_BYTES) {
    report(`max "${type}.custom" length exceeded (${MOST_CUSTOM_BYTES})`)
  }
  for (const problem of together[type]?.(fields) ?? []) report(problem)
  return found
}

/** The fields that Stream knows of a type. */
export const knownFields = (type: ItemType): ReadonlySet<string> =>
  new Set([...Object.keys(tables[type].required), ...Object.keys(tables[type].optional)])

// internal

const wrong = (value: unknown): string => `'${JSON.stringify(value)}' is not a valid field`

const text =
  (most?: number, pattern?: RegExp): Rule =>
  (value, field) => {
    if (typeof value !== "string") return `"${field}" must be a string`
    if (most !== undefined && Buffer.byteLength(value) > most)
      return `max "${field}" length exceeded (${most})`
    return pattern?.test(value) === false ? `"${field}" ${wrong(value)}` : undefined
  }

const flag: Rule = (value, field) => (typeof value === "boolean" ? undefined : `"${field}" must be a boolean`)

const TIME = /^\d{4}-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/u

const time: Rule = (value, field) =>
  typeof value === "string" && TIME.test(value) && !Number.isNaN(Date.parse(value))
    ? undefined
    : `parsing time ${JSON.stringify(value)} of "${field}"`

const orNull =
  (rule: Rule): Rule =>
  (value, field) =>
    value === null ? undefined : rule(value, field)

const texts =
  (least = 0, pattern?: RegExp): Rule =>
  (value, field) =>
    Array.isArray(value) &&
    value.length >= least &&
    (value as ReadonlyArray<unknown>).every(
      (one) => typeof one === "string" && one !== "" && pattern?.test(one) !== false
    )
      ? undefined
      : `"${field}" must be a list of strings`

const among =
  (...values: ReadonlyArray<string>): Rule =>
  (value, field) =>
    values.some((one) => one === value) ? undefined : `"${field}" ${wrong(value)}`

const object =
  (...names: ReadonlyArray<string>): Rule =>
  (value, field) => {
    if (!isFields(value)) return `"${field}" must be an object`
    const extra = Object.keys(value).find((name) => names.length > 0 && !names.includes(name))
    return extra === undefined ? undefined : `'${extra}' is not a valid field`
  }

const USER_ID = /^[@\w-]*$/u
const userId = text(255, USER_ID)
const channelId = text(64, /^[\w-]*$/u)
const messageId = text(255, /^[^,%]*$/u)

const attachment = (value: unknown): string | undefined => {
  if (!isFields(value)) return `"attachment" must be an object`
  if (typeof value["type"] !== "string" || value["type"] === "") return `"attachment.type" required`
  for (const name of ["actions", "fields"]) {
    if (value[name] !== undefined) return `"attachment.${name}" is a reserved field`
  }
  for (const name of ["image_url", "thumb_url", "asset_url"]) {
    const url = value[name]
    if (url === undefined) continue
    if (typeof url !== "string" || !url.startsWith("https://") || !URL.canParse(url)) {
      return `"attachment.${name}" must be an https URL`
    }
  }
  return undefined
}

const attachments: Rule = (value, field) => {
  if (!Array.isArray(value)) return `"${field}" must be a list`
  if (value.length > MOST_ATTACHMENTS) return `max "${field}" length exceeded (${MOST_ATTACHMENTS})`
  return (value as ReadonlyArray<unknown>).map(attachment).find((problem) => problem !== undefined)
}

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
      teams_role: object(),
      language: text(),
      invisible: flag,
      created_at: time,
      deactivated_at: time,
      deleted_at: time,
      blocked_user_ids: texts(),
      channel_mutes: texts(0, /^[^:]+:[^:]+$/u),
      user_mutes: texts(),
      push_preferences: object("chat_level", "disabled_until"),
      privacy_settings: object("typing_indicators", "read_receipts", "delivery_receipts")
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
      type: among("", "regular", "deleted", "system", "reply"),
      text: text(),
      html: text(),
      attachments,
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

const eitherChannel = (type: string, fields: Fields): ReadonlyArray<string> => {
  const [id, members] = [fields["channel_id"] !== undefined, fields["channel_member_ids"] !== undefined]
  return id === members ? [`either ${type}.channel_id or ${type}.channel_member_ids required`] : []
}

/** Rules over more than one field. */
const together: Readonly<Partial<Record<ItemType, (fields: Fields) => ReadonlyArray<string>>>> = {
  channel: ({ id, member_ids }) => {
    if (id !== undefined && member_ids !== undefined)
      return ["either channel.id or channel.member_ids should be provided, but not both"]
    return id === undefined && member_ids === undefined
      ? ["channel.id or channel.member_ids required, but not both"]
      : []
  },
  member: (fields) => [
    ...eitherChannel("member", fields),
    ...(fields["invited"] !== true &&
    (fields["invite_accepted_at"] ?? fields["invite_rejected_at"] ?? null) !== null
      ? [`"member.invited" required`]
      : [])
  ],
  message: (fields) => {
    const has = (name: string) => fields[name] !== undefined
    const found: Array<string> = [...eitherChannel("message", fields)]
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
