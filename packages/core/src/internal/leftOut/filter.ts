import type { Entity, Kind } from "../../Entity.ts"
import type { Filtered } from "../../Exclusion.ts"
import type { Decisions } from "./decisions.ts"
import { isHidden, referencesWithout } from "./references.ts"

/** Leaves out records that belong to exclusions, and references to excluded users. */
export const apply = (decisions: Decisions, records: ReadonlyArray<Entity>): Filtered => {
  const dropped: Array<{ readonly kind: Kind; readonly reason: string }> = []
  const kept: Array<Entity> = []
  for (const record of records) {
    const reason = reasonOf(decisions, record)
    if (reason === undefined) kept.push(decisions.hasUsers ? withoutUsers(decisions, record) : record)
    else dropped.push({ kind: record._tag, reason })
  }
  return { records: kept, dropped }
}

/** Why a message is left out; `undefined` if it is kept. */
export const reasonOfMessage = (decisions: Decisions, message: Entity<"message">): string | undefined => {
  const ofChannel = decisions.channel(message.channelId)
  if (ofChannel !== undefined) return ofChannel
  const user = message.userId === undefined ? undefined : decisions.user(message.userId)
  if (user?.policy.messages === "drop") return user.reason
  const ofMessage = decisions.message(message.id)
  if (ofMessage !== undefined) return ofMessage
  if (message.visibleToUserIds === undefined || !decisions.hasUsers) return undefined
  return isHidden(message, (id) => decisions.user(id)?.policy)
    ? smallest(message.visibleToUserIds.flatMap((id) => decisions.user(id)?.reason ?? []))
    : undefined
}

// internal

const reasonOf = (decisions: Decisions, record: Entity): string | undefined => {
  switch (record._tag) {
    case "channel":
      return decisions.channel(record.id)
    case "user":
      return decisions.user(record.id)?.reason
    case "member":
      return decisions.channel(record.channelId) ?? ofUser(decisions, record.userId, "members")
    case "message":
      return reasonOfMessage(decisions, record)
    case "reaction":
      return (
        (record.channelId === undefined ? undefined : decisions.channel(record.channelId)) ??
        ofUser(decisions, record.userId, "reactions") ??
        decisions.message(record.messageId) ??
        decisions.messageBelonging(record.messageId)
      )
    case "failed_webhook":
      return undefined
  }
}

const ofUser = (decisions: Decisions, id: string, what: "members" | "reactions") => {
  const user = decisions.user(id)
  return user?.policy[what] === "drop" ? user.reason : undefined
}

const withoutUsers = (decisions: Decisions, record: Entity) =>
  referencesWithout(record, (id) => decisions.user(id)?.policy)

const smallest = (reasons: ReadonlyArray<string>) =>
  reasons.reduce((least, reason) => (reason < least ? reason : least))
