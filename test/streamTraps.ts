/** An export of Stream with every trap that is known. */
import { createHash } from "node:crypto"
import * as Raw from "../packages/source-stream/test/rawRecords.ts"

const distinctOf = (ids: ReadonlyArray<string>) =>
  `!members-${createHash("sha512-256").update(ids.join(",")).digest("base64url")}`

const DISTINCT = distinctOf(["ann", "bob"])
/** Someone has left since. */
const LEFT = distinctOf(["ann", "bob", "cleo"])

const exported = (id: string, messages: ReadonlyArray<object>, fields: object = {}) => ({
  channel: Raw.channel(id, fields),
  messages: messages.map((one) => ({ ...one, cid: `messaging:${id}` })),
  members: [Raw.member("ann"), Raw.member("bob")],
  read: [{ user: Raw.user("bob"), last_read: "2021-03-03T00:00:00.123456Z", unread_messages: 0 }]
})

export const traps = [
  exported("general", [
    Raw.message("m1", {
      mentioned_users: [Raw.user("bob"), Raw.user("dora")],
      parent_id: "",
      quoted_message_id: "",
      show_in_channel: false,
      pinned: false,
      pinned_by: Raw.user("bob"),
      pinned_at: "2021-03-04T00:00:00Z",
      reply_count: 1,
      command: "giphy",
      latest_reactions: [Raw.reaction("m1", "bob"), Raw.reaction("m1", "ann", { type: "wow" })],
      own_reactions: [Raw.reaction("m1", "bob")],
      reaction_counts: { like: 12, wow: 1 }
    }),
    Raw.message("m2", { type: "reply", parent_id: "m1", show_in_channel: true }),
    Raw.message("m3", { quoted_message_id: "m1", quoted_message: Raw.message("m1") }),
    Raw.message("m4", { type: "deleted", deleted_at: "2021-03-05T00:00:00Z", text: "gone" }),
    Raw.message("m5", {
      pinned: true,
      pinned_at: "2021-03-05T00:00:00Z",
      pinned_by: Raw.user("ann"),
      pin_expires: null
    }),
    Raw.message("m6", { type: "ephemeral" }),
    Raw.message("m7", { type: "error" }),
    Raw.message("m8", { type: "system", user: Raw.user("ann") }),
    Raw.message("m9", {
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
  exported(DISTINCT, [Raw.message("d1")]),
  exported(LEFT, [Raw.message("l1")])
]
