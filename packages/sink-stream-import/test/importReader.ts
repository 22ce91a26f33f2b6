// Reads an import file back as entities, as far as possible, to compare them with the written ones.
import { Entity, Source } from "@chatferry/core"
import { Effect, FileSystem, Schema } from "effect"

type Item = Readonly<Record<string, unknown>>

/** Fields whose values are unchanged in an import, and their names there or under `chatferry`. */
const FIELDS = {
  user: {
    id: "id",
    name: "name",
    imageUrl: "image",
    role: "role",
    teams: "teams",
    teamRoles: "teams_role",
    language: "language",
    isInvisible: "invisible",
    isBot: "is_bot",
    blockedUserIds: "blocked_user_ids",
    mutedUserIds: "user_mutes",
    createdAt: "created_at",
    updatedAt: "updated_at",
    lastSeenAt: "last_seen_at"
  },
  channel: {
    id: "id",
    name: "name",
    imageUrl: "image",
    team: "team",
    isFrozen: "frozen",
    bannedUserIds: "banned_users",
    createdAt: "created_at",
    updatedAt: "updated_at",
    truncatedAt: "truncated_at"
  },
  member: {
    channelId: "channel_id",
    userId: "user_id",
    inviteAcceptedAt: "invite_accepted_at",
    inviteRejectedAt: "invite_rejected_at",
    isMuted: "is_muted",
    isChannelHidden: "hide_channel",
    hiddenBefore: "hide_messages_before",
    updatedAt: "updated_at",
    archivedAt: "archived_at"
  },
  message: {
    id: "id",
    channelId: "channel_id",
    userId: "user",
    html: "html",
    mentionedUserIds: "mentioned_users_ids",
    isChannelMentioned: "mentioned_channel",
    isHereMentioned: "mentioned_here",
    mentionedRoles: "mentioned_roles",
    isSilent: "silent",
    visibleToUserIds: "restricted_visibility",
    parentId: "parent_id",
    quotedMessageId: "quoted_message_id",
    isShownInChannel: "show_in_channel",
    pinnedAt: "pinned_at",
    pinnedById: "pinned_by_id",
    createdAt: "created_at",
    updatedAt: "updated_at",
    deletedAt: "deleted_at"
  },
  reaction: {
    messageId: "message_id",
    userId: "user_id",
    type: "type",
    score: "score",
    createdAt: "created_at",
    updatedAt: "updated_at"
  }
} satisfies { readonly [K in Entity.Kind]?: Readonly<Record<string, string>> }

/** The fields of the model by kind, for the rule that compares them. */
export const fields = Object.fromEntries(
  Object.entries(FIELDS).map(([kind, names]) => [kind, Object.keys(names)])
)

/** A source of the entities that an import file holds. */
export const make = (file: string): Source.Source<FileSystem.FileSystem> => ({
  ...Source.fromEntities(NAME, []),
  open: Effect.gen(function* () {
    const text = yield* Effect.orDie(Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(file)))
    const items = JSON.parse(text.startsWith("[") ? text : `[${text.trim().replaceAll("\n", ",")}]`)
    return yield* Source.fromEntities(NAME, (items as ReadonlyArray<Item>).flatMap(entityOf)).open
  })
})

// internal

const NAME = "import"

const decode = Schema.decodeUnknownSync(Entity.Entity)

/** Required fields of a kind that are not compared. */
const REST: Readonly<Record<string, object>> = {
  channel: { form: "group" },
  message: { type: "regular" }
}

const entityOf = ({ data, item, type }: Item): ReadonlyArray<Entity.Entity> => {
  if (!isOurs(type)) return []
  const from = (data ?? item) as Item
  const given = Object.entries(FIELDS[type]).flatMap(([field, name]) => {
    const value = at(from, name)
    return value === undefined ? [] : [[field, value]]
  })
  return [decode({ _tag: type, ...REST[type], ...Object.fromEntries(given) })]
}

const isOurs = (type: unknown): type is keyof typeof FIELDS => Object.hasOwn(FIELDS, String(type))

/** Fields that a dialect does not have are under `chatferry`. */
const at = (from: Item, name: string): unknown =>
  from[name] ?? (from["chatferry"] as Item | undefined)?.[name]
