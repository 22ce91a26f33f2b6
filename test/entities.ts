/** Entities for tests, which say only what they are about. */
import { Entity } from "@chatferry/core"
import { Schema } from "effect"

/** An entity that the model takes. Fields that are `undefined` are left out. */
export const make = <K extends Entity.Kind>(kind: K, fields: object): Entity.Entity<K> =>
  decoders[kind](
    Object.fromEntries(Object.entries({ _tag: kind, ...fields }).filter(([, value]) => value !== undefined))
  ) as Entity.Entity<K>

const decoders = Object.fromEntries(
  Entity.kinds.map((kind) => [kind, Schema.decodeUnknownSync(Entity.schemas[kind] as Schema.Codec<unknown>)])
) as Readonly<Record<Entity.Kind, (fields: object) => unknown>>

export const user = (id: string, fields: object = {}): Entity.Entity<"user"> =>
  make("user", { id, ...fields })
export const channel = (id: string, fields: object = {}): Entity.Entity<"channel"> =>
  make("channel", { id, form: "group", ...fields })
export const member = (channelId: string, userId: string, fields: object = {}): Entity.Entity<"member"> =>
  make("member", { channelId, userId, ...fields })
export const message = (id: string, fields: object = {}): Entity.Entity<"message"> =>
  make("message", {
    id,
    channelId: "general",
    userId: "ada",
    type: "regular",
    text: `text of ${id}`,
    createdAt: "2024-01-01T00:00:00.000Z",
    ...fields
  })
export const reaction = (messageId: string, type: string, fields: object = {}): Entity.Entity<"reaction"> =>
  make("reaction", { messageId, channelId: "general", userId: "ada", type, ...fields })

/** A user and a channel for tests that need them. */
export const base: ReadonlyArray<Entity.Entity> = [
  user("ada", { name: "Ada" }),
  channel("general", { createdById: "ada", createdAt: "2023-01-01T00:00:00Z" })
]
