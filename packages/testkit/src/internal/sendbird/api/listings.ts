// Lists of the Platform API: their pages, and the fields that each switch shows.
import { type Content, isErrorResponse, errorResponse } from "../../http/answers.ts"
import { rejected } from "../../http/filters.ts"
import type { App, RawObject } from "../generator/app.ts"
import { message, messages } from "./messagePage.ts"
import { orders } from "./orders.ts"
import { hiddenBy, invalid, isOn, limitOf, listOf, offsetOf, pageToken, without } from "./queries.ts"

type Kind = "group" | "open"

export interface Listings {
  readonly users: (query: URLSearchParams) => Content
  readonly user: (id: string) => Content
  readonly channels: (kind: Kind, query: URLSearchParams) => Content
  readonly channel: (kind: Kind, url: string, query: URLSearchParams) => Content
  readonly members: (url: string, query: URLSearchParams) => Content
  readonly operators: (kind: Kind, url: string, query: URLSearchParams) => Content
  /** Empty for an open channel. */
  readonly participants: (url: string, query: URLSearchParams) => Content
  readonly messages: (kind: Kind, url: string, query: URLSearchParams) => Content
  readonly message: (kind: Kind, url: string, id: string, query: URLSearchParams) => Content
}

export const listings = (app: App): Listings => {
  // Pages are requested in sequence, so what was generated for one is kept for the next.
  const users = remembered(app.users)
  const group = remembered(() => app.channels("group"))
  const open = remembered(() => app.channels("open"))
  const ordered = orders(group)
  const notThere = (kind: Kind, url: string) =>
    app.kindOf(url) === kind ? undefined : errorResponse(400201, "Channel not found.")

  return {
    users: (query) => {
      const mode = query.get("active_mode") ?? "activated"
      const ids = listOf(query, "user_ids")
      if (!ACTIVE_MODES.has(mode)) return invalid("active_mode")
      const problem = rejected("users", query)
      if (problem !== undefined) return problem
      return page("users", query, function* () {
        for (const user of users()) {
          if (mode !== "all" && (user["is_active"] !== false) !== (mode === "activated")) continue
          if (ids === undefined || ids.has(String(user["user_id"]))) yield user
        }
      })
    },
    user: (id) => {
      for (const user of users()) if (user["user_id"] === id) return user
      return errorResponse(400301, "User not found.")
    },
    channels: (kind, query) => {
      if (isOn(query, "show_delivery_receipt")) return noDeliveryReceipts
      const all = kind === "group" ? ordered(query) : open
      if (isErrorResponse(all)) return all
      const problem = rejected(kind === "group" ? "groupChannels" : "openChannels", query)
      if (problem !== undefined) return problem
      const urls = listOf(query, "channel_urls")
      const types = listOf(query, "custom_types")
      const hidden = hiddenBy(query, CHANNEL_SWITCHES)
      const hasEmpty = kind === "open" || isOn(query, "show_empty")
      const hasFrozen = query.get("show_frozen") !== "false"
      return page("channels", query, function* () {
        for (const channel of all()) {
          if (!hasEmpty && (channel["last_message"] ?? null) === null) continue
          if (!hasFrozen && channel["freeze"] === true) continue
          if (urls !== undefined && !urls.has(String(channel["channel_url"]))) continue
          if (types === undefined || types.has(String(channel["custom_type"]))) yield without(channel, hidden)
        }
      })
    },
    channel: (kind, url, query) => {
      if (isOn(query, "show_delivery_receipt")) return noDeliveryReceipts
      const problem = rejected("channel", query)
      if (problem !== undefined) return problem
      for (const channel of kind === "group" ? group() : open())
        if (channel["channel_url"] === url) return without(channel, hiddenBy(query, CHANNEL_SWITCHES))
      return notThere(kind, url) ?? errorResponse(400201, "Channel not found.")
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
        rejected("members", query) ??
        page("members", query, function* () {
          for (const member of app.members(url)) yield without(member, hidden)
        })
      )
    },
    operators: (kind, url, query) =>
      notThere(kind, url) ??
      rejected("channelUsers", query) ??
      page("operators", query, () => app.operators(url)),
    participants: (url, query) =>
      notThere("open", url) ?? rejected("channelUsers", query) ?? page("participants", query, () => []),
    messages: (kind, url, query) =>
      notThere(kind, url) ?? rejected("messages", query) ?? messages(app, url, query),
    message: (kind, url, id, query) =>
      notThere(kind, url) ?? rejected("message", query) ?? message(app, url, id, query)
  }
}

// internal

const ACTIVE_MODES = new Set(["activated", "deactivated", "all"])

const CHANNEL_SWITCHES = {
  members: "show_member",
  read_receipt: "show_read_receipt",
  metadata: "show_metadata"
}

const noDeliveryReceipts = errorResponse(
  400108,
  "Not authorized. Delivery receipts are not available in your plan."
)

const page = (name: string, query: URLSearchParams, all: () => Iterable<RawObject>): Content => {
  const limit = limitOf(query)
  if (limit === undefined) return invalid("limit")
  const offset = offsetOf(name, query.get("token") ?? "")
  if (offset === undefined) return invalid("token")
  const found: Array<RawObject> = []
  let position = 0
  let hasMore = false
  for (const record of all()) {
    if (found.length === limit) {
      hasMore = true
      break
    }
    if (position++ >= offset) found.push(record)
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
