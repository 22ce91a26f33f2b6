// Pinned messages. A channel names them by id. Sendbird does not say when or by whom they were pinned.
import type { RawRecord } from "@chatferry/connector"
import type { Entity, Ids, Timestamp } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { idOfMessage, isObject, list, messageId, type RawObject } from "./raw.ts"
import * as spellings from "./spellings.ts"

/** The context that a message needs for its pin. */
interface Pinned {
  readonly pinned?: ReadonlySet<string> | undefined
}

/** Returns the ids of the pinned messages of a channel. */
export const pinnedOf = (channel: RawObject): ReadonlySet<string> | undefined => {
  const ids = list(channel.pinned_message_ids).flatMap((id) => messageId(id) ?? [])
  for (const name of spellings.channel.latestPinned) {
    const latest = channel[name]
    const id = isObject(latest) ? idOfMessage(latest) : undefined
    if (id !== undefined) ids.push(id)
  }
  return ids.length === 0 ? undefined : new Set(ids)
}

/** Returns the time at which a pinned message was sent, because the time of the pin is unknown. */
export const pinnedAt = (
  x: Pick<RawRecord.X<Entity.Entity<"message">, Pinned>, "draft" | "note" | "context">
): Timestamp.Timestamp | undefined => {
  const { pinned } = x.context
  if (pinned === undefined || !pinned.has(x.draft.id as Ids.MessageId)) return undefined
  x.note(declared.pinAssumed.code)
  return x.draft.createdAt
}
