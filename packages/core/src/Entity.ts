/**
 * The canonical model: what flows from any source to any sink.
 *
 * Entities are plain JSON-safe objects, their encoded form is the same as their type,
 * and optional fields are absent rather than `null`. So an entity is written with one
 * `JSON.stringify` and can be sent between threads.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Schema from "effect/Schema"
import { Channel } from "./entity/Channel.ts"
import { FailedWebhook } from "./entity/FailedWebhook.ts"
import { Member } from "./entity/Member.ts"
import { Message } from "./entity/Message.ts"
import { Reaction } from "./entity/Reaction.ts"
import { User } from "./entity/User.ts"

/**
 * The schema of each kind. Adding a kind here causes a compile error wherever each kind
 * must be handled.
 *
 * @category schemas
 * @since 0.1.0
 */
export const schemas = {
  user: User,
  channel: Channel,
  member: Member,
  message: Message,
  reaction: Reaction,
  failed_webhook: FailedWebhook
} as const

/**
 * The name of a kind of entity, the same word in files, logs and reports.
 *
 * @category models
 * @since 0.1.0
 */
export type Kind = keyof typeof schemas

/**
 * All kinds, in the order in which reports list them.
 *
 * @category models
 * @since 0.1.0
 */
export const kinds: ReadonlyArray<Kind> = [
  "user",
  "channel",
  "member",
  "message",
  "reaction",
  "failed_webhook"
]

/**
 * An entity of any kind, discriminated by `_tag`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Entity = Schema.Union([User, Channel, Member, Message, Reaction, FailedWebhook])

/**
 * An entity of kind `K`, or of any kind.
 *
 * @category models
 * @since 0.1.0
 */
export type Entity<K extends Kind = Kind> = { readonly [P in Kind]: (typeof schemas)[P]["Type"] }[K]

/**
 * An entity, or a part of one, that is still being filled in.
 *
 * @category models
 * @since 0.1.0
 */
export type Draft<A> = { -readonly [P in keyof A]: A[P] }

/**
 * The key that identifies an entity within its kind: two entities with the same kind
 * and key are two records of the same thing. Parts are joined with U+0000, which no
 * provider allows in an id.
 *
 * @category operations
 * @since 0.1.0
 */
export const key = (entity: Entity): string => {
  switch (entity._tag) {
    case "member":
      return `${entity.channelId}\0${entity.userId}`
    case "reaction":
      return `${entity.messageId}\0${entity.userId}\0${entity.type}`
    default:
      return entity.id
  }
}
