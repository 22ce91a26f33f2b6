// Entities that contain each field of the model once, with a unique value.
import { Entity } from "@chatferry/core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { PLANTED } from "./plantedEntities.ts"

/** A field of an entity, and the entity with another value in that field. */
export interface Variation {
  /** `message.attachments.sizeBytes`: the kind and the path in the model, without indices. */
  readonly field: string
  /** The planted entity that contains the field. */
  readonly at: number
  /** The planted value. */
  readonly value: unknown
  readonly changed: Entity.Entity
  /** The entity without the field, if that is still a valid entity. */
  readonly removed: Entity.Entity | undefined
}

/** Alternative values for fields that do not accept just any text. */
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

/** Fields that identify an entity: changing one would make another entity. */
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

/** The entities of these kinds, and variants of each with one changed field. */
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

/** Visits each value that is not an object or a list. */
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
  // Only the last digit of a time changes, so that a sink that truncates times shows no difference.
  const text = String(value)
  return /^\d{4}-\d\d-\d\dT/u.test(text)
    ? `${text.slice(0, -2)}${text.at(-2) === "0" ? "1" : "0"}Z`
    : `${text}-other`
}
