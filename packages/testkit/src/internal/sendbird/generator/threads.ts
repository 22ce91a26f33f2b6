import type { Room } from "../../generator/channels.ts"
import { type Plan, planEnd } from "../../generator/plan.ts"
// What was answered, by whom and when: an export does not say, the Platform API does.
import { type Snapshot } from "../../generator/users.ts"
import { rangesOf, said } from "./selection.ts"

/** `thread_info` of a message that was answered. */
export interface Thread {
  readonly reply_count: number
  /** At most five. */
  readonly most_replies: ReadonlyArray<Snapshot>
  readonly last_replied_at: number
  readonly updated_at: number
}

/** The threads of a channel by the digits of the id of the message that was answered. Those of a few channels are kept. */
export const threads = (plan: Plan): ((of: Room) => ReadonlyMap<string, Thread>) => {
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

/** The digits of an id in a message, which may be raw JSON. */
export const idText = (id: unknown): string => JSON.stringify(id)

// internal

const KEPT = 16
const MOST_REPLIES = 5

const threadsOf = (plan: Plan, of: Room): ReadonlyMap<string, Thread> => {
  const found = new Map<string, Thread>()
  const all = said(plan, of, rangesOf(plan, of.index, { startTs: plan.start, endTs: planEnd(plan) }))
  for (const { at, reply, wire } of all) {
    if (reply === "none" || reply === "orphan") continue
    const parent = idText(wire.parent_message_id)
    const before = found.get(parent)
    const user = wire.user as Snapshot | null | undefined
    const people = before?.most_replies ?? []
    const isNew = user && people.length < MOST_REPLIES && !people.some((one) => one.user_id === user.user_id)
    found.set(parent, {
      reply_count: (before?.reply_count ?? 0) + 1,
      most_replies: isNew === true ? [...people, user] : people,
      last_replied_at: at,
      updated_at: at
    })
  }
  return found
}
