import type { Entity, Ids, Leftovers } from "@chatferry/core"
import { type Bag, custom, TOO_DEEP, TOO_DEEP_MESSAGE } from "../bag.ts"
import { declared } from "../consequences.ts"
import { count, isCount, isUser, isWire, messageId, text, userId, type Wire } from "../wire.ts"
import { CID_FIELDS, cidOf } from "./cid.ts"
import { type Context, setAside, setTime } from "./context.ts"
import { person } from "./person.ts"

/** The message that a reaction stands with. */
export interface Of {
  readonly id: Ids.MessageId
  readonly channelId: Ids.ChannelId
}

/** A reaction, alone or with its message. Gives user and type when it is one, even if it was told before. */
export const reaction = (
  wire: Wire,
  of: Of | undefined,
  context: Context,
  within = "",
  isTold?: (key: string) => boolean
): string | undefined => {
  const { out } = context
  const reject = (code: string, message: string): undefined => {
    const shown = of === undefined ? {} : { message: { id: of.id, channelId: of.channelId } }
    setAside(context, "reaction", code, message, wire, within, shown)
  }
  const id = of?.id ?? messageId(wire["message_id"])
  if (id === undefined) return reject(declared.missingMessage.code, "message_id is missing or empty")
  const by = person(wire["user"], context) ?? userId(wire["user_id"]) ?? context.ownerId
  if (by === undefined)
    return reject(declared.missingId.code, "the reaction has neither a user nor a user_id")
  const type = text(wire["type"])
  if (type === undefined) return reject(declared.missingType.code, "the reaction has no type")
  const key = `${type}\0${by}`
  if (isTold?.(key) === true) return key
  const draft: Entity.Draft<Entity.Entity<"reaction">> = { _tag: "reaction", messageId: id, userId: by, type }
  const channelId =
    of?.channelId ?? cidOf(wire) ?? (isWire(wire["message"]) ? cidOf(wire["message"]) : undefined)
  // On a line of its own, and in an export of a user, a reaction names its message alone. That one's channel may not be exported.
  if (channelId !== undefined && !context.isBesideChannels) draft.channelId = channelId
  const score = count(wire["score"])
  if (score !== undefined) draft.score = score
  let bag: Bag | undefined
  bag = setTime(draft, "createdAt", wire, "created_at", bag, "reaction", context)
  bag = setTime(draft, "updatedAt", wire, "updated_at", bag, "reaction", context)
  bag = context.rest(FIELDS).into(bag, wire)
  if (bag === TOO_DEEP) return reject(declared.tooDeep.code, TOO_DEEP_MESSAGE)
  if (bag !== undefined) draft.custom = custom(bag)
  out.push(draft)
  return key
}

// internal

const FIELDS: Leftovers.Fields = {
  kind: "reaction",
  readable: { user: isUser, score: isCount },
  read: [
    "message_id",
    "message",
    ...CID_FIELDS,
    "user",
    "user_id",
    "type",
    "score",
    "created_at",
    "updated_at"
  ],
  kept: ["emoji_code"],
  dropped: []
}
