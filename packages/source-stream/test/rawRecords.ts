// Raw records as Stream writes them: nested users, odd times, counters, nulls and empty texts.

export const user = (id: string, fields: object = {}) => ({
  id,
  role: "user",
  name: `Name of ${id}`,
  created_at: "2021-02-17T08:17:49.745857Z",
  updated_at: "2021-02-18T08:17:49.74585Z",
  last_active: "2021-02-19T08:17:49.745857123Z",
  banned: false,
  online: false,
  ...fields
})

export const message = (id: string, fields: object = {}) => ({
  id,
  text: `Text of ${id}`,
  html: `<p>Text of ${id}</p>\n`,
  type: "regular",
  user: user("ann"),
  attachments: [],
  latest_reactions: [],
  own_reactions: [],
  reaction_counts: {},
  reaction_scores: {},
  reaction_groups: null,
  reply_count: 0,
  deleted_reply_count: 0,
  cid: "messaging:general",
  created_at: "2021-03-01T10:00:00.12345Z",
  updated_at: "2021-03-01T10:00:00.12345Z",
  shadowed: false,
  mentioned_users: [],
  silent: false,
  pinned: false,
  pinned_at: null,
  pinned_by: null,
  pin_expires: null,
  ...fields
})

export const reaction = (messageId: string, by: string, fields: object = {}) => ({
  message_id: messageId,
  user_id: by,
  user: user(by),
  type: "like",
  score: 1,
  created_at: "2021-03-02T10:00:00.5Z",
  updated_at: "2021-03-02T10:00:00.5Z",
  ...fields
})

export const member = (id: string, fields: object = {}) => ({
  user_id: id,
  user: user(id),
  status: "member",
  created_at: "2021-02-20T00:00:00.000001Z",
  updated_at: "2021-02-20T00:00:00.000001Z",
  banned: false,
  shadow_banned: false,
  role: "member",
  channel_role: "channel_member",
  notifications_muted: false,
  archived_at: null,
  pinned_at: null,
  ...fields
})

export const channel = (id: string, fields: object = {}) => ({
  id,
  type: "messaging",
  cid: `messaging:${id}`,
  created_by: user("ann"),
  created_at: "2021-02-20T00:00:00Z",
  updated_at: "2021-02-21T00:00:00Z",
  last_message_at: "2021-03-01T10:00:00Z",
  frozen: false,
  disabled: false,
  member_count: 2,
  config: { name: "messaging", commands: ["giphy"] },
  auto_translation_language: "",
  name: `Room ${id}`,
  ...fields
})

export const exportedChannel = (id: string, fields: object = {}) => ({
  channel: channel(id),
  messages: [message(`${id}-1`, { cid: `messaging:${id}` })],
  members: [member("ann"), member("bob")],
  ...fields
})
