// The records of an export with field names that only Sendbird's own SDKs still read. The content is the same.
import type { RawObject } from "./platform.ts"

/** The field names of records: those of exports, or the oldest ones. */
export interface Spelling {
  readonly message: (record: RawObject) => RawObject
  readonly channel: (record: RawObject) => RawObject
  readonly user: (record: RawObject) => RawObject
}

const same = (record: RawObject): RawObject => record

export const usual: Spelling = { message: same, channel: same, user: same }

/** Column names in the oldest spelling. */
export const COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  message: {
    message_id: "msg_id",
    created_at: "ts",
    data: "custom",
    is_reply_to_channel: "reply_to_channel",
    user_id: "sender_id",
    file_url: "url",
    file_name: "name",
    file_size: "size",
    file_type: "mime_type",
    sorted_metaarray: "meta_arrays",
    reactions: "reactions_summary"
  },
  channel: { freeze: "is_frozen", latest_pinned_message: "last_pinned_message" },
  user: { user_id: "guest_id", nickname: "name", profile_url: "image" }
}

const person = (value: unknown): unknown => {
  if (!isObject(value)) return value
  const { name: _same, nickname, profile_url: picture, user_id: id, image, ...rest } = value
  const name = nickname ?? _same
  const shown = picture ?? image
  return {
    guest_id: id,
    ...(name !== undefined && { name }),
    ...(shown !== undefined && { image: shown }),
    ...rest
  }
}

const persons = (value: unknown): unknown => (Array.isArray(value) ? value.map(person) : value)

const message = (record: RawObject): RawObject => {
  const {
    channel_url: url,
    created_at: at,
    data,
    file,
    is_reply_to_channel: isShown,
    mentioned_users: mentioned,
    message_id: id,
    reactions,
    sorted_metaarray: metaArray,
    thumbnails,
    type,
    user,
    ...rest
  } = record
  const one = isObject(file) && file.url !== undefined ? file : undefined
  return {
    msg_id: id,
    ts: at,
    custom: data,
    channel: { channel_url: url, channel_type: "group" },
    type: one !== undefined ? one.type : type === "ADMM" ? "BRDM" : type,
    ...(user !== undefined && { user: person(user) }),
    ...(isShown !== undefined && { reply_to_channel: isShown }),
    ...(mentioned !== undefined && { mentioned_users: persons(mentioned) }),
    ...(one !== undefined && { url: one.url, name: one.name, size: one.size }),
    ...(one?.require_auth === true && { require_auth: true }),
    ...(Array.isArray(thumbnails) && { thumbnails: addressesOf(thumbnails as ReadonlyArray<RawObject>) }),
    ...(Array.isArray(metaArray) && byKey(metaArray as ReadonlyArray<RawObject>)),
    ...(Array.isArray(reactions) && {
      reactions_summary: (reactions as ReadonlyArray<RawObject>).map(summary)
    }),
    ...rest
  }
}

/** Largest first, since their sizes are not given. */
const addressesOf = (thumbnails: ReadonlyArray<RawObject>): ReadonlyArray<unknown> =>
  thumbnails.toSorted((a, b) => areaOf(b) - areaOf(a)).map(({ url }) => url)

const areaOf = ({ real_height: height, real_width: width }: RawObject) => Number(width) * Number(height)

const byKey = (metaArray: ReadonlyArray<RawObject>) => ({
  metaarray: Object.fromEntries(metaArray.map(({ key, value }) => [key, value])),
  metaarray_key_order: metaArray.map(({ key }) => key)
})

const summary = ({ key, updated_at: at, user_ids: users }: RawObject): RawObject => ({
  key,
  sampled_user_ids: users,
  count: (users as ReadonlyArray<string>).length,
  is_self_included: false,
  last_ts: at
})

const channel = (record: RawObject): RawObject => {
  const {
    freeze,
    last_message: last,
    latest_pinned_message: pinned,
    members,
    metadata,
    operators,
    ...rest
  } = record
  return {
    is_frozen: freeze,
    ...(members !== undefined && { members: persons(members) }),
    ...(operators !== undefined && { operators: persons(operators) }),
    ...(metadata !== undefined && { metadata: JSON.stringify(metadata) }),
    ...(isObject(pinned) && { last_pinned_message: { msg_id: pinned.message_id } }),
    ...(last !== undefined && { last_message: isObject(last) ? message(last) : last }),
    ...rest
  }
}

const isObject = (value: unknown): value is RawObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const old: Spelling = { message, channel, user: (record) => person(record) as RawObject }
