/** A Sendbird export in the shape of a real one. */

// The fields, and which of them are empty, are those of an export of January 2025; the content is fictional.
const url = "sendbird_group_channel_500000001_00112233445566778899aabbccddeeff00112233"
const users = ["rosa", "sven", "tara"]
const picture = (id: string) => `https://img.example.com/${id}.jpg`

const message = (number: number, sender: string, isRemoved = false) => ({
  type: "MESG",
  message_id: 10_000_000_000 + number,
  message: `message ${number} 👋`,
  custom_type: "",
  created_at: 1_736_855_600_000 + number,
  channel_url: url,
  updated_at: 0,
  mentioned_users: [],
  mention_type: "users",
  is_removed: isRemoved,
  req_id: `rq-${number}`,
  data: "",
  file: {},
  user: { user_id: sender, profile_url: picture(sender), nickname: sender, metadata: {} },
  message_survival_seconds: -1,
  silent: false,
  translations: {}
})

const channel = {
  name: "Exports",
  channel_url: url,
  cover_url: "https://img.example.com/cover.jpg",
  created_at: 1_736_855_600,
  max_length_message: 5000,
  custom_type: "",
  is_distinct: false,
  data: "",
  member_count: 3,
  joined_member_count: 3,
  is_access_code_required: false,
  is_super: false,
  is_broadcast: false,
  is_public: false,
  is_discoverable: false,
  freeze: false,
  is_ephemeral: false,
  unread_message_count: 0,
  unread_mention_count: 0,
  message_survival_seconds: -1,
  sms_fallback_wait_seconds: -1,
  sms_fallback_exclude_user_ids: [],
  last_message: message(4, "tara")
}

export const files = {
  "users.json": {
    active_users: users.map((id) => ({
      has_ever_logged_in: true,
      user_id: id,
      is_active: true,
      profile_url: picture(id),
      metadata: {},
      last_seen_at: "1969-12-31 23:59:59+0000",
      nickname: id,
      access_token: "",
      session_tokens: []
    }))
  },
  "channels.json": {
    group_channels: [
      {
        ...channel,
        members: users.map((id) => ({
          name: id,
          user_id: id,
          is_active: true,
          image: picture(id),
          is_bot: false
        })),
        read_receipt: {}
      }
    ]
  },
  "messages.json": {
    messages: [message(1, "rosa"), message(2, "sven"), message(3, "tara", true), message(4, "tara")],
    channel: {
      ...channel,
      channel: { channel_url: url, name: "Exports", created_at: 1_736_855_600, member_count: 3 },
      members: users.map((id) => ({
        name: id,
        user_id: id,
        is_active: true,
        nickname: id,
        profile_url: picture(id),
        metadata: {},
        last_seen_at: 0,
        state: "joined",
        is_online: false,
        role: ""
      }))
    }
  }
}
