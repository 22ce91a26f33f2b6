// What stands beside an export: what it does not say, and a log of what it says as well.
import { random } from "../../random/random.ts"
import type { StreamPlan } from "./plan.ts"
import type { Scene } from "./scene.ts"
import { type Shape, time, type RawObject } from "./shape.ts"
import { userId } from "./users.ts"
import type { Item } from "./walk.ts"

/** Bans from channels that are yet to be made, each of another user, as imports have them. */
export function* futureBans(plan: StreamPlan, shape: Shape): Generator<Item> {
  for (let user = 0; user < plan.users; user++) {
    const r = random(plan.seed, FUTURE_BANS, user)
    if (!r.chance(plan.features.futureBans)) continue
    const by = (user + 1 + r.below(plan.users - 1)) % plan.users
    yield {
      kind: "future_channel_ban",
      wire: {
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
 * Events of the records of an export, as a webhook gets them. Those of members who are banned are left out: what an
 * event says of them has no list of the channel to go into.
 */
export function* eventsOf({ plan, shape }: Scene, items: Iterable<Item>): Generator<RawObject> {
  let channel: RawObject = {}
  for (const { kind, wire } of items) {
    if (kind === "channel") channel = wire
    const type = EVENTS[kind]
    if (type === undefined || wire["banned"] === true) continue
    const of = kind === "message" || kind === "member" || kind === "channel"
    yield {
      type,
      ...(of && { cid: channel["cid"], channel_type: channel["type"], channel_id: channel["id"] }),
      [kind]: wire,
      ...(kind === "reaction" && { message_id: wire["message_id"] }),
      ...(isObject(wire["user"]) && { user: wire["user"] }),
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
