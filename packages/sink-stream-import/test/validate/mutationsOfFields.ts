import {
  array,
  ban,
  channel,
  device,
  lines,
  member,
  memberOf,
  message,
  reaction,
  set,
  user
} from "./files.ts"
import { inLines, inArray, withUsers, AT, type Pairs } from "./pair.ts"

const attachments = (count: number) => Array.from({ length: count }, () => ({ type: "x" }))
/** Pairs for the rules of fields. */
export const ofFields: Pairs = {
  field_required: [
    { bad: lines(["user", {}]), good: lines(user()), at: "/data/id" },
    { bad: lines(user("")), good: lines(user()), at: "/data/id" },
    { bad: array(["user", { id: null }]), good: array(user()), at: "/item/id" },
    { bad: lines(user(), ["channel", { id: "x", created_by: "ada" }]), good: inLines(), at: "/data/type" },
    { bad: inLines(message("m1", { user: undefined })), good: inLines(message()), at: "/data/user" },
    {
      bad: inLines(message(undefined, { id: undefined })),
      good: inArray(message("m", { id: undefined })),
      at: "/data/id"
    },
    { bad: inLines(message(), reaction({ created_at: undefined })), good: inLines(message(), reaction()) },
    {
      bad: inLines(message("m", { attachments: [{ title: "x" }] })),
      good: inLines(message("m", { attachments: [{ type: "x" }] })),
      at: "/data/attachments/0/type"
    },
    { bad: lines(user(), device({ push_provider_type: undefined })), good: lines(user(), device()) },
    { bad: lines(user(), ban({ created_by: undefined })), good: lines(user(), ban()) }
  ],
  field_required_by_some: [
    { bad: lines(user(), device({ push_provider_name: undefined })), good: lines(user(), device()) }
  ],
  character_ambiguous: [
    {
      bad: inLines(message("m", { text: "a\0b" })),
      good: inLines(message("m", { text: "a\u0001b \\u0000 👍" })),
      at: "/data/text"
    },
    {
      bad: inArray(message("m", { order: { lines: [{ "no\ud83d": 1 }] } })),
      good: inArray(message("m", { order: { lines: [{ no: "\u2028" }] } })),
      at: "/item/order"
    }
  ],
  field_null: [
    {
      bad: inLines(message("m", { deleted_at: null })),
      good: inArray(message("m", { deleted_at: null })),
      at: "/data/deleted_at"
    },
    {
      bad: inLines(member("ada", { last_read: null })),
      good: inLines(member("ada", { invite_accepted_at: null }))
    },
    {
      bad: lines(user("a", { privacy_settings: { read_receipts: null } })),
      good: lines(user("a", { privacy_settings: {} }))
    }
  ],
  field_type: [
    {
      bad: lines(user("a", { invisible: "yes" })),
      good: lines(user("a", { invisible: true })),
      at: "/data/invisible"
    },
    { bad: lines(user("a", { teams: "t" })), good: lines(user("a", { teams: ["t"] })), at: "/data/teams" },
    { bad: lines(user("a", { teams: [1] })), good: lines(user("a", { teams: ["1"] })), at: "/data/teams/0" },
    { bad: lines(["user", { id: 5 }]), good: lines(user("5")), at: "/data/id" },
    { bad: lines(user("a", { push_preferences: 1 })), good: lines(user("a", { push_preferences: {} })) },
    {
      bad: lines(user("a", { teams_role: { t: 1 } })),
      good: lines(user("a", { teams_role: { t: "x" } })),
      at: "/data/teams_role/t"
    },
    { bad: inLines(message("m", { text: 1 })), good: inLines(message("m", { text: "1" })) },
    {
      bad: inLines(message("m", { attachments: [null] })),
      good: inLines(message("m", { attachments: [] })),
      at: "/data/attachments/0"
    },
    {
      bad: inLines(message("m", { created_at: 1485910800000 })),
      good: inLines(message("m", { created_at: AT }))
    },
    {
      bad: inArray(channel("c", { frozen: 1 })),
      good: inArray(channel("c", { frozen: false })),
      at: "/item/frozen"
    }
  ],
  field_too_long: [
    { bad: lines(user("a".repeat(256))), good: lines(user("a".repeat(255))) },
    { bad: inLines(channel("a".repeat(65))), good: inLines(channel("a".repeat(64))) },
    { bad: inLines(channel("c", { type: "a".repeat(65) })), good: inLines(channel("c", { type: "team" })) },
    { bad: inLines(message("é".repeat(128))), good: inLines(message("é".repeat(127))) },
    {
      bad: inLines(message(), reaction({ type: "a".repeat(31) })),
      good: inLines(message(), reaction({ type: "a".repeat(30) }))
    },
    {
      bad: lines(user(), device({ id: "a".repeat(256) })),
      good: lines(user(), device({ id: "a".repeat(255) }))
    }
  ],
  field_reserved: [
    {
      bad: lines(user("a", { online: true })),
      good: lines(user("a", { on_line: true })),
      at: "/data/online"
    },
    { bad: inLines(channel("c", { members: [] })), good: inLines(channel("c")) },
    { bad: inLines(message("m", { reply_count: 1 })), good: inLines(message("m")) },
    { bad: inLines(message(), reaction({ user: {} })), good: inLines(message(), reaction()) }
  ],
  field_ignored: [
    {
      bad: inArray(device({ model: "x" })),
      good: inArray(device({ disabled: true, disabled_reason: "expired" })),
      besides: ["item_type_ambiguous"],
      at: "/item/model"
    }
  ],
  id_empty: [
    {
      bad: withUsers(set(["ada"], { id: "" }), memberOf(["ada"], "ada")),
      good: withUsers(set(["ada"]), memberOf(["ada"], "ada")),
      at: "/data/id"
    },
    {
      bad: withUsers(set(["ada"]), memberOf(["ada"], "ada"), [
        "message",
        { id: "m", channel_type: "messaging", channel_id: "", channel_member_ids: ["ada"], user: "ada" }
      ]),
      good: array(user(), set(["ada"], { id: "" }), memberOf(["ada"], "ada"))
    }
  ],
  time_zero: [
    {
      bad: lines(user("a", { deactivated_at: "0001-01-01T00:00:00Z" })),
      good: lines(user("a", { deactivated_at: "0001-01-01T00:00:01Z" })),
      at: "/data/deactivated_at"
    },
    {
      bad: inLines(message(), reaction({ created_at: "0001-01-01T00:00:00Z" })),
      good: inLines(message(), reaction())
    }
  ],
  field_not_allowed: [
    { bad: lines(user(), device({ model: "x" })), good: lines(user(), device()), at: "/data/model" },
    { bad: lines(user(), ban({ custom: 1 })), good: lines(user(), ban({ reason: "x" })) },
    {
      bad: lines(user("a", { push_preferences: { x: 1 } })),
      good: lines(user("a", { push_preferences: { chat_level: "all" } })),
      at: "/data/push_preferences/x"
    }
  ],
  field_ambiguous: [
    {
      bad: inLines(member("ada", { pinned_at: AT })),
      good: inLines(member("ada", { put_first_at: AT }))
    },
    { bad: inLines(message(), reaction({ score: 2 })), good: inLines(message(), reaction({ points: 2 })) },
    {
      bad: inLines(message("m", { attachments: [{ type: "x", custom: {} }] })),
      good: inLines(message("m", { attachments: [{ type: "x" }] }))
    },
    {
      bad: inLines(message("m", { attachments: [{ type: "x", actions: [] }] })),
      good: inLines(message("m", { attachments: [{ type: "x", own: [] }] })),
      at: "/data/attachments/0/actions"
    },
    {
      bad: inArray(message("m", { custom: {} })),
      good: inArray(message("m", { customs: {} }))
    }
  ],
  field_of_other_dialect: [
    { bad: lines(user("a", { updated_at: AT })), good: array(user("a", { updated_at: AT })) },
    { bad: inArray(channel("c", { truncated_at: AT })), good: inLines(channel("c", { truncated_at: AT })) }
  ],
  id_invalid: [
    { bad: lines(user("a.b")), good: lines(user("a@b-c_D9")) },
    { bad: lines(user("é")), good: lines(user("e")) },
    { bad: inLines(channel("a b")), good: inLines(channel("a_b")) },
    { bad: inLines(message("a,b")), good: inLines(message("a b")) },
    { bad: inLines(message("50%")), good: inLines(message("50")) },
    {
      bad: inLines(message(), reaction({ type: "👍" })),
      good: inLines(message(), reaction({ type: "+1:x.y-z" }))
    },
    {
      bad: inLines(message("m", { mentioned_users_ids: ["a b"] })),
      good: inLines(message("m", { mentioned_users_ids: ["ada"] })),
      at: "/data/mentioned_users_ids/0"
    }
  ],
  cid_invalid: [
    {
      bad: inLines().replace('"id":"ada"', '"id":"ada","channel_mutes":["hall"]'),
      good: inLines().replace('"id":"ada"', '"id":"ada","channel_mutes":["messaging:hall"]'),
      at: "/data/channel_mutes/0"
    }
  ],
  time_invalid: [
    "2020-01-02",
    "2020-13-01T00:00:00Z",
    "2021-02-29T00:00:00Z",
    "2020-01-02T24:00:00Z",
    "2020-01-02T03:04:05"
  ].map((created_at) => ({
    bad: lines(user("a", { created_at })),
    good: lines(user("a", { created_at: "2020-02-29T23:59:59.123456789-11:30" })),
    at: "/data/created_at"
  })),
  value_not_allowed: [
    {
      bad: inLines(message("m", { type: "error" })),
      good: inLines(message("m", { type: "system" })),
      at: "/data/type"
    },
    {
      bad: lines(user(), device({ push_provider_type: "x" })),
      good: lines(user(), device({ push_provider_type: "xiaomi" }))
    },
    {
      bad: lines(user("a", { push_preferences: { chat_level: "some" } })),
      good: lines(user("a", { push_preferences: { chat_level: "none", disabled_until: AT } }))
    }
  ],
  value_ambiguous: [
    { bad: inLines(message("m", { type: "" })), good: inLines(message("m", { type: "regular" })) },
    { bad: inArray(message("m", { type: "blocked" })), good: inArray(message("m", { type: "system" })) },
    {
      bad: inArray(message("m", { attachments: [{ type: "x", image_url: "http://a.b/c" }] })),
      good: inArray(message("m", { attachments: [{ type: "x", image_url: "https://a.b/c" }] }))
    }
  ],
  list_empty: [
    {
      bad: lines(user(), set([])),
      good: withUsers(set(["ada"]), memberOf(["ada"], "ada")),
      at: "/data/member_ids"
    }
  ],
  list_repeats: [
    {
      bad: lines(user(), set(["ada", "ada"]), memberOf(["ada", "ada"], "ada")),
      good: lines(user(), set(["ada"]), memberOf(["ada"], "ada"))
    }
  ],
  list_over_api_limit: [
    {
      bad: lines(user("a", { teams: Array.from({ length: 251 }, (_, i) => `t${i}`) })),
      good: lines(user("a", { teams: Array.from({ length: 250 }, (_, i) => `t${i}`) }))
    },
    {
      bad: lines(user("a", { teams: ["t".repeat(101)] })),
      good: lines(user("a", { teams: ["t".repeat(100)] }))
    }
  ],
  url_invalid: [
    "http://a.b/c",
    "https://a b/c",
    "https://",
    "https://a.b/%zz",
    "https://a.b/é",
    "ftp://a.b"
  ].map((url) => ({
    bad: inLines(message("m", { attachments: [{ type: "x", asset_url: url }] })),
    good: inLines(message("m", { attachments: [{ type: "x", asset_url: "https://a.b/%C3%A9?x=[1]#y" }] })),
    at: "/data/attachments/0/asset_url"
  })),
  attachments_too_many: [
    {
      bad: inLines(message("m", { attachments: attachments(31) })),
      good: inLines(message("m", { attachments: attachments(30) }))
    }
  ],
  attachments_over_api_limit: [
    {
      bad: inLines(message("m", { attachments: [{ type: "x", text: "x".repeat(5120) }] })),
      good: inLines(message("m", { attachments: [{ type: "x", text: "x".repeat(5000) }] }))
    }
  ],
  text_too_long: [
    {
      bad: inLines(message("m", { text: "x".repeat(20_001) })),
      good: inLines(message("m", { text: "x".repeat(5000) }))
    },
    {
      bad: inLines(message("m", { text: "😀".repeat(11) })),
      good: inLines(message("m", { text: "😀".repeat(10) })),
      settings: { app: { channelTypes: { messaging: { maxMessageLength: 10 } } } },
      at: "/data/text"
    },
    {
      bad: inLines(message("m", { text: "x".repeat(5001) })),
      good: inLines(message("m", { text: "x".repeat(5000) })),
      settings: { app: { channelTypes: { messaging: {} } } }
    }
  ],
  text_over_default: [
    {
      bad: inLines(message("m", { text: "😀".repeat(5001) })),
      good: inLines(message("m", { text: "😀".repeat(5000) }))
    }
  ],
  custom_too_large: [
    { bad: lines(user("a", { x: "x".repeat(5113) })), good: lines(user("a", { x: "x".repeat(4992) })) },
    { bad: lines(user("a", { x: "\u0001".repeat(900) })), good: lines(user("a", { x: "x".repeat(900) })) },
    {
      bad: lines(user("a", { x: "123456" })),
      good: lines(user("a", { x: "12345" })),
      settings: { customBytes: 13 }
    },
    {
      bad: inLines(message("m", { attachments: [{ type: "x", own: "x".repeat(5200) }] })),
      good: inLines(message("m", { attachments: [{ type: "x", own: "x".repeat(4900) }] })),
      at: "/data/attachments/0",
      besides: ["attachments_over_api_limit"]
    }
  ],
  custom_size_ambiguous: [
    { bad: lines(user("a", { x: "x".repeat(4993) })), good: lines(user("a", { x: "x".repeat(4992) })) },
    { bad: lines(user("a", { x: "x".repeat(5112) })), good: lines(user("a", { x: "x".repeat(4992) })) }
  ]
}
