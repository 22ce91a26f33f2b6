// A small application for the enrichment.

export const url = (number: number) => `sendbird_group_channel_${number}_0a1b`
const created = 1_600_000_000
/** Numbers below about 1e11 would be seconds. */
export const base = 1_600_000_000_000

export const channelOf = (number: number) => ({
  channel_url: url(number),
  name: `Channel ${number}`,
  created_at: created - number,
  created_by: { user_id: "ada", nickname: "Ada", profile_url: "" },
  is_distinct: false,
  metadata: { floor: String(number) },
  last_message: null
})

export const memberOf = (id: string, role = "") => ({
  user_id: id,
  nickname: id,
  state: "joined",
  role,
  is_muted: id === "bob",
  read_ts: 1_600_000_100_000,
  joined_ts: 1_600_000_000_500
})

/** `at`: milliseconds after `base`. */
export const messageOf = (id: number | string, at: number, more: object = {}) => ({
  type: "MESG",
  message_id: id,
  channel_url: url(1),
  user: { user_id: "ada" },
  message: `message ${id}`,
  created_at: base + at,
  updated_at: 0,
  ...more
})

export const app = {
  users: ["ada", "bob", "cem", "dee", "eva"].map((id, i) => ({
    user_id: id,
    nickname: id,
    is_active: id !== "eva",
    created_at: i % 2 === 0 ? created : created * 1000 + 7,
    access_token: `canary-${id}`,
    session_tokens: [{ session_token: `canary-${id}` }]
  })),
  group: [1, 2, 3, 4, 5].map(channelOf),
  members: {
    [url(1)]: [memberOf("ada", "operator"), memberOf("bob"), memberOf("cem")],
    [url(2)]: [memberOf("ada"), { user_id: "bob" }]
  },
  operators: { [url(2)]: [{ user_id: "ada" }], sendbird_open_channel_1: [{ user_id: "dee" }] },
  messages: {
    [url(1)]: [
      messageOf(1, 100, { reactions: [{ key: "heart", user_ids: ["bob", "cem"], updated_at: base + 150 }] }),
      messageOf(2, 200, { parent_message_id: 1, thread_info: { reply_count: 0 } }),
      messageOf(3, 200),
      messageOf(4, 200, { sorted_metaarray: [{ key: "a", value: ["b"] }] }),
      messageOf(5, 300, { is_removed: true })
    ],
    sendbird_open_channel_1: [messageOf(9, 400, { channel_url: "sendbird_open_channel_1" })]
  },
  open: [{ channel_url: "sendbird_open_channel_1", name: "Lobby", created_at: created, freeze: false }]
}

export const units = ["enrich/users", "enrich/group_channels", "enrich/open_channels"]
