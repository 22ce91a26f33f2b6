// Files that accompany an export: bans that it does not contain, and a log of events about its records.
import { random } from "../../random/random.ts"
import type { StreamPlan } from "./plan.ts"
import type { Scene } from "./scene.ts"
import { type Shape, time, type RawObject } from "./shape.ts"
import { userId } from "./users.ts"
import type { Item } from "./walk.ts"

/** Bans from future channels, each of a different user, in the format of imports. */
export function* futureBans(plan: StreamPlan, shape: Shape): Generator<Item> {
  for (let user = 0; user < plan.users; user++) {
    const r = random(plan.seed, FUTURE_BANS, user)
    if (!r.chance(plan.features.futureBans)) continue
    const by = (user + 1 + r.below(plan.users - 1)) % plan.users
    yield {
      kind: "future_channel_ban",
      record: {
        target_id: userId(plan, user),
        created_by: userId(plan, by),
        created_at: time(shape, plan.end - 7_000_000),
        ...(r.chance(0.7) && { reason: "spam" }),
        ...(r.chance(0.5) && { shadow: r.chance(0.5) })
      }
    }
  }
}

/**
 * Webhook events about the records of an export. Events about banned members are left out, because there is no list of
 * the channel's members in an event.
 */
export function* eventsOf({ plan, shape }: Scene, items: Iterable<Item>): Generator<RawObject> {
  let channel: RawObject = {}
  for (const { kind, record } of items) {
    if (kind === "channel") channel = record
    const type = EVENTS[kind]
    if (type === undefined || record["banned"] === true) continue
    const of = kind === "message" || kind === "member" || kind === "channel"
    yield {
      type,
      ...(of && { cid: channel["cid"], channel_type: channel["type"], channel_id: channel["id"] }),
      [kind]: record,
      ...(kind === "reaction" && { message_id: record["message_id"] }),
      ...(isObject(record["user"]) && { user: record["user"] }),
      created_at: time(shape, plan.end),
      request_info: { type: "client", ip: "203.0.113.7", user_agent: "an app", sdk: "stream-chat" }
    }
  }
}

// internal

const FUTURE_BANS = 113

const EVENTS: Readonly<Partial<Record<Item["kind"], string>>> = {
  channel: "channel.updated",
  member: "member.updated",
  message: "message.updated",
  reaction: "reaction.updated",
  user: "user.updated"
}

const isObject = (value: unknown): value is RawObject => typeof value === "object" && value !== null
