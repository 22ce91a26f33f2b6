import { RawRecord } from "@chatferry/connector"
import type { Entity } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { PendingChannel } from "../reading/pendingChannel.ts"
import { acting, keptTimes } from "./actingFields.ts"
import { cidOfChannel, typeOfCid } from "./cid.ts"
import { closeChannel, type Context, setAside, stream } from "./context.ts"
import { customFields, nameAndImage } from "./customFields.ts"
import { member } from "./member.ts"
import { nestedUser, nestedUsers } from "./nestedUser.ts"
import { count as countOf, idOfUser, isObject, list as listOf, type RawObject } from "./raw.ts"
import * as Read from "./reads.ts"

const { field, list } = RawRecord

/** Maps a channel, which is emitted once its members have been seen. */
export const channel = (raw: RawObject, context: Context, within = ""): void => {
  closeChannel(context)
  context.channelId = cidOfChannel(raw)
  const found = table.read(raw, context)
  if (!(found instanceof RawRecord.Rejection)) {
    const ids = listOf(raw["member_ids"]).flatMap((one) => idOfUser(one) ?? [])
    context.open = new PendingChannel(found, context.at(), ids, countOf(raw["member_count"]))
  } else {
    setAside(context, "channel", found.code, found.message, raw, within)
    // Members do not depend on what is wrong with their channel, as long as it has an id.
    if (found.draft.id === undefined) return
  }
  for (const [i, one] of listOf(raw["members"]).entries()) {
    const location = `${within}.members[${i}]`
    if (isObject(one)) member(one, context, location)
    else if (one !== null)
      setAside(context, "member", declared.notAnObject.code, "a record must be an object", one, location)
  }
}

// internal

const c = stream.kind<"channel">("channel")

const table: RawRecord.Table<Entity.Entity<"channel">, Context> = c.table(
  {
    id: c
      .always([], (x) => x.context.channelId)
      .orReject(declared.missingId.code, "the channel has neither a cid nor a type and an id"),
    form: c.always([], () => "typed"),
    type: c.always([field(Read.text, "type")], (x, type) => type ?? typeOfCid(x.draft.id as string)),
    name: c.always([field(Read.text, "name"), field(Read.text, "image")], nameAndImage),
    team: field(Read.text, "team"),
    createdById: c.from(
      [field(Read.userOrId, "created_by"), field(Read.user, "created_by_id")],
      (x, creator, id) => nestedUser(creator, x.context) ?? id
    ),
    // A switch that is off is set as well, so that an older record does not switch it on again.
    isFrozen: field(Read.flag, "frozen"),
    isDisabled: field(Read.flag, "disabled"),
    bannedUserIds: c.from([list(Read.userOrId, "banned_users")], (x, banned) =>
      nestedUsers(banned, x.context)
    ),
    createdAt: field(Read.time, "created_at"),
    updatedAt: field(Read.time, "updated_at"),
    truncatedAt: field(Read.time, "truncated_at"),
    deletedAt: field(Read.time, "deleted_at")
  },
  {
    also: [
      ...keptTimes(c, ["invites"]),
      ...acting(c, "channel", [
        "auto_translation_enabled",
        "auto_translation_language",
        "blocked",
        "config_overrides",
        "cooldown",
        "filter_tags"
      ]),
      c.from([field(Read.userOrId, "truncated_by"), field(Read.user, "truncated_by_id")], (x, by, id) => {
        const truncatedById = nestedUser(by, x.context) ?? id
        if (truncatedById !== undefined) x.keep("truncated_by_id", truncatedById)
      }),
      field(Read.list, "members")
    ],
    elsewhere: ["id", "cid", "member_ids", "custom"],
    unknown: customFields("channel", "placed"),
    dropped: [
      "app_pk",
      "config",
      "created_by_pk",
      "hidden",
      "hide_messages_before",
      "joined",
      "last_message_at",
      "last_updated",
      "member_count",
      "message_count",
      "mute_expires_at",
      "muted",
      "own_capabilities",
      "pk"
    ]
  }
)
