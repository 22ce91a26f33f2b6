// A small export with every known oddity. All users and texts are fictional.

export const GROUP = "sendbird_group_channel_483424280_ac14e7e8e6d5b3bc2dd3979fb360ad432ae0d6e9"
export const OPEN = "love_movie_142ec6ff_f68e_4561_81d6_8d7c0dfbb584"

export const textMessage = {
  type: "MESG",
  message_id: 10463242990,
  message: "Hello there",
  custom_type: "",
  created_at: 1736855618748,
  channel_url: GROUP,
  updated_at: 0,
  mentioned_users: [],
  mention_type: "users",
  is_removed: false,
  req_id: "rq-01007c01",
  data: "",
  file: {},
  user: {
    user_id: "ada@example.com",
    profile_url: "https://example.com/ada.png",
    nickname: "Ada",
    metadata: {}
  },
  message_survival_seconds: -1,
  silent: false,
  translations: {}
}

export const adminMessage = {
  message_id: 25702381,
  type: "ADMM",
  custom_type: "Movie",
  channel_url: OPEN,
  mention_type: "users",
  mentioned_users: [],
  is_removed: false,
  message: "A new film is out",
  data: "",
  created_at: "2020-08-04 12:00:00-0400",
  updated_at: 0
}

export const groupChannel = {
  name: "Group Channel",
  channel_url: GROUP,
  cover_url: "https://example.com/cover.jpg",
  created_at: 1736855603,
  max_length_message: 5000,
  custom_type: "support",
  is_distinct: true,
  data: "{'path': 'hello'}",
  member_count: 2,
  joined_member_count: 2,
  is_access_code_required: null,
  is_super: false,
  is_broadcast: "true",
  is_public: false,
  freeze: "false",
  is_ephemeral: false,
  unread_message_count: 0,
  message_survival_seconds: -1,
  sms_fallback_wait_seconds: -1,
  members: [
    {
      name: "Ada",
      user_id: "ada@example.com",
      is_active: true,
      image: "https://example.com/a.png",
      is_bot: false
    },
    { name: "Bo", user_id: "bo", is_active: false, image: "", is_bot: true }
  ],
  read_receipt: { "ada@example.com": 1736856656811, gone: 1736856656812, bo: 0 },
  last_message: { message_id: 1, created_at: 1736856656811 }
}

export const groupChannelOfMessages = {
  freeze: true,
  channel_url: GROUP,
  name: "Renamed",
  cover_url: "",
  data: "",
  created_at: 1736855603,
  custom_type: "",
  channel: { channel_url: GROUP },
  is_distinct: false,
  last_message: null,
  members: [
    {
      name: "Ada",
      user_id: "ada@example.com",
      is_active: true,
      nickname: "Ada L",
      profile_url: "",
      metadata: {},
      last_seen_at: 0,
      state: "joined",
      is_online: false,
      role: "operator"
    },
    { user_id: "cy", nickname: null, profile_url: null, state: "invited", role: "" }
  ],
  member_count: 2
}

export const openChannel = {
  name: "Friday night",
  channel_url: OPEN,
  cover_url: "https://example.com/cover.jpg",
  custom_type: "Secret",
  data: "",
  is_ephemeral: false,
  participant_count: 357,
  max_length_message: 5000,
  created_at: 1593501497,
  operators: [{ user_id: "961837", nickname: "Julia", profile_url: "" }],
  freeze: false
}

export const activeUser = {
  has_ever_logged_in: true,
  user_id: "ada@example.com",
  is_active: true,
  profile_url: "https://example.com/ada.png",
  metadata: { font: "mono" },
  last_seen_at: "2020-06-30 17:54:45+0900",
  phone_number: "+1 555 0100",
  nickname: "Ada",
  access_token: "SECRET-TOKEN",
  session_tokens: [{ session_token: "SECRET-SESSION", scopes: ["chat"] }, { session_token: "SECRET-TOO" }]
}

export const failedWebhook = {
  webhook_url: "https://example.com/notifications",
  status_code: 400,
  request_body: '{"category":"group_channel:message_send","app_id":"X"}',
  time_millis: 1596567595437
}

/** The whole export as files; `messages` messages are distributed over channels of very different sizes. */
export const exportFiles = (messages: number) => {
  const files: Record<string, object> = {
    "users/active_users.json": { active_users: [activeUser, { user_id: "bo" }] },
    "users/inactive_users.json": { inactive_users: [{ user_id: "cy", is_active: true }] },
    // Large enough for batches to end inside it, with nothing after them that identifies the file.
    "users/many.json": {
      active_users: Array.from({ length: 1500 }, (_, i) => ({
        user_id: `many-${i}`,
        nickname: `Somebody ${i}`
      }))
    },
    "channels/group.json": { group_channels: [groupChannel] },
    "channels/open.json": { open_channels: [openChannel] },
    "webhooks/1.json": {
      failed_webhooks: [failedWebhook, { ...failedWebhook, time_millis: 1 + failedWebhook.time_millis }]
    },
    "messages/open.json": { channel: openChannel, messages: [adminMessage, { message_id: 1 }, "none"] }
  }
  let id = 1
  for (let channel = 0; id < messages; channel++) {
    const url = `c_${channel}`
    const list: Array<object> = []
    const size = Math.min(messages - id, 1 + ((channel * 7919) % 400))
    for (let i = 0; i <= size; i++) {
      const extra =
        i % 11 === 0 ? { reactions: [{ key: "ok", user_ids: ["bo", "cy"], updated_at: 1736855618748 }] } : {}
      // Some do not name their channel, which comes after them.
      const own = i % 13 === 0 ? { channel_url: undefined } : { channel_url: url }
      list.push({
        ...textMessage,
        message_id: id++,
        message: `text ${"é".repeat(i % 50)} ${id}`,
        ...own,
        ...extra
      })
    }
    files[`messages/${channel}.json`] = {
      messages: list,
      channel: { ...groupChannelOfMessages, channel_url: url }
    }
  }
  return files
}
