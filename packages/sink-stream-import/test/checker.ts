/**
 * Checks import files against Stream's documentation, with separate
 * field tables that do not come from the package. Returns the problems.
 */

export type Dialect = "jsonl" | "json-array"
type Item = Record<string, unknown>

const ORDER = ["user", "device", "future_channel_ban", "channel", "member", "message", "reaction"]
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/
const USER = /^[@\w-]{1,255}$/
const CHANNEL = /^[\w-]{1,64}$/

/** The type of each field. Any other name is custom data. */
type Table = Readonly<Record<string, (value: unknown) => boolean>>

const text = (value: unknown) => typeof value === "string"
const bool = (value: unknown) => typeof value === "boolean"
const time = (value: unknown) => typeof value === "string" && TIME.test(value)
const user = (value: unknown) => typeof value === "string" && USER.test(value)
const listOf = (is: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(is)
const channelId = (value: unknown) => typeof value === "string" && CHANNEL.test(value)
const messageId = (value: unknown) =>
  typeof value === "string" && value !== "" && Buffer.byteLength(value) <= 255 && !/[,%]/.test(value)
const https = (value: unknown) =>
  typeof value === "string" && /^https:\/\/[^\s]+$/.test(value) && URL.canParse(value)

const mapOf = (is: (value: unknown) => boolean) => (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(is)
const deviceId = (value: unknown) =>
  typeof value === "string" && value !== "" && Buffer.byteLength(value) <= 255
const pushProvider = (value: unknown) => ["firebase", "apn", "huawei", "xiaomi"].includes(value as string)

const channelRef: Table = { channel_type: channelId, channel_id: channelId, channel_member_ids: listOf(user) }

const TABLES: Record<Dialect, Record<string, Table>> = {
  jsonl: {
    user: {
      id: user,
      role: text,
      teams: listOf(text),
      teams_role: mapOf(text),
      privacy_settings: (value) =>
        mapOf((setting) => mapOf(bool)(setting) && "enabled" in (setting as object))(value) &&
        Object.keys(value as object).every((key) =>
          ["typing_indicators", "read_receipts", "delivery_receipts"].includes(key)
        ),
      push_preferences: (value) => {
        const { chat_level: level, disabled_until: until, ...rest } = value as Item
        return (
          Object.keys(rest).length === 0 &&
          (level === undefined || ["all", "none", "mentions"].includes(level as string)) &&
          (until === undefined || time(until))
        )
      },
      language: text,
      invisible: bool,
      created_at: time,
      deactivated_at: time,
      deleted_at: time,
      blocked_user_ids: listOf(user),
      channel_mutes: listOf((cid) => typeof cid === "string" && /^[\w-]{1,64}:[\w-]{1,64}$/.test(cid)),
      user_mutes: listOf(user)
    },
    device: {
      id: deviceId,
      user_id: user,
      push_provider_type: pushProvider,
      push_provider_name: text,
      created_at: time
    },
    future_channel_ban: { target_id: user, created_by: user, reason: text, shadow: bool, created_at: time },
    channel: {
      id: channelId,
      member_ids: (value) => listOf(user)(value) && (value as Array<string>).length > 0,
      type: channelId,
      created_by: user,
      team: text,
      disabled: bool,
      frozen: bool,
      created_at: time,
      truncated_at: time,
      banned_users: listOf(user)
    },
    member: {
      ...channelRef,
      user_id: user,
      channel_role: text,
      created_at: time,
      last_read: time,
      hide_channel: bool,
      hide_messages_before: time,
      archived_at: time,
      invited: bool,
      invite_accepted_at: time,
      invite_rejected_at: time,
      invited_accepted_at: time,
      invited_rejected_at: time
    },
    message: {
      ...channelRef,
      id: messageId,
      type: (value) => ["regular", "deleted", "system", "reply"].includes(value as string),
      user,
      text: (value) => typeof value === "string" && Array.from(value).length <= 20_000,
      html: text,
      attachments: listOf((value) => typeof value === "object"),
      parent_id: messageId,
      show_in_channel: bool,
      created_at: time,
      deleted_at: time,
      mentioned_users_ids: listOf(user),
      mentioned_channel: bool,
      mentioned_here: bool,
      mentioned_roles: listOf(text),
      quoted_message_id: messageId,
      restricted_visibility: listOf(user),
      pinned_at: time,
      pinned_by_id: user,
      pin_expires: time
    },
    reaction: {
      message_id: messageId,
      type: (value) => typeof value === "string" && /^[\w\-+:.]{1,30}$/.test(value),
      user_id: user,
      created_at: time
    }
  },
  "json-array": {
    user: {
      id: user,
      role: text,
      teams: listOf(text),
      invisible: bool,
      created_at: time,
      updated_at: time,
      deactivated_at: time,
      deleted_at: time,
      language: text,
      push_notifications: (value) => {
        const { disabled, disabled_until: until, ...rest } = value as Item
        return (
          Object.keys(rest).length === 0 &&
          (disabled === undefined || bool(disabled)) &&
          (until === undefined || time(until))
        )
      },
      channel_mutes: listOf(text),
      user_mutes: listOf(user)
    },
    device: {
      id: deviceId,
      user_id: user,
      push_provider_type: pushProvider,
      push_provider_name: text,
      disabled: bool,
      disabled_reason: text,
      created_at: time
    },
    channel: {
      id: channelId,
      member_ids: listOf(user),
      type: channelId,
      created_by: user,
      team: text,
      disabled: bool,
      frozen: bool,
      created_at: time,
      updated_at: time
    },
    member: {
      ...channelRef,
      user_id: user,
      channel_role: text,
      is_moderator: bool,
      created_at: time,
      last_read: time,
      hide_channel: bool,
      hide_messages_before: time,
      invited: bool,
      invite_accepted_at: time,
      invite_rejected_at: time,
      invited_accepted_at: time,
      invited_rejected_at: time
    },
    message: {
      ...channelRef,
      id: messageId,
      type: (value) => ["regular", "deleted", "system"].includes(value as string),
      user,
      text: (value) => typeof value === "string" && Array.from(value).length <= 20_000,
      html: text,
      attachments: listOf((value) => typeof value === "object"),
      parent_id: messageId,
      show_in_channel: bool,
      created_at: time,
      updated_at: time,
      deleted_at: time,
      mentioned_users_ids: listOf(user),
      quoted_message_id: messageId,
      pinned_at: time,
      pinned_by_id: user,
      pin_expires: time
    },
    reaction: {
      message_id: messageId,
      type: (value) => typeof value === "string" && /^[\w\-+:.]{1,30}$/.test(value),
      user_id: user,
      created_at: time
    }
  }
}

const REQUIRED: Record<string, ReadonlyArray<string>> = {
  user: ["id"],
  device: ["id", "user_id", "push_provider_type"],
  future_channel_ban: ["target_id", "created_by"],
  channel: ["type", "created_by"],
  member: ["user_id", "channel_type"],
  message: ["id", "channel_type", "user"],
  reaction: ["message_id", "type", "user_id", "created_at"]
}

// Names of Stream's responses or rejected by its former validator, which custom data must not use, besides the fields above.
const RESERVED: Record<string, string> = {
  user: "app_pk online pk user_pk last_active banned devices mutes updated_at total_unread_count custom",
  channel:
    "last_message_at cid created_by_pk members config app_pk pk deleted_at updated_at member_count hidden custom",
  member:
    "user banned status updated_at deleted_at pinned_at notifications_muted shadow_banned custom is_moderator",
  message:
    "tmp_id app_pk latest_reactions own_reactions reactions_count reply_count command pk quoted_message pinned_by pinned cid i18n mml silent updated_at poll poll_id custom mentioned_users channel",
  reaction: "app_pk pk user user_pk score updated_at custom"
}

const ATTACHMENT = new Set(
  "type image_url thumb_url asset_url og_scrape_url title_link title text mime_type file_size duration migrate_resources".split(
    " "
  )
)
const ATTACHMENT_RESERVED = ["custom"]

export interface Checked {
  readonly problems: ReadonlyArray<string>
  readonly items: ReadonlyArray<{ readonly kind: string; readonly item: Item }>
}

/**
 * Checks the files of one import. Lines may refer to files before them; each
 * array is complete, and items in several arrays must be equal.
 */
export const checkAll = (files: ReadonlyArray<string>, dialect: Dialect): Checked => {
  if (dialect === "jsonl" || files.length === 1) return check(files.join(""), dialect)
  const problems: Array<string> = []
  const items: Array<Checked["items"][number]> = []
  const seen = new Map<string, string>()
  files.forEach((file, index) => {
    const checked = check(file, dialect)
    // Quotes are the only references that Stream does not check in the file.
    const found = checked.problems.filter((problem) => !problem.endsWith("quoted message doesn't exist"))
    problems.push(...found.map((problem) => `file ${index + 1}: ${problem}`))
    for (const entry of checked.items) {
      const key = `${entry.kind}|${keyOf(entry.kind, entry.item)}`
      const text = JSON.stringify(entry.item)
      if (!seen.has(key)) items.push(entry)
      else if (seen.get(key) !== text) problems.push(`file ${index + 1}: ${key} is not what it was before`)
      seen.set(key, text)
    }
  })
  for (const { item } of items) {
    const quoted = item["quoted_message_id"]
    if (typeof quoted === "string" && !seen.has(`message|${quoted}`))
      problems.push("a quoted message is nowhere")
  }
  return { problems, items }
}

export const check = (file: string, dialect: Dialect): Checked => {
  const problems: Array<string> = []
  const items = parse(file, dialect, problems)
  const seen = new Map<string, Item>()
  let position = 0
  items.forEach(({ item, kind }, index) => {
    const say = (problem: string) => problems.push(`${index}: ${kind}: ${problem}`)
    const at = ORDER.indexOf(kind)
    if (at < position) say("out of order")
    position = Math.max(position, at)
    checkFields(dialect, kind, item, say)
    const key = `${kind}|${keyOf(kind, item)}`
    if (seen.has(key)) say(`duplicated ${key}`)
    seen.set(key, item)
  })
  checkReferences(items, seen, problems)
  return { problems, items }
}

const parse = (file: string, dialect: Dialect, problems: Array<string>) => {
  const wrapped = dialect === "jsonl" ? lines(file, problems) : (JSON.parse(file) as ReadonlyArray<unknown>)
  const name = dialect === "jsonl" ? "data" : "item"
  return wrapped.flatMap((entry, index) => {
    const keys = Object.keys(entry as object)
      .toSorted()
      .join()
    if (keys !== [name, "type"].toSorted().join()) {
      problems.push(`${index}: envelope with ${keys}`)
      return []
    }
    const { type, ...rest } = entry as { type: string } & Record<string, Item>
    if (!ORDER.includes(type) || TABLES[dialect][type] === undefined)
      problems.push(`${index}: unknown type ${type}`)
    return [{ kind: type, item: rest[name] as Item }]
  })
}

const lines = (file: string, problems: Array<string>) => {
  if (file !== "" && !file.endsWith("\n")) problems.push("the last line does not end")
  return file
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown)
}

const channelKey = (type: unknown, id: unknown, members: unknown) =>
  id === undefined
    ? `${type as string}:[${(members as Array<string>).toSorted().join()}]`
    : `${type as string}:${id as string}`

const keyOf = (kind: string, item: Item): string => {
  switch (kind) {
    case "channel":
      return channelKey(item["type"], item["id"], item["member_ids"])
    case "member":
      return `${channelKey(item["channel_type"], item["channel_id"], item["channel_member_ids"])}|${String(item["user_id"])}`
    case "future_channel_ban":
      return `${String(item["target_id"])}|${String(item["created_by"])}`
    case "reaction":
      return `${String(item["message_id"])}|${String(item["user_id"])}|${String(item["type"])}`
    default:
      return String(item["id"])
  }
}

const checkFields = (dialect: Dialect, kind: string, item: Item, say: (problem: string) => void) => {
  const table = TABLES[dialect][kind] ?? {}
  const reserved = new Set((RESERVED[kind] ?? "").split(" "))
  const custom: Item = {}
  for (const [field, value] of Object.entries(item)) {
    const is = table[field]
    if (is === undefined) {
      if (kind === "device" || kind === "future_channel_ban") say(`${field} is unknown`)
      custom[field] = value
      if (reserved.has(field)) say(`${field} is reserved`)
    } else if (!is(value)) say(`${field} is invalid`)
  }
  for (const field of REQUIRED[kind] ?? []) if (!(field in item)) say(`${field} required`)
  if (bytes(custom) > 5000) say(`custom data of ${bytes(custom)} bytes`)
  const both = (a: string, b: string) => a in item === b in item
  if (kind === "channel" && both("id", "member_ids")) say("either id or member_ids")
  if ((kind === "member" || kind === "message") && both("channel_id", "channel_member_ids"))
    say("either id or members")
  if (
    kind === "member" &&
    item["invited"] !== true &&
    Object.keys(item).some((field) => /^invited?_(accepted|rejected)_at$/.test(field))
  ) {
    say("answered without an invitation")
  }
  if (kind === "message") checkMessage(item, say)
}

const checkMessage = (item: Item, say: (problem: string) => void) => {
  const has = (field: string) => field in item
  if (item["type"] === "reply" && !has("parent_id")) say("reply without parent_id")
  if (has("show_in_channel") && !has("parent_id")) say("show_in_channel without parent_id")
  if ((item["type"] === "deleted") !== has("deleted_at")) say("deleted and deleted_at do not agree")
  if (has("pinned_at") !== has("pinned_by_id")) say("pinned_at and pinned_by_id do not agree")
  if (has("pin_expires") && !has("pinned_at")) say("pin_expires without pinned_at")
  const attachments = (item["attachments"] ?? []) as ReadonlyArray<Item>
  if (attachments.length > 30) say("more than 30 attachments")
  for (const attachment of attachments) {
    if (typeof attachment["type"] !== "string") say("attachment.type required")
    for (const field of ["image_url", "thumb_url", "asset_url"]) {
      if (field in attachment && !https(attachment[field])) say(`${field} is not an https URL`)
    }
    const custom = Object.fromEntries(Object.entries(attachment).filter(([field]) => !ATTACHMENT.has(field)))
    if (bytes(custom) > 5000) say("attachment with too much custom data")
    if (ATTACHMENT_RESERVED.some((field) => field in attachment)) say("attachment with a reserved field")
    if (Object.values(attachment).includes(null)) say("attachment with null")
  }
}

const checkReferences = (
  items: ReadonlyArray<{ readonly kind: string; readonly item: Item }>,
  seen: ReadonlyMap<string, Item>,
  problems: Array<string>
) => {
  const earlier = new Set<string>()
  const members = new Map<string, Array<string>>()
  items.forEach(({ item, kind }, index) => {
    const say = (problem: string) => problems.push(`${index}: ${kind}: ${problem}`)
    const users = [
      item["created_by"],
      item["user"],
      item["target_id"],
      kind === "user" ? undefined : item["user_id"],
      item["pinned_by_id"],
      ...["banned_users", "member_ids", "channel_member_ids", "mentioned_users_ids"].flatMap(
        (f) => item[f] ?? []
      ),
      ...["restricted_visibility", "blocked_user_ids", "user_mutes"].flatMap((f) => item[f] ?? [])
    ]
    for (const id of users)
      if (id !== undefined && !seen.has(`user|${id as string}`)) say(`user "${id as string}" doesn't exist`)
    for (const cid of (item["channel_mutes"] ?? []) as ReadonlyArray<string>) {
      if (!seen.has(`channel|${cid}`)) say(`muted channel ${cid} doesn't exist`)
    }
    if (kind === "member" || kind === "message") {
      const channel = channelKey(item["channel_type"], item["channel_id"], item["channel_member_ids"])
      if (!earlier.has(`channel|${channel}`)) say(`channel ${channel} doesn't exist before`)
      if (kind === "member") members.set(channel, [...(members.get(channel) ?? []), String(item["user_id"])])
    }
    if (kind === "message" && "parent_id" in item) {
      const parent = seen.get(`message|${String(item["parent_id"])}`)
      if (!earlier.has(`message|${String(item["parent_id"])}`)) say("parent doesn't exist before")
      else if (parent !== undefined && "parent_id" in parent) say("only one level thread is supported")
      else if (parent?.["channel_id"] !== item["channel_id"]) say("parent in another channel")
    }
    if (
      kind === "message" &&
      "quoted_message_id" in item &&
      item["quoted_message_id"] !== item["id"] &&
      !earlier.has(`message|${String(item["quoted_message_id"])}`) &&
      seen.has(`message|${String(item["quoted_message_id"])}`)
    ) {
      say("quoted message comes later")
    }
    if (
      kind === "message" &&
      "quoted_message_id" in item &&
      !seen.has(`message|${String(item["quoted_message_id"])}`)
    ) {
      say("quoted message doesn't exist")
    }
    if (kind === "reaction" && !earlier.has(`message|${String(item["message_id"])}`))
      say("message doesn't exist before")
    earlier.add(`${kind}|${keyOf(kind, item)}`)
  })
  for (const { item, kind } of items) {
    if (kind !== "channel" || !("member_ids" in item)) continue
    const set = (item["member_ids"] as Array<string>).toSorted().join()
    const there = (members.get(channelKey(item["type"], undefined, item["member_ids"])) ?? [])
      .toSorted()
      .join()
    if (set !== there) problems.push(`distinct channel [${set}] has the members [${there}]`)
  }
}

const bytes = (value: Item) =>
  Object.keys(value).length === 0 ? 0 : Buffer.byteLength(JSON.stringify(value))
