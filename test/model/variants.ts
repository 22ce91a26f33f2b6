/** Pairs of small entities that differ in one field of the model. */
import { Entity } from "@chatferry/core"
import { Schema } from "effect"
import { pathsOf, without } from "./paths.ts"

const AT = "2024-05-01T09:30:00Z"
const LATER = "2024-05-02T09:30:00Z"

/** Kinds that an import contains. */
export const kinds = ["user", "channel", "member", "message", "reaction"] as const
export type Kind = (typeof kinds)[number]

/** An entity with a field, and the same entity without it. */
export interface Pair {
  readonly path: string
  readonly id: string
  readonly with: Entity.Entity
  readonly without: Entity.Entity
}

function decoded(kind: Entity.Kind, fields: object): Entity.Entity {
  return Schema.decodeUnknownSync(Entity.schemas[kind] as unknown as Schema.Codec<Entity.Entity>)({
    _tag: kind,
    ...fields
  })
}

const custom = { acme: { note: "kept" } }
const snapshot = { name: "Ada", imageUrl: "https://example.com/ada.png", isBot: true }

const FULL: { readonly [K in Kind]: Readonly<Record<string, unknown>> } = {
  user: {
    name: "Ada",
    handle: "ada",
    email: "ada@example.com",
    imageUrl: "https://example.com/ada.png",
    role: "admin",
    teams: ["red"],
    teamRoles: { red: "admin" },
    language: "en",
    isBot: true,
    isInvisible: true,
    isDeactivated: true,
    blockedUserIds: ["ada"],
    mutedUserIds: ["ada"],
    mutedChannelIds: ["general"],
    futureChannelBans: [{ byId: "ada", reason: "spam", isShadow: true, createdAt: AT }],
    privacy: { isTypingShown: false, isReadShown: false, isDeliveryShown: false },
    push: { level: "none", disabledUntil: LATER },
    devices: [
      {
        id: "token",
        provider: "firebase",
        providerName: "main",
        isDisabled: true,
        disabledReason: "expired",
        createdAt: AT
      }
    ],
    createdAt: AT,
    updatedAt: LATER,
    observedAt: LATER,
    lastSeenAt: LATER,
    deactivatedAt: LATER,
    deletedAt: LATER,
    custom
  },
  channel: {
    form: "typed",
    type: "team",
    name: "General",
    topic: "Today",
    description: "All things",
    imageUrl: "https://example.com/general.png",
    team: "red",
    createdById: "ada",
    isPublic: true,
    audience: "public",
    isDistinct: true,
    distinctMemberIds: ["ada"],
    isFrozen: true,
    isDisabled: true,
    bannedUserIds: ["ada"],
    createdAt: AT,
    updatedAt: LATER,
    observedAt: LATER,
    archivedAt: LATER,
    truncatedAt: LATER,
    deletedAt: LATER,
    custom
  },
  member: {
    channelId: "general",
    role: "moderator",
    customRole: "guide",
    isInvited: true,
    inviteAcceptedAt: LATER,
    inviteRejectedAt: LATER,
    isMuted: true,
    isChannelMuted: true,
    isChannelHidden: true,
    hiddenBefore: LATER,
    archivedAt: LATER,
    createdAt: LATER,
    updatedAt: LATER,
    observedAt: LATER,
    removedAt: LATER,
    lastReadAt: LATER,
    userSnapshot: snapshot,
    custom
  },
  message: {
    channelId: "general",
    userId: "ada",
    userSnapshot: snapshot,
    type: "regular",
    text: "hello",
    textFormat: "markdown",
    html: "<p>hello</p>",
    attachments: [
      {
        type: "image",
        customType: "photo",
        url: "https://example.com/a.png",
        thumbnailUrl: "https://example.com/b.png",
        name: "a.png",
        text: "a picture",
        mimeType: "image/png",
        sizeBytes: 10,
        durationSeconds: 1,
        isAuthRequired: true,
        custom
      }
    ],
    parentId: "hello",
    isShownInChannel: true,
    quotedMessageId: "hello",
    mentionedUserIds: ["ada"],
    isChannelMentioned: true,
    isHereMentioned: true,
    mentionedRoles: ["admin"],
    reactionCounts: { like: 3 },
    isSilent: true,
    visibleToUserIds: ["ada"],
    pinnedAt: LATER,
    pinnedById: "ada",
    pinExpiresAt: LATER,
    createdAt: AT,
    updatedAt: LATER,
    editedById: "ada",
    observedAt: LATER,
    isDeleted: true,
    deletedAt: LATER,
    custom
  },
  reaction: {
    messageId: "hello",
    channelId: "general",
    type: "like",
    score: 3,
    createdAt: LATER,
    updatedAt: LATER,
    removedAt: LATER,
    custom
  }
}

/** With a unique device, because each device is written once. */
const full = (kind: Kind, id: string): Readonly<Record<string, unknown>> => {
  const { devices, ...rest } = FULL[kind]
  return Array.isArray(devices)
    ? {
        ...rest,
        devices: devices.map((device: object) => Object.assign({}, device, { id: `token of ${id}` }))
      }
    : rest
}

const REQUIRED: { readonly [K in Kind]: ReadonlyArray<string> } = {
  user: ["id"],
  channel: ["id", "form"],
  member: ["channelId", "userId"],
  message: ["id", "channelId", "type", "createdAt"],
  reaction: ["messageId", "userId", "type"]
}

const IDENTITY: { readonly [K in Kind]: (id: string) => object } = {
  user: (id) => ({ id }),
  channel: (id) => ({ id }),
  member: (userId) => ({ userId }),
  message: (id) => ({ id }),
  reaction: (userId) => ({ userId })
}

/** Fields that mean nothing without another field. */
const NEEDS: Readonly<Record<string, object>> = {
  "channel.distinctMemberIds": { isDistinct: true },
  "message.isShownInChannel": { parentId: "hello" },
  "message.pinnedById": { pinnedAt: LATER },
  "message.pinExpiresAt": { pinnedAt: LATER, pinnedById: "ada" },
  "message.deletedAt": { isDeleted: true },
  "user.deactivatedAt": { isDeactivated: true }
}

/** Required fields of a part. */
const PARTS: ReadonlySet<string> = new Set(["byId", "id", "provider", "type"])

/** Fields that mean nothing without another field of the same part. */
const BESIDE: Readonly<Record<string, string>> = { disabledReason: "isDisabled" }

const isFirst = (path: string) => PARTS.has(path.slice(path.lastIndexOf(".") + 1))

const pick = (from: Readonly<Record<string, unknown>>, names: ReadonlyArray<string>) =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)))

/** A value with only the field of its parts that a path names, and their required fields. */
const only = (value: unknown, path: string): unknown => {
  const [, name] = path.split(".")
  if (name === undefined) return value
  if (Array.isArray(value)) return value.map((one: unknown) => only(one, path))
  const beside = BESIDE[name] === undefined ? [] : [BESIDE[name]]
  return pick(value as Readonly<Record<string, unknown>>, [name, ...beside, ...PARTS])
}

/** One pair for each optional field of an entity. */
export const pairsOf = (kind: Kind): ReadonlyArray<Pair> =>
  pathsOf(kind)
    .filter((path) => !REQUIRED[kind].includes(path))
    .map((path, i) => {
      const id = `${kind}-${i}`
      const own = full(kind, id)
      const bare = { ...pick(own, REQUIRED[kind]), ...NEEDS[`${kind}.${path}`], ...IDENTITY[kind](id) }
      const [top = ""] = path.split(".")
      const filled = { ...bare, [top]: only(own[top], path) }
      return {
        path,
        id,
        with: decoded(kind, filled),
        without: decoded(kind, path === top || isFirst(path) ? bare : without(filled, path))
      }
    })

/** Entities that the others refer to. */
export const base: ReadonlyArray<Entity.Entity> = [
  decoded("user", { id: "ada", createdAt: AT }),
  decoded("channel", { id: "general", form: "group", createdById: "ada", createdAt: AT }),
  decoded("message", { id: "hello", channelId: "general", userId: "ada", type: "regular", createdAt: AT })
]

/** Users and other entities that the pairs also need. */
export const needs: ReadonlyArray<Entity.Entity> = kinds.flatMap((kind) =>
  kind === "member" || kind === "reaction"
    ? pairsOf(kind).map(({ id }) => decoded("user", { id, createdAt: AT }))
    : []
)
