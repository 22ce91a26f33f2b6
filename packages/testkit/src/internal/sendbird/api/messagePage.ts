// A page of the messages of a channel.
import { type Content, errorResponse } from "../../http/answers.ts"
import type { App, RawObject } from "../generator/app.ts"
import { idText } from "../generator/threads.ts"
import { hiddenBy, invalid, isOn, listOf, numberOf, without } from "./queries.ts"

/** One message that is not removed, with its reactions. */
export const message = (app: App, url: string, id: string, query: URLSearchParams): Content => {
  const found = messageOf(app, url, id)
  if (found === undefined || found["is_removed"] === true) return errorResponse(400201, "Message not found.")
  const hidden = hiddenBy(query, MESSAGE_SWITCHES)
  const { reactions } = found
  return plainPoll({ ...without(found, hidden), ...(reactions === undefined ? {} : { reactions }) }, query)
}

/** Messages around a time, or around a message. */
export const messages = (app: App, url: string, query: URLSearchParams): Content => {
  const id = query.get("message_id")
  const around = id === null || query.has("message_ts") ? undefined : messageOf(app, url, id)
  const at =
    around === undefined ? numberOf(query, "message_ts", -1, 0, Number.MAX_SAFE_INTEGER) : timeOf(around)
  const before = numberOf(query, "prev_limit", 15, 0, MOST_MESSAGES)
  const after = numberOf(query, "next_limit", 15, 0, MOST_MESSAGES)
  if (at === -1) return errorResponse(400105, 'Missing required parameters: "message_ts".')
  if (at === undefined) return invalid("message_ts")
  if (before === undefined || after === undefined)
    return errorResponse(400113, `Value out of range: limits are 0 to ${MOST_MESSAGES}.`)
  const replies = query.get("include_reply_type") ?? "NONE"
  if (!REPLY_TYPES.has(replies)) return invalid("include_reply_type")

  const isShown = visible(query, replies)
  const isIncluded = (query.get("include") ?? "true") === "true"
  const found: Array<RawObject> = []
  if (before > 0) {
    for (const message of app.messages(url, 0)) {
      if (timeOf(message) >= at) break
      if (isShown(message)) found.push(message)
      if (found.length > before) found.shift()
    }
  }
  // Messages of exactly that time come on top of both limits, so that the next page always advances.
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

// internal

const MOST_MESSAGES = 200

const REPLY_TYPES = new Set(["NONE", "ALL", "ONLY_REPLY_TO_CHANNEL"])

const MESSAGE_SWITCHES = {
  reactions: "include_reactions",
  thread_info: "include_thread_info",
  parent_message_info: "include_parent_message_info",
  sorted_metaarray: "with_sorted_meta_array"
}

const messageOf = (app: App, url: string, id: string): RawObject | undefined => {
  for (const one of app.messages(url, 0)) if (idText(one["message_id"]) === id) return one
  return undefined
}

const timeOf = (message: RawObject) => Number(message["created_at"])

const visible = (query: URLSearchParams, replies: string) => {
  const hasRemoved = isOn(query, "including_removed") || isOn(query, "include_removed")
  const type = query.get("message_type")
  const senders = listOf(query, "sender_ids")
  return (message: RawObject): boolean => {
    if (message["is_removed"] === true && !hasRemoved) return false
    if (type !== null && type !== "" && message["type"] !== type) return false
    if (senders !== undefined && !senders.has(senderOf(message))) return false
    if (!isReply(message) || replies === "ALL") return true
    return replies === "ONLY_REPLY_TO_CHANNEL" && message["is_reply_to_channel"] === true
  }
}

const isReply = (message: RawObject) => {
  const parent = message["parent_message_id"]
  return parent !== undefined && parent !== null && parent !== 0
}

const senderOf = ({ user }: RawObject): string =>
  typeof user === "object" && user !== null && "user_id" in user ? String(user.user_id) : ""

// Without the details, a poll has only its id and title.
const plainPoll = (message: RawObject, query: URLSearchParams): RawObject => {
  const poll = message["poll"]
  if (typeof poll !== "object" || poll === null || isOn(query, "include_poll_details")) return message
  const { id, title } = poll as RawObject
  return { ...message, poll: { id, title } }
}
