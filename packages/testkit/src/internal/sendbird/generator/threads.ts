// Which messages have replies, by whom and when: only the Platform API says so, exports do not.
import type { Channel } from "../../generator/channels.ts"
import { type Plan, planEnd } from "../../generator/plan.ts"
import { type Snapshot } from "../../generator/users.ts"
import { messagesOf, rangesOf } from "./selection.ts"

/** `thread_info` of a message with replies. */
export interface Thread {
  readonly reply_count: number
  /** At most five. */
  readonly most_replies: ReadonlyArray<Snapshot>
  readonly last_replied_at: number
  readonly updated_at: number
}

/** The threads of a channel by the id of their first message. Those of a few channels are cached. */
export const threads = (plan: Plan): ((of: Channel) => ReadonlyMap<string, Thread>) => {
  const kept = new Map<number, ReadonlyMap<string, Thread>>()
  return (of) => {
    const found = kept.get(of.index) ?? threadsOf(plan, of)
    kept.delete(of.index)
    kept.set(of.index, found)
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break
      kept.delete(oldest)
    }
    return found
  }
}

/** The digits of a message id, which may be raw JSON. */
export const idText = (id: unknown): string => JSON.stringify(id)

// internal

const KEPT = 16
const MOST_REPLIES = 5

const threadsOf = (plan: Plan, of: Channel): ReadonlyMap<string, Thread> => {
  const found = new Map<string, Thread>()
  const all = messagesOf(plan, of, rangesOf(plan, of.index, { startTs: plan.start, endTs: planEnd(plan) }))
  for (const { at, reply, record } of all) {
    if (reply === "none" || reply === "orphan") continue
    const parent = idText(record.parent_message_id)
    const before = found.get(parent)
    const user = record.user as Snapshot | null | undefined
    const replyAuthors = before?.most_replies ?? []
    const isNew =
      user && replyAuthors.length < MOST_REPLIES && !replyAuthors.some((one) => one.user_id === user.user_id)
    found.set(parent, {
      reply_count: (before?.reply_count ?? 0) + 1,
      most_replies: isNew === true ? [...replyAuthors, user] : replyAuthors,
      last_replied_at: at,
      updated_at: at
    })
  }
  return found
}
