// The context that a rejected part of a record, or a rejected record of an API response, needs to be mapped again. Its
// line in the rejects file contains it.
import { Entity } from "@chatferry/core"
import * as Schema from "effect/Schema"

const { createdAt, id, observedAt } = Entity.schemas.channel.fields
const reaction = Entity.schemas.reaction.fields

/** The observation time of a record from an API response. */
const seen = { seenAt: Schema.optionalKey(Entity.schemas.message.fields.createdAt) }

/** A member or operator in a channel, with the operators and receipts that may belong to it. */
export const OfChannelContext = Schema.Struct({
  part: Schema.Literal("member"),
  channel: Schema.Struct({ id, createdAt, observedAt }),
  isOperator: Schema.optionalKey(Schema.Boolean),
  operators: Schema.optionalKey(Schema.Array(Schema.String)),
  receipts: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
  ...seen
})
export type OfChannelContext = typeof OfChannelContext.Type

const message = Schema.Struct({ id: Entity.schemas.message.fields.id, channelId: id })

/** A reaction in a message. */
export const OfMessageContext = Schema.Struct({ part: Schema.Literal("reaction"), message, ...seen })
export type OfMessageContext = typeof OfMessageContext.Type

/** A user in a reaction. */
export const OfReactionContext = Schema.Struct({
  part: Schema.Literal("reactor"),
  message,
  type: reaction.type,
  createdAt: reaction.createdAt,
  custom: reaction.custom,
  ...seen
})
export type OfReactionContext = typeof OfReactionContext.Type

/** A record of a page on a line or in an array; `of` is the list of the page. */
export const ListedContext = Schema.Struct({
  part: Schema.Literal("listed"),
  of: Schema.String,
  channel: Schema.optionalKey(id),
  /** Ids of the pinned messages of the channel. */
  pinned: Schema.optionalKey(Schema.Array(Schema.String))
})
export type ListedContext = typeof ListedContext.Type

/** A record in a response of the Platform API; `to` is the end of the period that is read. */
export const AnswerContext = Schema.Struct({
  answer: Schema.Literals(["users", "group_channels", "open_channels", "messages"]),
  to: Schema.Finite,
  channel: Schema.optionalKey(id),
  /** Ids of the pinned messages of the channel. */
  pinned: Schema.optionalKey(Schema.Array(Schema.String)),
  /** True if the channels themselves are not read. */
  isListed: Schema.optionalKey(Schema.Boolean)
})
export type AnswerContext = typeof AnswerContext.Type

export const RejectContext = Schema.Union([
  OfChannelContext,
  OfMessageContext,
  OfReactionContext,
  ListedContext,
  AnswerContext
])
