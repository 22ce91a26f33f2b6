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

/** Pairs for the rules of items and references. */
export const ofItems: Pairs = {
  channel_identity_both: [{ bad: lines(user(), channel("c", { member_ids: ["ada"] })), good: inLines() }],
  channel_identity_missing: [{ bad: lines(user(), channel("")), good: inLines() }],
  channel_id_distinct: [
    {
      bad: lines(user(), channel("!members-abc")),
      good: lines(user(), channel("members-abc")),
      at: "/data/id"
    },
    {
      bad: inArray(message("m", { channel_id: "!members-abc" })),
      good: inArray(message("m"))
    }
  ],
  muted_user_unknown: [
    {
      bad: lines(user("ada", { user_mutes: ["mick"] })),
      good: withUsers(["user", { id: "cleo", user_mutes: ["ada"] }]),
      at: "/data/user_mutes/0"
    }
  ],
  channel_reference_both: [
    { bad: inLines(message("m", { channel_member_ids: ["ada"] })), good: inLines(message("m")) },
    { bad: inLines(member("ada", { channel_member_ids: ["ada"] })), good: inLines(member()) }
  ],
  channel_reference_missing: [
    { bad: inLines(message("m", { channel_id: undefined })), good: inLines(message("m")) },
    { bad: inArray(member("ada", { channel_id: null })), good: inArray(member()) }
  ],
  invite_date_without_invite: [
    {
      bad: inLines(member("ada", { invite_accepted_at: AT })),
      good: inLines(member("ada", { invited: true, invite_accepted_at: AT })),
      at: "/data/invite_accepted_at"
    },
    {
      bad: inLines(member("ada", { invited: false, invite_rejected_at: AT })),
      good: inLines(member("ada", { invited: true, invite_rejected_at: AT }))
    }
  ],
  reply_without_parent: [
    {
      bad: inLines(message("m", { type: "reply" })),
      good: inLines(message("m"), message("n", { type: "reply", parent_id: "m" }))
    }
  ],
  parent_without_reply_type: [
    {
      bad: inLines(message("m"), message("n", { parent_id: "m" })),
      good: inArray(message("m"), message("n", { parent_id: "m" }))
    }
  ],
  show_in_channel_without_parent: [
    {
      bad: inLines(message("m", { show_in_channel: false })),
      good: inLines(message("m"), message("n", { type: "reply", parent_id: "m", show_in_channel: false }))
    }
  ],
  deleted_without_time: [
    {
      bad: inLines(message("m", { type: "deleted" })),
      good: inLines(message("m", { type: "deleted", deleted_at: AT }))
    },
    {
      bad: inArray(message("m", { type: "deleted", deleted_at: null })),
      good: inArray(message("m", { type: "deleted", deleted_at: AT }))
    }
  ],
  deleted_time_without_type: [
    {
      bad: inLines(message("m", { deleted_at: AT })),
      good: inLines(message("m", { type: undefined, deleted_at: AT }))
    },
    {
      bad: inArray(message("m", { type: undefined, deleted_at: AT })),
      good: inArray(message("m", { type: "deleted", deleted_at: AT }))
    }
  ],
  pin_incomplete: [
    {
      bad: inLines(message("m", { pinned_at: AT })),
      good: inLines(message("m", { pinned_at: AT, pinned_by_id: "ada" })),
      at: "/data/pinned_at"
    },
    {
      bad: inLines(message("m", { pinned_by_id: "ada" })),
      good: inLines(message("m")),
      at: "/data/pinned_by_id"
    }
  ],
  pin_expires_without_pin: [
    {
      bad: inLines(message("m", { pin_expires: AT })),
      good: inLines(message("m", { pinned_at: AT, pinned_by_id: "ada", pin_expires: AT }))
    }
  ],
  role_unknown: [
    {
      bad: lines(user("a", { role: "chief" })),
      good: lines(user("a", { role: "user" })),
      settings: { app: { userRoles: ["user"] } },
      at: "/data/role"
    },
    {
      bad: inLines(member("ada", { channel_role: "chief" })),
      good: inLines(member("ada", { channel_role: "boss" })),
      settings: { app: { channelRoles: ["boss"] } }
    }
  ],
  channel_role_of_users: [
    {
      bad: inLines(member("ada", { channel_role: "admin" })),
      good: inLines(member("ada", { channel_role: "channel_moderator" }))
    }
  ],
  channel_type_unknown: [
    {
      bad: lines(user(), channel("c", { type: "hall" })),
      good: inLines(),
      settings: { app: { channelTypes: { messaging: {} } } }
    }
  ],
  app_setting_unchecked: [
    { bad: lines(user("a", { role: "chief" })), good: lines(user("a", { role: "admin" })) },
    {
      bad: lines(user(), channel("c", { type: "hall" })),
      good: lines(user(), channel("c", { type: "gaming" }))
    },
    {
      bad: inLines(member("ada", { channel_role: "boss" })),
      good: inLines(member("ada", { channel_role: "channel_member" }))
    }
  ],

  user_unknown: [
    { bad: lines(user("bob"), channel()), good: inLines(), at: "/data/created_by" },
    { bad: inLines(member("eve")), good: inLines(member("ada")), at: "/data/user_id" },
    { bad: inLines(message("m", { user: "eve" })), good: inLines(message("m")), at: "/data/user" },
    {
      bad: inLines(message("m", { mentioned_users_ids: ["ada", "eve"] })),
      good: inLines(message("m", { mentioned_users_ids: ["ada"] })),
      at: "/data/mentioned_users_ids/1"
    },
    {
      bad: inLines(message("m", { restricted_visibility: ["eve"] })),
      good: inLines(message("m", { restricted_visibility: ["ada"] }))
    },
    {
      bad: inLines(message("m", { pinned_at: AT, pinned_by_id: "eve" })),
      good: inLines(message("m", { pinned_at: AT, pinned_by_id: "ada" })),
      at: "/data/pinned_by_id"
    },
    {
      bad: inLines(message(), reaction({ user_id: "eve" })),
      good: inLines(message(), reaction()),
      at: "/data/user_id"
    },
    {
      bad: inLines(channel("c", { banned_users: ["eve"] })),
      good: inLines(channel("c", { banned_users: ["ada"] })),
      at: "/data/banned_users/0"
    },
    {
      bad: lines(user("a", { blocked_user_ids: ["eve"] })),
      good: lines(user("a", { blocked_user_ids: ["a"] }))
    },
    { bad: lines(user(), device({ user_id: "eve" })), good: lines(user(), device()) },
    { bad: lines(user(), ban({ target_id: "eve" })), good: lines(user(), ban()) },
    {
      bad: [lines(user()), lines(channel("c", { created_by: "eve" })), lines(user("eve"))],
      good: [lines(user()), lines(channel("c"))]
    },
    {
      bad: [array(user()), array(channel())],
      good: [array(user()), array(user(), channel())],
      at: "/item/created_by"
    }
  ],
  channel_unknown: [
    {
      bad: inLines(message("m", { channel_id: "other" })),
      good: inLines(message("m")),
      at: "/data/channel_id"
    },
    { bad: inLines(member("ada", { channel_type: "team" })), good: inLines(member()) },
    {
      bad: withUsers(set(["ada"]), memberOf(["ada"], "ada"), memberOf(["ada", "bob"], "bob")),
      good: withUsers(set(["ada"]), memberOf(["ada"], "ada")),
      at: "/data/channel_member_ids"
    }
  ],
  muted_channel_unknown: [
    {
      bad: inLines().replace('"id":"ada"', '"id":"ada","channel_mutes":["messaging:x"]'),
      good: inLines().replace('"id":"ada"', '"id":"ada","channel_mutes":["messaging:hall"]')
    }
  ],
  message_unknown: [
    { bad: inLines(reaction()), good: inLines(message(), reaction()), at: "/data/message_id" }
  ],
  parent_unknown: [
    {
      bad: inLines(message("n", { type: "reply", parent_id: "m" })),
      good: inLines(message("n", { type: "reply", parent_id: "m" }), message("m")),
      at: "/data/parent_id"
    }
  ],
  parent_is_reply: [
    {
      bad: inLines(
        message("a"),
        message("b", { type: "reply", parent_id: "a" }),
        message("c", { type: "reply", parent_id: "b" })
      ),
      good: inLines(
        message("a"),
        message("b", { type: "reply", parent_id: "a" }),
        message("c", { type: "reply", parent_id: "a" })
      )
    },
    {
      bad: inLines(
        message("c", { type: "reply", parent_id: "b" }),
        message("a"),
        message("b", { type: "reply", parent_id: "a" })
      ),
      good: inLines(message("c", { type: "reply", parent_id: "a" }), message("a"))
    }
  ],
  parent_in_other_channel: [
    {
      bad: inLines(
        channel("c2"),
        message("a"),
        message("b", { type: "reply", parent_id: "a", channel_id: "c2" })
      ),
      good: inLines(channel("c2"), message("a"), message("b", { type: "reply", parent_id: "a" }))
    },
    {
      bad: inLines(
        channel("c2"),
        message("b", { type: "reply", parent_id: "a", channel_id: "c2" }),
        message("a")
      ),
      good: inLines(channel("c2"), message("b", { type: "reply", parent_id: "a" }), message("a"))
    }
  ],
  quoted_message_unknown: [
    {
      bad: inLines(message("m", { quoted_message_id: "q" })),
      good: inLines(message("m", { quoted_message_id: "q" }), message("q"))
    }
  ],
  reference_assumed: [
    { bad: inLines(member("eve")), good: inLines(member()), settings: { references: "app" } },
    { bad: inLines(reaction()), good: inLines(message(), reaction()), settings: { references: "app" } }
  ],
  member_not_in_set: [
    {
      bad: withUsers(set(["ada"]), memberOf(["ada"], "ada"), memberOf(["ada"], "bob")),
      good: withUsers(set(["ada"]), memberOf(["ada"], "ada")),
      at: "/data/user_id"
    }
  ],
  members_missing: [
    {
      bad: withUsers(set(["ada", "bob"]), memberOf(["ada", "bob"], "ada")),
      good: withUsers(set(["ada", "bob"]), memberOf(["bob", "ada"], "ada"), memberOf(["ada", "bob"], "bob")),
      at: "/data/member_ids"
    },
    {
      bad: [withUsers(set(["ada"])), lines(user("c"))],
      good: [withUsers(set(["ada"])), lines(memberOf(["ada"], "ada"))]
    }
  ],
  team_mismatch: [
    {
      bad: lines(user(), channel("hall", { team: "red" }), member()),
      good: lines(user("ada", { teams: ["blue", "red"] }), channel("hall", { team: "red" }), member())
    },
    {
      bad: array(member(), user("ada", { teams: ["blue"] }), channel("hall", { team: "red" })),
      good: array(member(), user("ada", { teams: ["red"] }), channel("hall", { team: "red" }))
    }
  ]
}
