/** An export of Stream with every trap that is known. */
import { createHash } from "node:crypto"
import * as Rooms from "../packages/source-stream/test/rooms.ts"

const distinctOf = (ids: ReadonlyArray<string>) =>
  `!members-${createHash("sha512-256").update(ids.join(",")).digest("base64url")}`

const DISTINCT = distinctOf(["ann", "bob"])
/** Someone has left since. */
const LEFT = distinctOf(["ann", "bob", "cleo"])

const room = (id: string, messages: ReadonlyArray<object>, fields: object = {}) => ({
  channel: Rooms.channel(id, fields),
  messages: messages.map((one) => ({ ...one, cid: `messaging:${id}` })),
  members: [Rooms.member("ann"), Rooms.member("bob")],
  read: [{ user: Rooms.user("bob"), last_read: "2021-03-03T00:00:00.123456Z", unread_messages: 0 }]
})

export const traps = [
  room("general", [
    Rooms.message("m1", {
      mentioned_users: [Rooms.user("bob"), Rooms.user("dora")],
      parent_id: "",
      quoted_message_id: "",
      show_in_channel: false,
      pinned: false,
      pinned_by: Rooms.user("bob"),
      pinned_at: "2021-03-04T00:00:00Z",
      reply_count: 1,
      command: "giphy",
      latest_reactions: [Rooms.reaction("m1", "bob"), Rooms.reaction("m1", "ann", { type: "wow" })],
      own_reactions: [Rooms.reaction("m1", "bob")],
      reaction_counts: { like: 12, wow: 1 }
    }),
    Rooms.message("m2", { type: "reply", parent_id: "m1", show_in_channel: true }),
    Rooms.message("m3", { quoted_message_id: "m1", quoted_message: Rooms.message("m1") }),
    Rooms.message("m4", { type: "deleted", deleted_at: "2021-03-05T00:00:00Z", text: "gone" }),
    Rooms.message("m5", {
      pinned: true,
      pinned_at: "2021-03-05T00:00:00Z",
      pinned_by: Rooms.user("ann"),
      pin_expires: null
    }),
    Rooms.message("m6", { type: "ephemeral" }),
    Rooms.message("m7", { type: "error" }),
    Rooms.message("m8", { type: "system", user: Rooms.user("ann") }),
    Rooms.message("m9", {
      attachments: [
        {
          type: "image",
          image_url: "https://eu.stream-io-cdn.com/1/images/a.png?Key-Pair-Id=K&Policy=P&Signature=S",
          fallback: "a.png",
          actions: null
        },
        { type: "file", asset_url: "http://example.com/a.pdf", title: "a.pdf", file_size: 12 }
      ]
    })
  ]),
  room(DISTINCT, [Rooms.message("d1")]),
  room(LEFT, [Rooms.message("l1")])
]
