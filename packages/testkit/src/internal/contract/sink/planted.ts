// Entities in which each field of the model stands once, with a value of its own.
import { Entity } from "@chatferry/core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { PLANTED } from "./plantedEntities.ts"

/** A field of an entity, and the entity with another value in it. */
export interface Variation {
  /** `message.attachments.sizeBytes`: the kind and the path in the model, without the numbers of elements. */
  readonly field: string
  /** Which of the planted entities it is in. */
  readonly at: number
  /** The value as it is planted. */
  readonly value: unknown
  readonly changed: Entity.Entity
  /** The entity without the field, where that is an entity still. */
  readonly removed: Entity.Entity | undefined
}

/** What a field is besides the one that is planted, where another text would not do. */
const OTHERS: Readonly<Record<string, unknown>> = {
  form: "open",
  audience: "group_direct",
  textFormat: "html",
  isDistinct: false,
  level: "none",
  provider: "apn",
  quotedMessageId: "reply-message",
  parentId: "quoting-message",
  "member.role": "member",
  "message.type": "system",
  "message.attachments.type": "video",
  "message.channelId": "team-channel",
  "user.blockedUserIds": "miller",
  "user.mutedUserIds": "miller",
  "user.mutedChannelIds": "team-channel",
  "user.futureChannelBans.byId": "planter",
  "channel.createdById": "gardener",
  "channel.bannedUserIds": "miller",
  "channel.distinctMemberIds": "miller",
  "message.mentionedUserIds": "miller",
  "message.visibleToUserIds": "planter",
  "message.pinnedById": "gardener",
  "message.editedById": "planter",
  "message.userId": "miller"
}

/** What tells an entity from others; another one would be another entity. */
const IDENTITY: ReadonlySet<string> = new Set([
  "user.id",
  "channel.id",
  "member.channelId",
  "member.userId",
  "message.id",
  "reaction.messageId",
  "reaction.channelId",
  "reaction.userId",
  "reaction.type",
  "failed_webhook.id"
])

const decode = Schema.decodeUnknownSync(Entity.Entity, { onExcessProperty: "error" })
const decodeOption = Schema.decodeUnknownOption(Entity.Entity)

/** The entities of these kinds, and each with one field changed. */
export const planted = (
  kinds: ReadonlySet<Entity.Kind>
): { readonly entities: ReadonlyArray<Entity.Entity>; readonly variations: ReadonlyArray<Variation> } => {
  const entities = PLANTED.map((one) => decode(one)).filter(({ _tag }) => kinds.has(_tag))
  const variations = entities.flatMap((entity, at) => {
    const found: Array<Variation> = []
    walk(entity, entity._tag, (field, value, change) => {
      if (IDENTITY.has(field)) return
      const copy = structuredClone(entity)
      change(copy, otherThan(field, value))
      const rest = structuredClone(entity)
      change(rest, undefined)
      found.push({
        field,
        at,
        value,
        changed: decode(copy),
        removed: Option.getOrUndefined(decodeOption(rest))
      })
    })
    return found
  })
  return { entities, variations }
}

// internal

type Change = (root: object, other: unknown) => void

/** Goes to each value that is not an object or a list. */
const walk = (
  of: object,
  path: string,
  visit: (field: string, value: unknown, change: Change) => void,
  go: (root: object) => object = (root) => root
): void => {
  for (const [key, value] of Object.entries(of)) {
    if (key === "_tag") continue
    const field = Array.isArray(of) ? path : `${path}.${key}`
    if (typeof value === "object" && value !== null)
      walk(value, field, visit, (root) => (go(root) as Record<string, object>)[key] ?? {})
    else
      visit(field, value, (root, other) => {
        const parent = go(root) as Record<string, unknown>
        if (other === undefined) delete parent[key]
        else parent[key] = other
      })
  }
}

const otherThan = (field: string, value: unknown): unknown => {
  const name = field.slice(field.lastIndexOf(".") + 1)
  const other = OTHERS[field] ?? OTHERS[name]
  if (other !== undefined) return other
  if (typeof value === "boolean") return !value
  if (typeof value === "number") return value + 1
  // The last digit of a time, so that one which is cut off does not show.
  const text = String(value)
  return /^\d{4}-\d\d-\d\dT/u.test(text)
    ? `${text.slice(0, -2)}${text.at(-2) === "0" ? "1" : "0"}Z`
    : `${text}-other`
}
