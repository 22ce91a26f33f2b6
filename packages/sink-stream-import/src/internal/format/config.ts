// Schemas of the sink's settings.
import { Setting, Settings } from "@chatferry/core/settings"
import * as Schema from "effect/Schema"
import * as Limits from "../../StreamImportLimits.ts"

export const dialect = Setting.oneOf("jsonl", "json-array")

/** All policies. Their defaults here do not depend on the dialect. */
export const policyFields = {
  channelType: Settings.withDefault(
    Schema.Union([
      Schema.Struct({ group: channelType(), open: channelType() }),
      Setting.oneOf("stream_sync")
    ]).annotate({
      expected: '"stream_sync" or an object such as { group: "messaging", open: "livestream" }'
    }),
    { group: "messaging", open: "livestream" }
  ),
  distinctChannels: Settings.withDefault(Setting.oneOf("id", "member_ids"), "id"),
  missingUser: Settings.withDefault(Setting.oneOf("placeholder", "reject"), "placeholder"),
  unknownChannel: Settings.withDefault(Setting.oneOf("reject", "synthesise"), "reject"),
  deletedChannels: Settings.withDefault(Setting.oneOf("disable", "skip"), "disable"),
  deletedMessages: Settings.withDefault(Setting.oneOf("keep", "skip"), "keep"),
  deletedContent: Settings.withDefault(Setting.oneOf("blank", "keep"), "blank"),
  readState: Settings.withDefault(Setting.oneOf("read", "unread"), "read"),
  adminUserId: Settings.withDefault(userId(), "data-migration-admin"),
  userIds: Settings.withDefault(Setting.byName(userId(), "an object of Stream ids by ids of the source"), {}),
  userRoles: Settings.withDefault(roles(), ["user", "guest", "anonymous", "admin"]),
  channelRoles: Settings.withDefault(roles(), ["channel_member", "channel_moderator"]),
  reactionTypes: Settings.withDefault(
    Setting.byName(
      matching("a type that Stream accepts", Limits.reactionType),
      "an object of Stream's types of reactions by those of the source"
    ),
    {}
  ),
  maxMessageLength: Settings.withDefault(Setting.whole(1, Limits.textLength), Limits.textLength),
  httpUrls: Settings.withDefault(Setting.oneOf("upgrade", "custom"), "upgrade"),
  migrateResources: Settings.withDefault(Setting.flag, true),
  maxFileBytes: Settings.withDefault(Setting.whole(Limits.leastFileBytes), Limits.fileBytes),
  validate: Settings.incidental(Settings.withDefault(Setting.flag, true)),
  memberItem: Settings.withDefault(Setting.oneOf("member", "channel_member"), "member"),
  inviteFields: Settings.withDefault(Setting.oneOf("invite", "invited"), "invite"),
  pushProviderNames: Settings.withDefault(
    Setting.byName(Setting.name, "an object of names of push set-ups by service"),
    {}
  ),
  teamMismatch: Settings.withDefault(Setting.oneOf("reject", "add", "keep"), "reject"),
  replyType: Settings.optional(Setting.oneOf("reply", "regular"))
}

export const SINK_NAME = "stream-import"

export const SinkConfig = Schema.Struct({
  directory: Settings.incidental(Setting.path),
  dialect,
  name: Settings.incidental(Settings.withDefault(Setting.fileName, SINK_NAME)),
  idMap: Settings.incidental(Settings.optional(Setting.path)),
  ...policyFields
}).check(
  Settings.rules<{ readonly dialect: string; readonly memberItem: string }>((settings) =>
    settings.dialect === "json-array" && settings.memberItem === "channel_member"
      ? [[["memberItem"], 'must be "member" where dialect is "json-array", which has no "channel_member"']]
      : []
  )
)

/** The type of replies that each dialect documents. */
export const replyTypeIn = (of: typeof dialect.Type): "reply" | "regular" =>
  of === "jsonl" ? "reply" : "regular"

// internal

function matching(what: string, pattern: RegExp) {
  return Setting.text(`${what} (${pattern.source})`, (text) => pattern.test(text))
}

function userId() {
  return matching("an id of a user in Stream", Limits.userId)
}

function channelType() {
  return matching("a channel type of Stream", Limits.channelType)
}

function roles() {
  return Schema.Union([Schema.Array(Setting.name), Setting.oneOf("any")]).annotate({
    expected: 'a list of roles or "any"'
  })
}
