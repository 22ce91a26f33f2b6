import type { Dialect } from "../../StreamImportPolicies.ts"
import { byId, byMembers } from "./channelName.ts"
import type { DeferredCheck, DeferredChecks } from "./deferred.ts"
import { type Finding, finding, type Location, quotable } from "./finding.ts"
import { type Fields, textOf, textsOf } from "./readField.ts"
import type { Registry } from "./registry.ts"
import type { Code, Params } from "./rules.ts"
import type { Resolved } from "./settings.ts"

/** The locations of the items of one batch; only called when there is a finding. */
export type LocationOf = (i: number) => Location

/** The state of the check of one file, which collects its findings. */
export class Judge {
  readonly dialect: Dialect
  readonly settings: Resolved
  readonly registry: Registry
  readonly deferred: DeferredChecks
  /** Number of the file, from 1. */
  readonly file: number
  findings: Array<Finding> = []
  /** The type of the current item, once it is known to be valid. */
  type: string | undefined
  #fields: Fields = {}
  readonly #counts: Map<string, number>
  /** The findings in the current item, by rule. */
  readonly #listed = new Map<Code, { count: number; last: Repeated }>()
  #locations: LocationOf = () => ({ file: "", line: 0, byte: 0, bytes: 0 })
  #i = 0

  constructor(
    options: Pick<Judge, "dialect" | "settings" | "registry" | "deferred" | "file"> & {
      readonly counts: Map<string, number>
    }
  ) {
    this.dialect = options.dialect
    this.settings = options.settings
    this.registry = options.registry
    this.deferred = options.deferred
    this.file = options.file
    this.#counts = options.counts
  }

  /** The key of an item's fields. */
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
    if (this.#listed.size > 0) this.#listed.clear()
  }

  /** Sets the fields of the current item. */
  fields(item: Fields): void {
    this.#fields = item
  }

  /** The name of the current item in findings about its references. */
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

  /** Adds a finding. One item may have millions: after the first ones, they are only counted. */
  found(code: Code, pointer: string, params: Params = {}): void {
    const listed = this.#listed.get(code)
    if (listed !== undefined && listed.count >= MOST_IN_ITEM) {
      listed.last.times++
      return
    }
    const last: Repeated = finding(code, this.#locations(this.#i), pointer, this.type, params)
    this.findings.push(last)
    this.#listed.set(code, { count: (listed?.count ?? 0) + 1, last })
  }

  /** Defers a check until all items of the file have been read. */
  defer(pointer: string, what: Deferred): void {
    this.deferred.add({ ...this.#locations(this.#i), type: this.type ?? "item", pointer, ...what })
  }

  /** Checks a reference to a user, and returns the number of the user. */
  user(id: string, pointer: string, as: "named" | "muted" = "named"): number {
    const user = this.registry.user(id)
    if (this.registry.isUser(user)) return user
    if (id === "" || USER_ID.test(id)) {
      const owner = quotable(this.owner)
      this.defer(pointer, { what: "user", user, key: quotable(id), owner, isMuted: as === "muted" })
    } else if (id.length > USER_ID_BYTES) {
      const label = `"${pointer.slice(pointer.lastIndexOf("/") + 1)}"`
      this.found("field_too_long", pointer, { limit: USER_ID_BYTES, unit: "bytes", label })
    } else this.found("id_invalid", pointer, { pattern: USER_PATTERN })
    return user
  }
}

/** Most findings of one rule in one item that are listed. */
const MOST_IN_ITEM = 100

type Repeated = Finding & { times: number }

type Omitted = keyof Location | "type" | "pointer"
type Distributed<A> = A extends unknown ? Omit<A, Omitted> : never

/** A deferred check without its location. */
export type Deferred = Distributed<DeferredCheck>

export const USER_PATTERN = String.raw`^[@\w-]*$`
const USER_ID_BYTES = 255
const USER_ID = /^[@\w-]{1,255}$/u
