import * as Limits from "../../StreamImportLimits.ts"
import { quotable } from "./finding.ts"
import { type Judge, USER_PATTERN } from "./judge.ts"
import { isZeroTime } from "./readField.ts"

/** Checks the value of a field, which is neither absent nor null. */
export interface Check {
  (value: unknown, pointer: string, judge: Judge): void
  /** The checks for the fields of an object. */
  readonly fields?: ReadonlyMap<string, Check>
  /** The check for the entries of a list. */
  readonly each?: Check
  /** Whether the object may have any other fields. */
  readonly isOpen?: boolean
}

const ofType =
  (type: "string" | "boolean", expected: string): Check =>
  (value, pointer, judge) => {
    if (typeof value !== type) judge.found("field_type", pointer, { expected })
  }

export const text: Check = ofType("string", "string")
export const bool: Check = ofType("boolean", "boolean")

export const time: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else if (!isTime(value)) judge.found("time_invalid", pointer)
  else if (isZeroTime(value)) judge.found("time_zero", pointer)
}

/** A required time: the former validator read the zero time as no time. */
export const neededTime: Check = (value, pointer, judge) => {
  if (judge.dialect === "json-array" && isZeroTime(value)) judge.found("field_required", pointer)
  else time(value, pointer, judge)
}

export const integer: Check = (value, pointer, judge) => {
  if (!Number.isInteger(value)) judge.found("field_type", pointer, { expected: "integer" })
}

/** The id of a user who is defined here, or who need not be in the file. */
export const userId: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else if (!Limits.userId.test(value)) wrongId(value, pointer, judge, 255, USER_PATTERN)
}

export const channelId: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else if (isChannelId(value)) return
  else if (value.startsWith("!members-")) {
    if (judge.settings.distinctIds === "reject" || value.length > 64)
      judge.found("channel_id_distinct", pointer)
  } else wrongId(value, pointer, judge, 64, CHANNEL_PATTERN, "channelID")
}

/** The type in a reference to a channel. Whether the app has the type is checked in the channel itself. */
export const typeName: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else if (!isChannelType(value)) wrongId(value, pointer, judge, 64, CHANNEL_PATTERN)
}

export const channelType: Check = (value, pointer, judge) => {
  typeName(value, pointer, judge)
  if (typeof value !== "string" || !Limits.channelType.test(value)) return
  if (judge.settings.textLengths?.has(value) === false) {
    judge.found("channel_type_unknown", pointer, { value })
  } else if (judge.settings.textLengths === undefined && !CHANNEL_TYPES.has(value)) {
    judge.found("app_setting_unchecked", pointer)
  }
}

export const messageId: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else if (value.length * 3 > Limits.messageIdBytes && Buffer.byteLength(value) > Limits.messageIdBytes) {
    judge.found("field_too_long", pointer, tooLong(pointer, Limits.messageIdBytes))
  } else if (value.includes(",") || value.includes("%"))
    judge.found("id_invalid", pointer, { pattern: "[^,%]*" })
}

export const reactionType: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else if (!Limits.reactionType.test(value)) wrongId(value, pointer, judge, 30, String.raw`^[\w-+:.]*$`)
}

export const deviceId: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else if (Buffer.byteLength(value) > 255) judge.found("field_too_long", pointer, tooLong(pointer, 255))
}

/** One of the given texts. Only some of Stream's pages allow `ambiguous` ones. */
export const oneOf = (allowed: ReadonlyArray<string>, ambiguous: ReadonlyArray<string> = []): Check => {
  const all = new Set(allowed)
  const named = { allowed: allowed.map((one) => `"${one}"`).join(", ") }
  return (value, pointer, judge) => {
    if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
    else if (!all.has(value)) {
      judge.found(ambiguous.includes(value) ? "value_ambiguous" : "value_not_allowed", pointer, named)
    }
  }
}

/** A reference to a user. */
export const user: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else judge.user(value, pointer)
}

/** A reference to a muted user. */
export const mutedUser: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else judge.user(value, pointer, "muted")
}

/** The `type:id` of a channel. */
export const cid: Check = (value, pointer, judge) => {
  if (typeof value !== "string") {
    judge.found("field_type", pointer, { expected: "string" })
  } else if (!CID.test(value)) judge.found("cid_invalid", pointer)
  // Such an id is a hash of the channel's members, which files do not contain.
  else if (!value.includes(":!members-")) {
    const channel = judge.registry.channel(value)
    if (!judge.registry.isChannel(channel)) {
      judge.defer(pointer, {
        what: "channel",
        channel,
        key: value,
        isMuted: true,
        owner: quotable(judge.owner)
      })
    }
  }
}

/** A list whose entries are checked one by one. */
export const list = (
  each: Check,
  { apiLimit = Infinity, min = 0 }: { readonly apiLimit?: number; readonly min?: number } = {}
): Check => {
  const check: Check = (value, pointer, judge) => {
    if (!Array.isArray(value)) {
      judge.found("field_type", pointer, { expected: "array" })
      return
    }
    if (value.length < min && judge.dialect === "jsonl") judge.found("list_empty", pointer)
    if (value.length > apiLimit) judge.found("list_over_api_limit", pointer, { limit: apiLimit })
    for (let i = 0; i < value.length; i++) each(value[i], `${pointer}/${i}`, judge)
  }
  return Object.assign(check, { each })
}

export const teamName: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else if (value.length > 33 && Buffer.byteLength(value) > 100)
    judge.found("list_over_api_limit", pointer, { limit: 100 })
}

export const userRole: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else role(value, pointer, judge, judge.settings.userRoles, USER_ROLES)
}

export const channelRole: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else if (USER_ROLES.has(value)) judge.found("channel_role_of_users", pointer)
  else role(value, pointer, judge, judge.settings.channelRoles, CHANNEL_ROLES)
}

/** An https URL as defined by JSON Schema's `uri`. The former validator did not check it. */
export const url: Check = (value, pointer, judge) => {
  if (typeof value !== "string") judge.found("field_type", pointer, { expected: "string" })
  else if (!URI.test(value) || WRONG_ESCAPE.test(value) || !URL.canParse(value)) {
    if (judge.dialect === "jsonl") judge.found("url_invalid", pointer)
    else judge.found("value_ambiguous", pointer, { allowed: "https URLs" })
  }
}

/** A field's name as a part of a JSON pointer. Names of custom fields may be any text, even long ones. */
export const pointerPart = (name: string): string =>
  name.slice(0, 100).replaceAll("~", "~0").replaceAll("/", "~1")

// internal

const CHANNEL_PATTERN = String.raw`^[\w-]*$`
const CID = /^[\w-]{1,64}:[\w!-]{1,64}$/u
const USER_ROLES: ReadonlySet<string> = new Set(["user", "guest", "anonymous", "admin"])
const CHANNEL_ROLES: ReadonlySet<string> = new Set(["channel_member", "channel_moderator"])
const CHANNEL_TYPES: ReadonlySet<string> = new Set(["messaging", "livestream", "team", "gaming", "commerce"])
const URI = /^https:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/u
const WRONG_ESCAPE = /%(?![\da-f]{2})/iu

const role = (
  value: string,
  pointer: string,
  judge: Judge,
  given: ReadonlySet<string> | undefined,
  builtIn: ReadonlySet<string>
) => {
  if (given === undefined ? builtIn.has(value) : given.has(value)) return
  if (given === undefined) judge.found("app_setting_unchecked", pointer)
  else judge.found("role_unknown", pointer, { value: /^[\w -]{1,64}$/u.test(value) ? value : "…" })
}

const tooLong = (pointer: string, limit: number, label?: string) => ({
  limit,
  unit: "bytes",
  label: label ?? `"${pointer.slice(pointer.lastIndexOf("/") + 1)}"`
})

const wrongId = (
  value: string,
  pointer: string,
  judge: Judge,
  limit: number,
  pattern: string,
  label?: string
) => {
  // An empty id is reported as a missing field.
  if (value === "") return
  if (value.length > limit) judge.found("field_too_long", pointer, tooLong(pointer, limit, label))
  else judge.found("id_invalid", pointer, { pattern })
}

/** Remembers the last text that matched, because items of one channel follow each other. */
const remembering = (pattern: RegExp): ((value: string) => boolean) => {
  let last: string | undefined
  return (value) => {
    if (value === last) return true
    if (!pattern.test(value)) return false
    last = value
    return true
  }
}

const isChannelId = remembering(Limits.channelId)
const isChannelType = remembering(Limits.channelType)

const TIME =
  /^\d{4}-(0[1-9]|1[0-2])-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/u

const isTime = (value: string): boolean => {
  if (!TIME.test(value)) return false
  const day = (value.charCodeAt(8) - 48) * 10 + value.charCodeAt(9) - 48
  if (day <= 28) return day > 0
  const [year, month] = [Number(value.slice(0, 4)), Number(value.slice(5, 7))]
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= (month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31)
}
