import type { Dialect } from "../../StreamImportPolicies.ts"
import { byId, byMembers } from "./channelName.ts"
import { type Finding, finding, type Location, quotable } from "./finding.ts"
import { type Fields, textOf, textsOf } from "./readField.ts"
import type { Registry } from "./registry.ts"
import type { Code, Params } from "./rules.ts"
import type { Resolved } from "./settings.ts"
import type { Waiting, WaitingList } from "./waiting.ts"

/** Where the items of one batch are; asked for only when there is something to say. */
export type LocationOf = (i: number) => Location

/** What is known while the items of one file are judged, and where findings go. */
export class Judge {
  readonly dialect: Dialect
  readonly settings: Resolved
  readonly registry: Registry
  readonly waiting: WaitingList
  /** Number of the file, from 1. */
  readonly file: number
  findings: Array<Finding> = []
  /** Type of the item that is judged, once it is known to be one. */
  type: string | undefined
  #fields: Fields = {}
  readonly #counts: Map<string, number>
  /** What was found in this item, by rule. */
  readonly #said = new Map<Code, { count: number; last: Repeated }>()
  #locations: LocationOf = () => ({ file: "", line: 0, byte: 0, bytes: 0 })
  #i = 0

  constructor(
    options: Pick<Judge, "dialect" | "settings" | "registry" | "waiting" | "file"> & {
      readonly counts: Map<string, number>
    }
  ) {
    this.dialect = options.dialect
    this.settings = options.settings
    this.registry = options.registry
    this.waiting = options.waiting
    this.file = options.file
    this.#counts = options.counts
  }

  /** The key under which an item's fields are. */
  get key(): "data" | "item" {
    return this.dialect === "jsonl" ? "data" : "item"
  }

  batch(locations: LocationOf): void {
    this.#locations = locations
  }

  item(i: number): void {
    this.#i = i
    this.type = undefined
    this.#fields = {}
    if (this.#said.size > 0) this.#said.clear()
  }

  /** What the item holds, from here on. */
  fields(item: Fields): void {
    this.#fields = item
  }

  /** What the item is called where others are named beside it. */
  get owner(): string {
    const item = this.#fields
    const text = (name: string) => textOf(item, name) ?? ""
    switch (this.type) {
      case "channel":
        return text("id") === ""
          ? byMembers(text("type"), textsOf(item, "member_ids") ?? [])
          : byId(text("type"), text("id"))
      case "member":
        return text("channel_id") === ""
          ? byMembers(text("channel_type"), textsOf(item, "channel_member_ids") ?? [])
          : byId(text("channel_type"), text("channel_id"))
      case "reaction":
        return `${text("message_id")}:${text("type")}`
      case "future_channel_ban":
        return text("target_id")
      default:
        return text("id")
    }
  }

  count(type: string): void {
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + 1)
  }

  /** One item may be wrong in millions of places: those beyond the first are counted, not listed. */
  found(code: Code, pointer: string, params: Params = {}): void {
    const said = this.#said.get(code)
    if (said !== undefined && said.count >= MOST_IN_ITEM) {
      said.last.times++
      return
    }
    const last: Repeated = finding(code, this.#locations(this.#i), pointer, this.type, params)
    this.findings.push(last)
    this.#said.set(code, { count: (said?.count ?? 0) + 1, last })
  }

  /** Says it once all items of the file were read, if it is still so. */
  wait(pointer: string, what: Wait): void {
    this.waiting.add({ ...this.#locations(this.#i), type: this.type ?? "item", pointer, ...what })
  }

  /** The number of a user who is referred to. */
  user(id: string, pointer: string, as: "named" | "muted" = "named"): number {
    const user = this.registry.user(id)
    if (this.registry.isUser(user)) return user
    if (id === "" || USER_ID.test(id)) {
      const owner = quotable(this.owner)
      this.wait(pointer, { what: "user", user, key: quotable(id), owner, isMuted: as === "muted" })
    } else if (id.length > USER_ID_BYTES) {
      const label = `"${pointer.slice(pointer.lastIndexOf("/") + 1)}"`
      this.found("field_too_long", pointer, { limit: USER_ID_BYTES, unit: "bytes", label })
    } else this.found("id_invalid", pointer, { pattern: USER_PATTERN })
    return user
  }
}

/** Findings of one rule in one item that are listed. */
const MOST_IN_ITEM = 100

type Repeated = Finding & { times: number }

type Omitted = keyof Location | "type" | "pointer"
type Distributed<A> = A extends unknown ? Omit<A, Omitted> : never

/** What is to be looked at later, without its place. */
export type Wait = Distributed<Waiting>

export const USER_PATTERN = String.raw`^[@\w-]*$`
const USER_ID_BYTES = 255
const USER_ID = /^[@\w-]{1,255}$/u
