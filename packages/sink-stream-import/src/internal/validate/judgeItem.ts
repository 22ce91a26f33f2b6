import { type ItemType, itemTypes } from "../format/itemTypes.ts"
import { estimate, judgeSize } from "./custom.ts"
import { pointerPart } from "./fields.ts"
import type { Judge } from "./judge.ts"
import { judgeChannel } from "./judgeChannel.ts"
import { judgeMember } from "./judgeMember.ts"
import { judgeMessage } from "./judgeMessage.ts"
import { judgeBan, judgeDevice, judgeReaction, judgeUser } from "./judgeOthers.ts"
import { type Fields, isFields } from "./readField.ts"
import { type Table, TABLES } from "./tables.ts"

/** The order of types in JSON Lines. */
const ORDER = [...itemTypes, "poll", "poll_vote"] as const

/** Judges the items of one file in order. */
export class ItemJudge {
  readonly #judge: Judge
  readonly #tables: ReadonlyMap<string, Table>
  #rank = 0

  constructor(judge: Judge) {
    this.#judge = judge
    this.#tables = TABLES[judge.dialect]
  }

  /** One line, or one element of the array. */
  item(value: unknown): void {
    const judge = this.#judge
    if (!isFields(value)) {
      judge.found("envelope_not_object", "")
      return
    }
    const { key } = judge
    const type = value["type"]
    const item = value[key]
    for (const name in value) {
      if (name !== "type" && name !== key)
        judge.found("envelope_key_unknown", `/${pointerPart(name)}`, { key })
    }
    if (type === undefined) judge.found("envelope_key_required", "", { key: "type" })
    if (item === undefined) judge.found("envelope_key_required", "", { key })
    if (type === undefined) return
    const known = this.#type(type)
    if (known === undefined) return
    judge.type = known
    judge.count(known)
    if (judge.dialect === "jsonl") this.#order(known)
    if (item === undefined) return
    if (!isFields(item)) judge.found("item_not_object", `/${key}`)
    else this.#fields(known, item)
  }

  #type(type: unknown): (typeof ORDER)[number] | undefined {
    const judge = this.#judge
    const { itemTypes } = judge.settings
    const isCurrent = judge.dialect === "jsonl"
    switch (type) {
      case "user":
      case "channel":
      case "member":
      case "message":
      case "reaction":
        return type
      case "device":
        if (!isCurrent && !itemTypes.has(type)) judge.found("item_type_ambiguous", "/type", { value: type })
        return type
      case "future_channel_ban":
        if (isCurrent) return type
        break
      case "poll":
      case "poll_vote":
        if (!isCurrent) break
        if (!itemTypes.has(type)) judge.found("item_type_ambiguous", "/type", { value: type })
        return type
      case "channel_member":
        if (!isCurrent) break
        if (!itemTypes.has(type)) judge.found("item_type_ambiguous", "/type", { value: type })
        return "member"
      default:
    }
    const isName = typeof type === "string" && /^\w{1,40}$/u.test(type)
    judge.found("item_type_unknown", "/type", { value: isName ? type : "…" })
    return undefined
  }

  #order(type: (typeof ORDER)[number]): void {
    const rank = ORDER.indexOf(type)
    if (rank >= this.#rank) this.#rank = rank
    else this.#judge.found("item_order", "", { value: ORDER[this.#rank] ?? "" })
  }

  #fields(type: (typeof ORDER)[number], item: Fields): void {
    const judge = this.#judge
    const table = this.#tables.get(type)
    if (table === undefined) return
    judge.fields(item)
    let custom = 0
    for (const name in item) {
      const field = table.fields.get(name)
      if (field === undefined) {
        if (table.isOpen) custom += name.length + 4 + estimate(item[name])
        else judge.found(table.unknown, `/${judge.key}/${pointerPart(name)}`)
      } else if (typeof field.rule === "function") {
        const value = item[name]
        if (value !== null) field.rule(value, field.pointer, judge)
        else if (!field.isNullable) judge.found("field_null", field.pointer, { expected: "left out" })
      } else judge.found(FOUND[field.rule], field.pointer)
    }
    if (custom > 0) judgeSize(custom, () => customOf(item, table), `/${judge.key}`, judge)
    for (const name of table.required) {
      const value = item[name]
      if (value === undefined || value === "" || (value === null && judge.dialect === "json-array")) {
        judge.found("field_required", `/${judge.key}/${name}`)
      }
    }
    for (const name of table.advised) {
      if (item[name] === undefined) judge.found("field_required_by_some", `/${judge.key}/${name}`)
    }
    if (type in JUDGES) JUDGES[type as ItemType](item, judge)
  }
}

// internal

const FOUND = {
  reserved: "field_reserved",
  ambiguous: "field_ambiguous",
  other_dialect: "field_of_other_dialect"
} as const

const JUDGES: Record<ItemType, (item: Fields, judge: Judge) => void> = {
  user: judgeUser,
  device: judgeDevice,
  future_channel_ban: judgeBan,
  channel: judgeChannel,
  member: judgeMember,
  message: judgeMessage,
  reaction: judgeReaction
}

const customOf = (item: Fields, table: Table) =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !table.fields.has(name)))
