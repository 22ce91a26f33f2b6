import { Consequence, type Entity, type Leftovers } from "@chatferry/core"
import { type Bag, custom, keep, TOO_DEEP, TOO_DEEP_MESSAGE } from "../bag.ts"
import { declared } from "../consequences.ts"
import { flag, isBlank, isFlag, isListOf, isNothing, isText, list, text, userId, type Wire } from "../wire.ts"
import { type Context, setTime, urlOf } from "./context.ts"

/** A user of a users file. `isInactive`: it is the file of deactivated ones. */
export const user = (wire: Wire, isInactive: boolean, context: Context): void => {
  const { out } = context
  const id = userId(wire.user_id)
  if (id === undefined)
    return out.reject("user", declared.missingId.code, "user_id is missing or empty", wire)
  const draft: Entity.Draft<Entity.Entity<"user">> = { _tag: "user", id }
  let bag: Bag | undefined
  const name = text(wire.nickname)
  if (name !== undefined) draft.name = name
  const imageUrl = urlOf(wire.profile_url, context)
  if (imageUrl !== undefined) draft.imageUrl = imageUrl
  bag = setLanguage(draft, wire)
  // What is off is said, so that an older record where it was on does not bring it back.
  const isBot = flag(wire.is_bot)
  if (isBot !== undefined) draft.isBot = isBot
  draft.isDeactivated = isInactive || flag(wire.is_active) === false
  bag = setTime(draft, "createdAt", wire, "created_at", bag, "user", context)
  bag = setTime(draft, "lastSeenAt", wire, "last_seen_at", bag, "user", context)
  if (!isNothing(wire.metadata)) bag = keep(bag, "metadata", wire.metadata)
  if (wire.has_ever_logged_in !== undefined) bag = keep(bag, "has_ever_logged_in", wire.has_ever_logged_in)
  if (flag(wire.require_auth_for_profile_image) === true)
    bag = keep(bag, "require_auth_for_profile_image", true)
  for (const field of PERSONAL) {
    if (isBlank(wire[field])) continue
    if (context.keepPersonalFields) bag = keep(bag, field, wire[field])
    else out.note(Consequence.codeOf(declared.personalDropped, `user.${field}`))
  }
  bag = context.rest(FIELDS).into(bag, wire)
  if (bag === TOO_DEEP) return out.reject("user", declared.tooDeep.code, TOO_DEEP_MESSAGE, wire)
  if (bag !== undefined) draft.custom = custom(bag, "user", out)
  out.push(draft)
}

// internal

const PERSONAL = ["phone_number", "discovery_keys"]

const FIELDS: Leftovers.Fields = {
  kind: "user",
  readable: {
    nickname: isText,
    profile_url: isText,
    preferred_languages: isListOf(isText),
    locale: isText,
    is_bot: isFlag,
    is_active: isFlag,
    require_auth_for_profile_image: isFlag
  },
  read: [
    "user_id",
    "nickname",
    "profile_url",
    "preferred_languages",
    "locale",
    "is_bot",
    "is_active",
    "created_at",
    "last_seen_at",
    "metadata",
    "has_ever_logged_in",
    "require_auth_for_profile_image",
    ...PERSONAL
  ],
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

const setLanguage = (draft: Entity.Draft<Entity.Entity<"user">>, wire: Wire): Bag | undefined => {
  const preferred = list(wire.preferred_languages)
  const locale = text(wire.locale)
  const language = text(preferred[0]) ?? locale
  if (language !== undefined) draft.language = language
  let bag: Bag | undefined
  if (preferred.length > 1) bag = keep(bag, "preferred_languages", preferred)
  if (locale !== undefined && locale !== language) bag = keep(bag, "locale", locale)
  return bag
}
