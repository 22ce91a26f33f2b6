import { RawRecord } from "@chatferry/connector"
import type { Entity, Ids } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { CID_FIELDS, cidOf } from "./cid.ts"
import { type Context, setAside, stream } from "./context.ts"
import { customFields } from "./customFields.ts"
import { person } from "./person.ts"
import { idOfUser, isObject, text, userId, type RawObject } from "./raw.ts"
import * as Read from "./reads.ts"

const { field } = RawRecord

type Reaction = Entity.Entity<"reaction">

/** The message that a reaction stands with. */
export interface Of {
  readonly id: Ids.MessageId
  readonly channelId: Ids.ChannelId
}

/** A reaction, alone or with its message. Gives user and type when it is one, even if it was told before. */
export const reaction = (
  wire: RawObject,
  of: Of | undefined,
  context: Context,
  within = "",
  isTold?: (key: string) => boolean
): string | undefined => {
  const again = isTold === undefined ? undefined : keyOf(wire, context)
  if (again !== undefined && isTold?.(again) === true) {
    person(wire["user"], context)
    return again
  }
  context.message = of
  const found = table.read(wire, context)
  context.message = undefined
  if (found instanceof RawRecord.Rejection) {
    const shown = of === undefined ? {} : { message: { id: of.id, channelId: of.channelId } }
    setAside(context, "reaction", found.code, found.message, wire, within, shown)
    return undefined
  }
  context.out.push(found)
  return `${found.type}\0${found.userId}`
}

/** What tells it from other reactions to one message. */
export const keyOf = (wire: RawObject, { ownerId }: Context): string | undefined => {
  const by = idOfUser(wire["user"]) ?? userId(wire["user_id"]) ?? ownerId
  const type = text(wire["type"])
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
        [field(Read.shown, "user"), field(Read.userId, "user_id")],
        (x, user, id) => person(user, x.context) ?? id ?? x.context.ownerId
      )
      .orReject(declared.missingId.code, "the reaction has neither a user nor a user_id"),
    type: field(Read.text, "type").orReject(declared.missingType.code, "the reaction has no type"),
    // On a line of its own, and in an export of a user, a reaction names its message alone. That one's channel may not be exported.
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
