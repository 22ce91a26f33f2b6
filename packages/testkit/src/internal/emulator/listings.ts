// Lists of the Platform API: pages, and what each switch shows.
import type { App, Wire } from "../app/app.ts"
import { type Refusal, refusal } from "./answers.ts"

/** The content of an answer, or why there is none. */
type Content = Readonly<Record<string, unknown>> | Refusal

export interface Listings {
  readonly users: (query: URLSearchParams) => Content
  readonly channels: (kind: "group" | "open", query: URLSearchParams) => Content
  readonly members: (url: string, query: URLSearchParams) => Content
  readonly operators: (kind: "group" | "open", url: string, query: URLSearchParams) => Content
  readonly messages: (kind: "group" | "open", url: string, query: URLSearchParams) => Content
}

export const listings = (app: App): Listings => {
  // Pages are asked for in turn: what was made for one is there for the next.
  const users = remembered(app.users)
  const group = remembered(() => app.channels("group"))
  const open = remembered(() => app.channels("open"))
  const notThere = (kind: "group" | "open", url: string) =>
    app.kindOf(url) === kind ? undefined : refusal(400201, "Channel not found.")

  return {
    users: (query) => {
      const mode = query.get("active_mode") ?? "activated"
      const ids = listOf(query, "user_ids")
      if (!ACTIVE_MODES.has(mode)) return invalid("active_mode")
      return page("users", query, function* () {
        for (const user of users()) {
          if (mode !== "all" && (user["is_active"] !== false) !== (mode === "activated")) continue
          if (ids === undefined || ids.has(String(user["user_id"]))) yield user
        }
      })
    },
    channels: (kind, query) => {
      if (isOn(query, "show_delivery_receipt")) return noDeliveryReceipts
      const urls = listOf(query, "channel_urls")
      const types = listOf(query, "custom_types")
      const hidden = hiddenBy(query, {
        members: "show_member",
        read_receipt: "show_read_receipt",
        metadata: "show_metadata"
      })
      return page("channels", query, function* () {
        for (const channel of kind === "group" ? group() : open()) {
          if (urls !== undefined && !urls.has(String(channel["channel_url"]))) continue
          if (types === undefined || types.has(String(channel["custom_type"]))) yield without(channel, hidden)
        }
      })
    },
    members: (url, query) => {
      if (isOn(query, "show_delivery_receipt")) return noDeliveryReceipts
      const hidden = hiddenBy(query, {
        is_muted: "show_member_is_muted",
        muted_end_at: "show_member_is_muted",
        muted_description: "show_member_is_muted",
        read_ts: "show_read_receipt",
        delivered_ts: "show_delivery_receipt"
      })
      return (
        notThere("group", url) ??
        page("members", query, function* () {
          for (const member of app.members(url)) yield without(member, hidden)
        })
      )
    },
    operators: (kind, url, query) =>
      notThere(kind, url) ?? page("operators", query, () => app.operators(url)),
    messages: (kind, url, query) => notThere(kind, url) ?? messages(app, url, query)
  }
}

// internal

const ACTIVE_MODES = new Set(["activated", "deactivated", "all"])
const MOST_A_PAGE = 100
const MOST_MESSAGES = 200

const invalid = (name: string) => refusal(400111, `Invalid value: "${name}".`)

const noDeliveryReceipts = refusal(
  400108,
  "Not authorized. Delivery receipts are not available in your plan."
)

const isOn = (query: URLSearchParams, name: string) => query.get(name) === "true"

const listOf = (query: URLSearchParams, name: string): ReadonlySet<string> | undefined => {
  const list = query.get(name)
  return list === null ? undefined : new Set(list.split(","))
}

const hiddenBy = (query: URLSearchParams, switches: Readonly<Record<string, string>>): ReadonlySet<string> =>
  new Set(Object.keys(switches).filter((field) => !isOn(query, switches[field] ?? "")))

const without = (wire: Wire, hidden: ReadonlySet<string>): Wire =>
  hidden.size === 0 ? wire : Object.fromEntries(Object.entries(wire).filter(([name]) => !hidden.has(name)))

/** A number of a query, or undefined if it is out of range or no number. */
const numberOf = (query: URLSearchParams, name: string, otherwise: number, least: number, most: number) => {
  const given = query.get(name)
  if (given === null) return otherwise
  const value = Number(given)
  return /^\d+$/u.test(given) && value >= least && value <= most ? value : undefined
}

/** How a list goes on, in a form that clients cannot count on. */
export const pageToken = (list: string, offset: number): string =>
  Buffer.from(`${list} ${offset}`).toString("base64url")

/** Where a page begins, or undefined for a token of another list. */
export const offsetOf = (list: string, token: string): number | undefined => {
  if (token === "" || token === "0") return 0
  const [of, offset] = Buffer.from(token, "base64url").toString().split(" ")
  return of === list && /^\d+$/u.test(offset ?? "") ? Number(offset) : undefined
}

/** The number of elements that a page may have, or undefined if it cannot be honoured. */
export const limitOf = (query: URLSearchParams): number | undefined =>
  numberOf(query, "limit", 10, 1, MOST_A_PAGE)

const page = (name: string, query: URLSearchParams, all: () => Iterable<Wire>): Content => {
  const limit = limitOf(query)
  if (limit === undefined) return invalid("limit")
  const offset = offsetOf(name, query.get("token") ?? "")
  if (offset === undefined) return invalid("token")
  const found: Array<Wire> = []
  let position = 0
  let hasMore = false
  for (const wire of all()) {
    if (found.length === limit) {
      hasMore = true
      break
    }
    if (position++ >= offset) found.push(wire)
  }
  return { [name]: found, next: hasMore ? pageToken(name, offset + limit) : "" }
}

const remembered = <A>(all: () => Iterable<A>): (() => Iterable<A>) => {
  const known: Array<A> = []
  let rest: Iterator<A> | undefined
  return function* () {
    for (let i = 0; ; i++) {
      if (i === known.length) {
        rest ??= all()[Symbol.iterator]()
        const step = rest.next()
        if (step.done === true) return
        known.push(step.value)
      }
      yield known[i] as A
    }
  }
}

const messages = (app: App, url: string, query: URLSearchParams): Content => {
  const at = numberOf(query, "message_ts", -1, 0, Number.MAX_SAFE_INTEGER)
  const before = numberOf(query, "prev_limit", 15, 0, MOST_MESSAGES)
  const after = numberOf(query, "next_limit", 15, 0, MOST_MESSAGES)
  if (at === -1) return refusal(400105, 'Missing required parameters: "message_ts".')
  if (at === undefined) return invalid("message_ts")
  if (before === undefined || after === undefined)
    return refusal(400113, `Value out of range: limits are 0 to ${MOST_MESSAGES}.`)
  const replies = query.get("include_reply_type") ?? "NONE"
  if (!REPLY_TYPES.has(replies)) return invalid("include_reply_type")

  const isShown = visible(query, replies)
  const isIncluded = (query.get("include") ?? "true") === "true"
  const found: Array<Wire> = []
  if (before > 0) {
    for (const message of app.messages(url, 0)) {
      if (timeOf(message) >= at) break
      if (isShown(message)) found.push(message)
      if (found.length > before) found.shift()
    }
  }
  // What was sent at the very time comes on top of both limits: however many there are, the next page gets further.
  let left = after
  for (const message of app.messages(url, at)) {
    if (!isShown(message)) continue
    const isAt = timeOf(message) === at
    if (!isAt && left-- === 0) break
    if (!isAt || isIncluded) found.push(message)
  }
  const hidden = hiddenBy(query, MESSAGE_SWITCHES)
  const shown = found.map((message) => plainPoll(without(message, hidden), query))
  return { messages: isOn(query, "reverse") ? shown.toReversed() : shown }
}

const REPLY_TYPES = new Set(["NONE", "ALL", "ONLY_REPLY_TO_CHANNEL"])

const MESSAGE_SWITCHES = {
  reactions: "include_reactions",
  thread_info: "include_thread_info",
  parent_message_info: "include_parent_message_info",
  sorted_metaarray: "with_sorted_meta_array"
}

const timeOf = (message: Wire) => Number(message["created_at"])

const visible = (query: URLSearchParams, replies: string) => {
  const hasRemoved = isOn(query, "including_removed") || isOn(query, "include_removed")
  const type = query.get("message_type")
  const senders = listOf(query, "sender_ids")
  return (message: Wire): boolean => {
    if (message["is_removed"] === true && !hasRemoved) return false
    if (type !== null && type !== "" && message["type"] !== type) return false
    if (senders !== undefined && !senders.has(senderOf(message))) return false
    if (!isReply(message) || replies === "ALL") return true
    return replies === "ONLY_REPLY_TO_CHANNEL" && message["is_reply_to_channel"] === true
  }
}

const isReply = (message: Wire) => {
  const parent = message["parent_message_id"]
  return parent !== undefined && parent !== null && parent !== 0
}

const senderOf = ({ user }: Wire): string =>
  typeof user === "object" && user !== null && "user_id" in user ? String(user.user_id) : ""

// Without the details a poll is its id and its title.
const plainPoll = (message: Wire, query: URLSearchParams): Wire => {
  const poll = message["poll"]
  if (typeof poll !== "object" || poll === null || isOn(query, "include_poll_details")) return message
  const { id, title } = poll as Wire
  return { ...message, poll: { id, title } }
}
