// What Sendbird calls the same thing in different places: its exports, its Platform API, and what only its own SDKs still
// read. JSON and CSV know them from here alone, and of several in one record the first that says something counts.

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

/** Of a file, inside its own object or beside the message; `type` is that of the message there. */
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
