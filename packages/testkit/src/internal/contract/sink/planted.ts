// Entities in which each field of the model stands once, with a value of its own.
import { Entity } from "@chatferry/core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

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

const time = (day: number, digits = "") => `2023-05-${String(day).padStart(2, "0")}T08:09:10${digits}Z`
const custom = (text: string) => ({ custom: { planted: { [`${text}_field`]: `${text} custom value` } } })

const PLANTED: ReadonlyArray<object> = [
  ...["planter", "gardener", "miller"].map((id) => ({ _tag: "user", id, name: `The ${id}` })),
  {
    _tag: "user",
    id: "whole-user",
    name: "Whole user name",
    handle: "handle-of-user",
    email: "email-of-user@example.com",
    imageUrl: "https://files.example.com/whole-user.png",
    role: "user",
    teams: ["team-of-user"],
    teamRoles: { "team-of-user": "role-in-team" },
    language: "pt",
    isBot: true,
    isInvisible: true,
    blockedUserIds: ["planter"],
    mutedUserIds: ["gardener"],
    mutedChannelIds: ["plain-channel"],
    futureChannelBans: [{ byId: "miller", reason: "reason of the ban", isShadow: true, createdAt: time(1) }],
    privacy: { isTypingShown: false, isReadShown: false, isDeliveryShown: false },
    push: { level: "mentions", disabledUntil: time(2) },
    devices: [{ id: "device-token", provider: "firebase", providerName: "device-setup", createdAt: time(3) }],
    createdAt: time(4, ".123456"),
    updatedAt: time(5),
    lastSeenAt: time(6),
    ...custom("user")
  },
  { _tag: "user", id: "former-user", name: "Former", isDeactivated: true },
  { _tag: "user", id: "retired-user", name: "Retired", deactivatedAt: time(7) },
  { _tag: "user", id: "deleted-user", name: "Deleted", deletedAt: time(8) },
  {
    _tag: "channel",
    id: "plain-channel",
    form: "group",
    type: "livestream",
    name: "Plain channel name",
    topic: "Topic of the channel",
    description: "Description of the channel",
    imageUrl: "https://files.example.com/plain-channel.png",
    createdById: "planter",
    isPublic: true,
    isFrozen: true,
    bannedUserIds: ["former-user"],
    createdAt: time(9),
    updatedAt: time(10),
    archivedAt: time(28),
    truncatedAt: "2023-04-01T00:00:00Z",
    ...custom("channel")
  },
  { _tag: "channel", id: "direct-channel", form: "group", audience: "direct", createdAt: time(11) },
  { _tag: "channel", id: "team-channel", form: "group", team: "team-of-channel", createdAt: time(11) },
  {
    _tag: "channel",
    id: "distinct-channel",
    form: "group",
    isDistinct: true,
    distinctMemberIds: ["planter", "gardener"],
    createdAt: time(11)
  },
  { _tag: "channel", id: "disabled-channel", form: "group", isDisabled: true, createdAt: time(11) },
  { _tag: "channel", id: "deleted-channel", form: "group", createdAt: time(11), deletedAt: time(12) },
  { _tag: "member", channelId: "distinct-channel", userId: "planter" },
  { _tag: "member", channelId: "distinct-channel", userId: "gardener" },
  {
    _tag: "member",
    channelId: "plain-channel",
    userId: "planter",
    role: "moderator",
    customRole: "custom-role",
    inviteAcceptedAt: time(13),
    isMuted: true,
    isChannelHidden: true,
    hiddenBefore: time(14),
    archivedAt: time(15),
    createdAt: time(16),
    updatedAt: time(17),
    lastReadAt: time(18),
    ...custom("member")
  },
  { _tag: "member", channelId: "plain-channel", userId: "miller", isInvited: true },
  {
    _tag: "member",
    channelId: "plain-channel",
    userId: "shown-user",
    inviteRejectedAt: time(19),
    userSnapshot: {
      name: "Shown member",
      imageUrl: "https://files.example.com/shown-member.png",
      isBot: true
    }
  },
  { _tag: "member", channelId: "plain-channel", userId: "gardener", removedAt: time(19) },
  {
    _tag: "message",
    id: "first-message",
    channelId: "plain-channel",
    userId: "planter",
    type: "regular",
    text: "Text of the first message",
    textFormat: "markdown",
    html: "<p>HTML of the first message</p>",
    attachments: [
      {
        type: "image",
        url: "https://files.example.com/image.png",
        thumbnailUrl: "https://files.example.com/thumbnail.png",
        name: "name-of-image",
        text: "Text of the image",
        mimeType: "image/png",
        sizeBytes: 123457,
        durationSeconds: 12.25,
        ...custom("attachment")
      },
      { type: "file", url: "https://files.example.com/protected.pdf", isAuthRequired: true }
    ],
    mentionedUserIds: ["gardener"],
    isChannelMentioned: true,
    isHereMentioned: true,
    mentionedRoles: ["mentioned-role"],
    reactionCounts: { like: 41 },
    isSilent: true,
    visibleToUserIds: ["miller"],
    pinnedAt: time(20),
    pinnedById: "miller",
    pinExpiresAt: time(28),
    createdAt: time(21, ".987654"),
    updatedAt: time(22),
    editedById: "gardener",
    ...custom("message")
  },
  {
    _tag: "message",
    id: "reply-message",
    channelId: "plain-channel",
    userId: "other-shown-user",
    userSnapshot: { name: "Shown sender", imageUrl: "https://files.example.com/shown-sender.png" },
    type: "regular",
    text: "Text of the reply",
    parentId: "first-message",
    isShownInChannel: true,
    createdAt: time(23)
  },
  {
    _tag: "message",
    id: "quoting-message",
    channelId: "plain-channel",
    userId: "planter",
    type: "regular",
    text: "Text of the quote",
    quotedMessageId: "first-message",
    createdAt: time(24)
  },
  {
    _tag: "message",
    id: "deleted-message",
    channelId: "plain-channel",
    userId: "planter",
    type: "regular",
    text: "Text of a deleted message",
    isDeleted: true,
    createdAt: time(24),
    deletedAt: time(25)
  },
  {
    _tag: "reaction",
    messageId: "first-message",
    channelId: "plain-channel",
    userId: "gardener",
    type: "like",
    score: 7,
    createdAt: time(26),
    updatedAt: time(27),
    ...custom("reaction")
  },
  {
    _tag: "reaction",
    messageId: "first-message",
    channelId: "plain-channel",
    userId: "miller",
    type: "like",
    removedAt: time(27)
  },
  {
    _tag: "failed_webhook",
    id: "webhook",
    url: "https://hooks.example.com/planted",
    statusCode: 503,
    category: "category-of-webhook",
    body: '{"body":"of the webhook"}',
    failedAt: time(28),
    ...custom("webhook")
  }
]

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
