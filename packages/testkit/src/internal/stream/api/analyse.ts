// The analysis of a file: syntax, fields, order and duplicates first, then references between items.
import * as FieldRules from "./fieldRules.ts"
import { type Fields, type Item, type ItemType, order, parse } from "./items.ts"
import { channelKey, channelOf, keyOf, type Store } from "./store.ts"

/** The settings of the app. */
export interface AppSettings {
  readonly userRoles: ReadonlyArray<string>
  readonly channelRoles: ReadonlyArray<string>
  /** Maximum length of a text, by channel type. */
  readonly channelTypes: Readonly<Record<string, number>>
}

export interface ReportedError {
  readonly error: string
  readonly item_type?: string
  readonly item?: Fields
}

export interface Analysis {
  readonly errors: ReadonlyArray<ReportedError>
  readonly items: ReadonlyArray<Item>
  /** Counts under the names of the documented report. */
  readonly totals: Readonly<Record<string, number>>
}

export const analyse = (content: string, app: AppSettings, store: Store): Analysis => {
  const { dialect, errors: syntax, items } = parse(content)
  const errors: Array<ReportedError> = syntax.map((error) => ({ error }))
  const own = new Map<ItemType, Map<string, Fields>>(order.map((type) => [type, new Map()]))
  let latest = 0
  const valid: Array<Item> = []
  for (const { fields, type } of items) {
    const known = type as ItemType
    const report = (error: string) => errors.push({ error, item_type: type, item: fields })
    const problems = FieldRules.problems(known, fields, dialect)
    problems.forEach(report)
    const position = order.indexOf(known)
    if (dialect === "jsonl" && position < latest) {
      report(`Validation error: items of type "${type}" must come before "${order[latest]}"`)
    }
    latest = Math.max(latest, position)
    if (problems.length > 0) continue
    const key = keyOf(known, fields)
    if (own.get(known)?.has(key) === true) report(`Validation error: duplicated item "${key}"`)
    own.get(known)?.set(key, fields)
    valid.push({ type, fields })
  }
  // An array must contain everything it refers to; lines may refer to what the app contains.
  const find = (type: ItemType, key: string): Fields | undefined =>
    own.get(type)?.get(key) ?? (dialect === "jsonl" ? store.get(type, key) : undefined)
  for (const { fields, type } of valid) {
    for (const problem of references(type as ItemType, fields, app, find)) {
      errors.push({ error: `Validation error: ${problem}`, item_type: type, item: fields })
    }
  }
  for (const fields of own.get("channel")?.values() ?? []) {
    const missing = listOf(fields["member_ids"]).filter(
      (id) =>
        find("member", JSON.stringify([channelKey(fields["type"], undefined, fields["member_ids"]), id])) ===
        undefined
    )
    if (missing.length === 0) continue
    const names = missing.map((id) => `"${id}"`).join(" ")
    const error = `Validation error: distinct channel is missing members: [${names}]. Please include all members as separate member entries`
    errors.push({ error, item_type: "channel", item: fields })
  }
  const count = (type: string) => items.filter((item) => item.type === type).length
  return {
    errors,
    items,
    totals: {
      messages: count("message"),
      members: count("member"),
      reactions: count("reaction"),
      channels: count("channel"),
      users: count("user")
    }
  }
}

// internal

type Find = (type: ItemType, key: string) => Fields | undefined

const listOf = (value: unknown): ReadonlyArray<string> =>
  Array.isArray(value) ? (value as ReadonlyArray<string>) : []

const references = (type: ItemType, fields: Fields, app: AppSettings, find: Find): ReadonlyArray<string> => {
  const found: Array<string> = []
  const needUser = (id: unknown, as: string, location = "") => {
    // A value of another type has already been reported.
    if (typeof id === "string" && find("user", id) === undefined) {
      found.push(
        `${as} user "${id}" doesn't exist${location}. please include all users as separate user entries`
      )
    }
  }
  const needUsers = (ids: unknown, as: string) => listOf(ids).forEach((id) => needUser(id, as))
  const needRole = (role: unknown, roles: ReadonlyArray<string>) => {
    if (typeof role === "string" && !roles.includes(role)) found.push(`role "${role}" doesn't exist`)
  }
  const needChannel = (): Fields | undefined => {
    const channel = find("channel", channelOf(fields))
    if (channel === undefined) {
      found.push(
        fields["channel_id"] === undefined
          ? `distinct channel with type "${String(fields["channel_type"])}" and members: [${listOf(fields["channel_member_ids"]).join(" ")}] doesn't exist`
          : `channel "${channelOf(fields)}" doesn't exist`
      )
    }
    return channel
  }
  switch (type) {
    case "user":
      needRole(fields["role"], app.userRoles)
      needUsers(fields["user_mutes"], "muted")
      needUsers(fields["blocked_user_ids"], "blocked")
      for (const cid of listOf(fields["channel_mutes"])) {
        if (find("channel", cid) === undefined) found.push(`muted channel "${cid}" doesn't exist`)
      }
      break
    case "device":
      needUser(fields["user_id"], "device.user_id")
      break
    case "future_channel_ban":
      needUser(fields["target_id"], "target_id")
      needUser(fields["created_by"], "created_by")
      break
    case "channel": {
      const key = keyOf("channel", fields)
      if (app.channelTypes[String(fields["type"])] === undefined) {
        found.push(`channel.type "${String(fields["type"])}" doesn't exist (channel "${key}")`)
      }
      needUser(fields["created_by"], "created_by", ` (channel "${key}")`)
      needUsers(fields["member_ids"], "member_ids")
      needUsers(fields["banned_users"], "banned_users")
      break
    }
    case "member": {
      const channel = needChannel()
      needUser(fields["user_id"], "member.user_id")
      needRole(fields["channel_role"], app.channelRoles)
      const isListed = listOf(fields["channel_member_ids"]).includes(String(fields["user_id"]))
      if (fields["channel_member_ids"] !== undefined && !isListed) {
        found.push(
          `user "${String(fields["user_id"])}" specified as channel member but not present in channel_member_ids`
        )
      }
      const team = typeof channel?.["team"] === "string" ? channel["team"] : ""
      const teams = listOf(find("user", String(fields["user_id"]))?.["teams"])
      // A user in a team can only be in channels of that team.
      const isApart = (team !== "" || teams.length > 0) && !teams.includes(team)
      if (channel !== undefined && isApart) {
        found.push(
          `user id with teams ${teams.join(",")} cannot be a member of channel ${channelOf(fields)} with team ${team}`
        )
      }
      break
    }
    case "message":
      needChannel()
      needUser(fields["user"], "message.user")
      needUser(fields["pinned_by_id"], "message.pinned_by_id")
      needUsers(fields["mentioned_users_ids"], "mentioned")
      needUsers(fields["restricted_visibility"], "restricted_visibility")
      found.push(...threads(fields, find), ...lengths(fields, app))
      break
    case "reaction":
      if (find("message", String(fields["message_id"])) === undefined) {
        found.push(`message_id "${String(fields["message_id"])}" doesn't exist`)
      }
      needUser(fields["user_id"], "reaction.user_id")
      break
  }
  return found
}

const threads = (fields: Fields, find: Find): ReadonlyArray<string> => {
  const id = fields["parent_id"]
  if (typeof id !== "string" || id === "") return []
  const parent = find("message", id)
  if (parent === undefined) return [`message parent_id "${id}" doesn't exist`]
  return parent["parent_id"] === undefined ? [] : ["only one level thread is supported"]
}

const lengths = (fields: Fields, app: AppSettings): ReadonlyArray<string> => {
  const most = app.channelTypes[String(fields["channel_type"])] ?? UNKNOWN_TYPE
  const text = typeof fields["text"] === "string" ? fields["text"] : ""
  return text.length > most && Array.from(text).length > most
    ? [`max "message.text" length exceeded (${most})`]
    : []
}

const UNKNOWN_TYPE = 20_000
