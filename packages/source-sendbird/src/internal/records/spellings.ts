// The names of the same field in different places: Sendbird's exports, its Platform API, and the names that only its SDKs
// still read. JSON and CSV share these lists. If a record has several spellings, the first one with a value is used.

type Names = readonly [string, ...Array<string>]

const of = <const S extends { readonly [thing: string]: Names }>(spellings: S): S => spellings

export const user = of({
  id: ["user_id", "guest_id"],
  name: ["nickname", "name"],
  image: ["profile_url", "image"]
})

export const channel = of({
  createdBy: ["created_by", "creator"],
  isFrozen: ["freeze", "is_frozen"],
  latestPinned: ["latest_pinned_message", "last_pinned_message"]
})

export const member = of({
  joinedAt: ["joined_ts", "joined_at"]
})

export const message = of({
  // A notification may have the message id 0.
  id: ["notification_message_id", "message_id", "msg_id"],
  type: ["type", "message_type"],
  createdAt: ["created_at", "ts"],
  data: ["data", "custom"],
  isReplyShown: ["is_reply_to_channel", "reply_to_channel"],
  metaArray: ["sorted_metaarray", "meta_arrays", "meta_array"],
  reactions: ["reactions", "reactions_summary"],
  requestId: ["req_id", "request_id"]
})

/** Fields of a file, in its own object or beside the message, where `type` is the type of the message. */
export const file = of({
  url: ["url", "file_url"],
  name: ["name", "file_name"],
  size: ["size", "file_size"],
  mimeType: ["type", "file_type", "mime_type"]
})

export const reaction = of({
  users: ["sampled_user_ids", "user_ids"],
  createdAt: ["last_ts", "updated_at"]
})
