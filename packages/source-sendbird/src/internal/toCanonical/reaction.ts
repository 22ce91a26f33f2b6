import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity } from "@chatferry/core"
import { declared } from "../consequences.ts"
import * as Read from "../reads.ts"
import type { OfMessageContext, OfReactionContext } from "../rejectContext.ts"
import { count, idOfUser, isBlank, isList, isWire, list, text, type Wire } from "../wire.ts"
import { type Context, sendbird } from "./context.ts"

const { field } = RawRecord

type Message = Pick<Entity.Entity<"message">, "id" | "channelId">

/** One kind of reaction to a message, with everybody who reacted so. `i`: its index in the message; none when it is read alone. */
export const reaction = (
  one: unknown,
  { channelId, id }: Message,
  context: Context,
  i: number | undefined
): void => {
  const { out } = context
  const message = { id, channelId }
  const reject = (code: string, problem: string) => {
    const of: OfMessageContext = { part: "reaction", message }
    out.reject("reaction", code, problem, one, placeOf(i), of)
  }
  if (!isWire(one)) return reject(declared.missingKey.code, NO_KEY)
  const found = table.read(one, context)
  if (found instanceof RawRecord.Rejection) return reject(found.code, found.message)
  if (!isList(one.user_ids) && !isBlank(one.user_ids)) {
    return reject(declared.notAList.code, "the reaction's user ids must be an array")
  }
  const users = list(one.user_ids)
  noteCount(one, users.length, context)
  if (users.length === 0) out.note(declared.reactionWithoutUsers.code)
  const of: OfReactionContext = { part: "reactor", message, ...found }
  for (let k = 0; k < users.length; k++) reactor(users[k], of, context, i, k)
}

/** How many reacted so, for each kind of reaction with more than it lists. */
export const reactionCounts = (reactions: unknown): Readonly<Record<string, number>> | undefined => {
  let counts: Map<string, number> | undefined
  for (const one of list(reactions)) {
    if (!isWire(one)) continue
    const key = text(one.key)
    const all = count(one.count) ?? 0
    if (key !== undefined && all > list(one.user_ids).length) (counts ??= new Map()).set(key, all)
  }
  return counts === undefined ? undefined : Object.fromEntries(counts)
}

/** One who reacted. `i` and `k`: the indices of the reaction and of the user; none when it is read alone. */
export const reactor = (
  value: unknown,
  of: OfReactionContext,
  { out }: Context,
  i?: number,
  k?: number
): void => {
  const userId = idOfUser(value)
  if (userId === undefined) {
    return out.reject(
      "reaction",
      declared.missingId.code,
      "the reaction's user id is missing or empty",
      value,
      k === undefined ? "" : `${placeOf(i)}.user_ids[${k}]`,
      of
    )
  }
  const { createdAt, custom: kept, message, type } = of
  const draft: Entity.Draft<Entity.Entity<"reaction">> = {
    _tag: "reaction",
    messageId: message.id,
    channelId: message.channelId,
    userId,
    type
  }
  if (createdAt !== undefined) draft.createdAt = createdAt
  if (kept !== undefined) draft.custom = kept
  out.push(draft)
}

// internal

/** A number that follows from the list is left out. */
const noteCount = ({ count: value }: Wire, listed: number, { out }: Context) => {
  if (isBlank(value)) return
  const missing = (count(value) ?? 0) - listed
  if (missing > 0) out.note(declared.reactionsNotListed.code, missing)
  else out.note(Consequence.codeOf(declared.fieldDropped, "reaction.count"))
}

const placeOf = (i: number | undefined) => (i === undefined ? "" : `.reactions[${i}]`)

const NO_KEY = "the reaction has no key"

/** What all who reacted so have in common. */
type Shared = Pick<Entity.Entity<"reaction">, "type" | "createdAt" | "custom">

const table = sendbird.part<Shared>("reaction").table(
  {
    type: field(Read.text, "key").orReject(declared.missingKey.code, NO_KEY),
    createdAt: field(Read.time, "updated_at")
  },
  { elsewhere: ["user_ids", "count"] }
)
