// What the app contains, and how an import changes it.
import { digest } from "../../http/digests.ts"
import { knownFields } from "./fieldRules.ts"
import type { Fields, Item, ItemType } from "./items.ts"

export interface ImportMode {
  readonly mode: "upsert" | "insert"
  readonly mergeCustom: boolean
}

export interface Store {
  readonly get: (type: ItemType, key: string) => Fields | undefined
  readonly all: (type: ItemType) => ReadonlyArray<Fields>
  readonly put: (item: Item, mode: ImportMode) => void
}

/** Identifies a channel by its id or by its members. */
export const channelKey = (type: unknown, id: unknown, members: unknown): string => {
  if (typeof id === "string") return `${String(type)}:${id}`
  const sorted = Array.isArray(members) ? members.map(String).toSorted() : []
  const hash = digest()
  hash.update(Buffer.from(JSON.stringify(sorted)))
  return `${String(type)}:!members-${hash.hex()}`
}

/** The channel of a member or message. */
export const channelOf = (fields: Fields): string =>
  channelKey(fields["channel_type"], fields["channel_id"], fields["channel_member_ids"])

/** What identifies an item among the items of its type. */
export const keyOf = (type: ItemType, fields: Fields): string => {
  switch (type) {
    case "user":
    case "device":
    case "message":
      return String(fields["id"])
    case "future_channel_ban":
      return JSON.stringify([fields["target_id"], fields["created_by"]])
    case "channel":
      return channelKey(fields["type"], fields["id"], fields["member_ids"])
    case "member":
      return JSON.stringify([channelOf(fields), fields["user_id"]])
    case "reaction":
      return JSON.stringify([fields["message_id"], fields["type"], fields["user_id"]])
  }
}

export const store = (): Store => {
  const tables = new Map<ItemType, Map<string, Fields>>()
  const tableOf = (type: ItemType) => {
    const found = tables.get(type) ?? new Map<string, Fields>()
    tables.set(type, found)
    return found
  }
  return {
    get: (type, key) => tableOf(type).get(key),
    all: (type) => Array.from(tableOf(type).values()),
    put: (item, mode) => {
      const type = item.type as ItemType
      const table = tableOf(type)
      const key = keyOf(type, item.fields)
      const before = table.get(key)
      if (before === undefined) table.set(key, item.fields)
      else if (mode.mode === "upsert") table.set(key, upserted(type, before, item.fields, mode.mergeCustom))
    }
  }
}

// internal

/** Fields that are only set on creation and never by a later import, according to the tables. */
const ONCE: Readonly<Partial<Record<ItemType, ReadonlyArray<string>>>> = {
  user: ["channel_mutes", "user_mutes"],
  channel: ["created_by", "banned_users"],
  member: ["last_read", "hide_channel"]
}

/** Known fields are overwritten individually; custom fields are replaced as a whole unless they are merged. */
const upserted = (type: ItemType, before: Fields, given: Fields, mergeCustom: boolean): Fields => {
  const known = knownFields(type)
  const once = ONCE[type] ?? []
  const next: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(before)) if (known.has(name) || mergeCustom) next[name] = value
  for (const [name, value] of Object.entries(given))
    if (!once.includes(name) || !(name in before)) next[name] = value
  // A later import does not set fields that were absent at first.
  for (const name of once) if (!(name in before)) delete next[name]
  return next
}
