import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity } from "@chatferry/core"
import { declared } from "../consequences.ts"
import * as Read from "../reads.ts"
import { isBlank, isNothing, list } from "../wire.ts"
import { type Context, sendbird, urlOf } from "./context.ts"

const { any, field, kept } = RawRecord

export interface UserContext extends Context {
  /** It is the file of deactivated ones. */
  readonly isInactive?: boolean | undefined
}

const u = sendbird.kind<"user", UserContext>("user")

const personal = (name: string) =>
  u.from([any(name)], (x, value) => {
    if (isBlank(value)) return
    if (x.context.keepPersonalFields) x.keep(name, value)
    else x.note(Consequence.codeOf(declared.personalDropped, `user.${name}`))
  })

/** A user of a users file. */
export const user: RawRecord.Table<Entity.Entity<"user">, UserContext> = u.table(
  {
    id: field(Read.userId, "user_id").orReject(declared.missingId.code, "user_id is missing or empty"),
    name: field(Read.text, "nickname"),
    imageUrl: u.from([field(Read.text, "profile_url")], (x, url) => urlOf(url, x.context)),
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
    // What is off is said, so that an older record where it was on does not bring it back.
    isBot: field(Read.flag, "is_bot"),
    isDeactivated: u.always(
      [field(Read.flag, "is_active")],
      (x, isActive) => x.context.isInactive === true || isActive === false
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
    also: [personal("phone_number"), personal("discovery_keys")],
    dropped: [
      "is_online",
      "is_created",
      "is_hide_me_from_friends",
      "is_shadow_blocked",
      "state",
      "unread_channel_count",
      "unread_message_count"
    ]
  }
)
