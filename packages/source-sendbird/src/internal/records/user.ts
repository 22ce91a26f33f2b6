import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity } from "@chatferry/core"
import { declared } from "../consequences.ts"
import { type Context, noteSwitch, PICTURES, pictureOf, sendbird } from "./context.ts"
import { isBlank, isNothing, list } from "./raw.ts"
import * as Read from "./reads.ts"
import * as spellings from "./spellings.ts"

const { any, field, kept } = RawRecord

export interface UserContext extends Context {
  /** True in the file of deactivated users. */
  readonly isInactive?: boolean | undefined
}

const LEVELS: Readonly<Record<string, "all" | "mentions" | "none">> = {
  all: "all",
  mention_only: "mentions",
  off: "none"
}

const u = sendbird.kind<"user", UserContext>("user")

const personal = (name: string) =>
  u.from([any(name)], (x, value) => {
    if (isBlank(value)) return
    if (x.context.keepPersonalFields) x.keep(name, value)
    else x.note(Consequence.codeOf(declared.personalDropped, `user.${name}`))
  })

/** Maps a user of a users file. */
export const user: RawRecord.Table<Entity.Entity<"user">, UserContext> = u.table(
  {
    id: field(Read.userId, ...spellings.user.id).orReject(
      declared.missingId.code,
      "user_id is missing or empty"
    ),
    name: field(Read.text, ...spellings.user.name),
    imageUrl: u.from(PICTURES, pictureOf),
    language: u.from(
      [RawRecord.list(Read.text, "preferred_languages"), field(Read.text, "locale")],
      (x, preferred = [], locale) => {
        const language = preferred[0] ?? locale
        const all = list(x.raw.preferred_languages)
        if (all.length > 1) x.keep("preferred_languages", all)
        if (locale !== undefined && locale !== language) x.keep("locale", locale)
        return language
      }
    ),
    // A switch that is off is set as well, so that an older record does not switch it on again.
    isBot: field(Read.flag, "is_bot"),
    isDeactivated: u.always(
      [field(Read.flag, "is_active")],
      (x, isActive) => x.context.isInactive === true || isActive === false
    ),
    // The API returns preferences separately, but dumps may have merged them into the user.
    push: u.from(
      [
        field(Read.oneOf(...Object.keys(LEVELS), "default"), "push_trigger_option"),
        field(Read.yes, "snooze_enabled"),
        field(Read.time, "snooze_end_ts")
      ],
      (x, option, isSnoozed, until) => {
        const level = option === undefined ? undefined : LEVELS[option]
        const disabledUntil = isSnoozed === true ? until : undefined
        if (disabledUntil === undefined && until !== undefined) x.keep("snooze_end_ts", x.raw.snooze_end_ts)
        if (level === undefined && disabledUntil === undefined) return undefined
        return {
          ...(level !== undefined && { level }),
          ...(disabledUntil !== undefined && { disabledUntil })
        }
      }
    ),
    createdAt: field(Read.time, "created_at"),
    lastSeenAt: field(Read.time, "last_seen_at")
  },
  {
    kept: [
      kept(["metadata"], { isNothing }),
      kept(["has_ever_logged_in"], { isNothing: (value) => value === undefined }),
      kept(["require_auth_for_profile_image"], { read: Read.yes })
    ],
    also: [
      personal("phone_number"),
      personal("discovery_keys"),
      personal("friend_discovery_key"),
      u.from([field(Read.yes, "is_shadow_blocked"), field(Read.yes, "do_not_disturb")], (x, ...on) => {
        for (const [i, name] of ["is_shadow_blocked", "do_not_disturb"].entries()) {
          if (on[i] !== true) continue
          x.keep(name, true)
          noteSwitch(x, `user.${name}`)
        }
      })
    ],
    dropped: [
      "is_online",
      "is_created",
      "is_hide_me_from_friends",
      "state",
      "bot_callback_url",
      "bot_type",
      "channel_invitation_preference",
      "enable_mark_as_read",
      "is_privacy_mode",
      "show_member",
      "unread_channel_count",
      "unread_message_count"
    ]
  }
)
