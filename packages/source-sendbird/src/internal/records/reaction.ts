import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity, type Ids } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { type Context, sendbird } from "./context.ts"
import { count, idOfUser, isBlank, isList, isObject, list as elements, text, type RawObject } from "./raw.ts"
import * as Read from "./reads.ts"
import type { OfMessageContext, OfReactionContext } from "./rejectContext.ts"
import * as spellings from "./spellings.ts"

const { field } = RawRecord

type Message = Pick<Entity.Entity<"message">, "id" | "channelId">

/** Maps one reaction key of a message with all its users. `list` and `i` locate it in the message; they are absent when it is read alone. */
export const reaction = (
  one: unknown,
  { channelId, id }: Message,
  context: Context,
  list?: string,
  i?: number
): void => {
  const { out } = context
  const message = { id, channelId }
  const reject = (code: string, problem: string) => {
    const of: OfMessageContext = { part: "reaction", message }
    out.reject("reaction", code, problem, one, locationOf(list, i), of)
  }
  if (!isObject(one)) return reject(declared.missingKey.code, NO_KEY)
  const found = table.read(one, context)
  if (found instanceof RawRecord.Rejection) return reject(found.code, found.message)
  if (!isListOrBlank(one[SAMPLED]) || !isListOrBlank(one[ALL])) {
    return reject(declared.notAList.code, "the reaction's user ids must be an array")
  }
  noteCount(one, usersOf(one).length, context)
  const of: OfReactionContext = { part: "reactor", message, ...found }
  const sampled = elements(one[SAMPLED])
  const all = elements(one[ALL])
  // Very few reactions list their users twice.
  const seen = sampled.length === 0 || all.length === 0 ? undefined : new Set<string>()
  const each = (name: string, values: ReadonlyArray<unknown>) => {
    for (let k = 0; k < values.length; k++) {
      const userId = idOfUser(values[k])
      if (userId === undefined) rejectReactor(values[k], of, context, `${locationOf(list, i)}.${name}[${k}]`)
      else if (seen?.has(userId) !== true) {
        seen?.add(userId)
        pushReactor(userId, of, context)
      }
    }
  }
  each(SAMPLED, sampled)
  each(ALL, all)
}

/** Maps the list `name` of the reactions of a message. */
export const reactions =
  (name: string) =>
  (values: ReadonlyArray<unknown>, of: Message, context: Context): void => {
    for (let i = 0; i < values.length; i++) reaction(values[i], of, context, name, i)
  }

/** Returns the number of reactions for each key that counts more users than it lists. */
export const reactionCounts = (message: RawObject): Readonly<Record<string, number>> | undefined => {
  if (message.reactions === undefined && message.reactions_summary === undefined) return undefined
  let counts: Map<string, number> | undefined
  for (const name of spellings.message.reactions) {
    for (const one of elements(message[name])) {
      if (!isObject(one)) continue
      const key = text(one.key)
      const all = count(one.count) ?? 0
      if (key === undefined || all <= usersOf(one).length) continue
      counts ??= new Map()
      counts.set(key, Math.max(all, counts.get(key) ?? 0))
    }
  }
  return counts === undefined ? undefined : Object.fromEntries(counts)
}

/** Maps one user of a reaction, read alone. */
export const reactor = (value: unknown, of: OfReactionContext, context: Context): void => {
  const userId = idOfUser(value)
  if (userId === undefined) rejectReactor(value, of, context, "")
  else pushReactor(userId, of, context)
}

// internal

const [SAMPLED, ALL] = spellings.reaction.users

const isListOrBlank = (value: unknown): boolean => isList(value) || isBlank(value)

const rejectReactor = (value: unknown, of: OfReactionContext, { out }: Context, location: string): void => {
  const problem = "the reaction's user id is missing or empty"
  out.reject("reaction", declared.missingId.code, problem, value, location, of)
}

const pushReactor = (userId: Ids.UserId, of: OfReactionContext, { out }: Context): void => {
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

const locationOf = (list: string | undefined, i: number | undefined) =>
  list === undefined ? "" : `.${list}[${i}]`

/** Returns the users of a reaction from both lists, or the list itself if there is only one. */
const usersOf = (one: RawObject): ReadonlyArray<unknown> => {
  const sampled = elements(one[SAMPLED])
  const all = elements(one[ALL])
  if (sampled.length === 0) return all
  if (all.length === 0) return sampled
  return Array.from(new Set([...sampled, ...all].map((user) => idOfUser(user) ?? user)))
}

/** Counts the missing reactions. A number that follows from the list is dropped. */
const noteCount = ({ count: value }: RawObject, listed: number, { out }: Context) => {
  const missing = (count(value) ?? 0) - listed
  if (missing > 0) return out.note(declared.reactionsNotListed.code, missing)
  if (!isBlank(value)) out.note(Consequence.codeOf(declared.fieldDropped, "reaction.count"))
  if (listed === 0) out.note(declared.reactionWithoutUsers.code)
}

const NO_KEY = "the reaction has no key"

/** The fields that all users of a reaction share. */
type Shared = Pick<Entity.Entity<"reaction">, "type" | "createdAt" | "custom">

const table = sendbird.part<Shared>("reaction").table(
  {
    type: field(Read.text, "key").orReject(declared.missingKey.code, NO_KEY),
    createdAt: field(Read.time, ...spellings.reaction.createdAt)
  },
  {
    elsewhere: [...spellings.reaction.users, "count"],
    // Names belong to the user records, and the viewer is already among the users.
    dropped: ["sampled_user_info", "is_self_included"]
  }
)
