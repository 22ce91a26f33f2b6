import { RawRecord } from "@chatferry/connector"
import type { Entity, Ids } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { CID_FIELDS, cidOf } from "./cid.ts"
import { type Context, setAside, stream } from "./context.ts"
import { customFields } from "./customFields.ts"
import { nestedUser } from "./nestedUser.ts"
import { idOfUser, isObject, text, userId, type RawObject } from "./raw.ts"
import * as Read from "./reads.ts"

const { field } = RawRecord

type Reaction = Entity.Entity<"reaction">

/** The message of a reaction. */
export interface Of {
  readonly id: Ids.MessageId
  readonly channelId: Ids.ChannelId
}

/** Maps a reaction, alone or with its message. Returns its key if it is valid, even if `isKnown` says that it has already been mapped. */
export const reaction = (
  raw: RawObject,
  of: Of | undefined,
  context: Context,
  within = "",
  isKnown?: (key: string) => boolean
): string | undefined => {
  const key = isKnown === undefined ? undefined : keyOf(raw, context)
  if (key !== undefined && isKnown?.(key) === true) {
    nestedUser(raw["user"], context)
    return key
  }
  context.message = of
  const found = table.read(raw, context)
  context.message = undefined
  if (found instanceof RawRecord.Rejection) {
    const more = of === undefined ? {} : { message: { id: of.id, channelId: of.channelId } }
    setAside(context, "reaction", found.code, found.message, raw, within, more)
    return undefined
  }
  context.out.push(found)
  return `${found.type}\0${found.userId}`
}

/** Returns the key that identifies a reaction among those to one message. */
export const keyOf = (raw: RawObject, { ownerId }: Context): string | undefined => {
  const by = idOfUser(raw["user"]) ?? userId(raw["user_id"]) ?? ownerId
  const type = text(raw["type"])
  return by === undefined || type === undefined ? undefined : `${type}\0${by}`
}

// internal

const r = stream.kind<"reaction">("reaction")

const table: RawRecord.Table<Reaction, Context> = r.table(
  {
    messageId: r
      .always([field(Read.messageId, "message_id")], (x, id) => x.context.message?.id ?? id)
      .orReject(declared.missingMessage.code, "message_id is missing or empty"),
    userId: r
      .always(
        [field(Read.userOrId, "user"), field(Read.userId, "user_id")],
        (x, user, id) => nestedUser(user, x.context) ?? id ?? x.context.ownerId
      )
      .orReject(declared.missingId.code, "the reaction has neither a user nor a user_id"),
    type: field(Read.text, "type").orReject(declared.missingType.code, "the reaction has no type"),
    // On a separate line and in an export of a user, a reaction only names its message, whose channel may not be exported.
    channelId: r.always([field(Read.record, "message")], (x, message) =>
      x.context.isBesideChannels
        ? undefined
        : (x.context.message?.channelId ?? cidOf(x.raw) ?? (isObject(message) ? cidOf(message) : undefined))
    ),
    score: field(Read.count, "score"),
    createdAt: field(Read.time, "created_at"),
    updatedAt: field(Read.time, "updated_at"),
    removedAt: field(Read.time, "deleted_at")
  },
  {
    kept: ["emoji_code"],
    elsewhere: [...CID_FIELDS, "custom"],
    unknown: customFields("reaction")
  }
)
