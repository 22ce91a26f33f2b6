import type { Entity } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Raw from "./rawRecords.ts"
import { readFiles } from "./reading.ts"

const CID = "messaging:general"

const exportWith = (fields: object) => ({ "a.json": { ...Raw.exportedChannel("general"), ...fields } })
const oneMessage = (fields: object) => exportWith({ messages: [Raw.message("m", fields)] })
const oneMember = (fields: object) => exportWith({ members: [Raw.member("bob", fields)] })
const oneChannel = (fields: object) => exportWith({ channel: Raw.channel("general", fields) })
const oneUser = (fields: object) => oneChannel({ created_by: Raw.user("zoe", fields) })

/** One field of the selected record, and the relevant notes. */
const field = (files: Parameters<typeof readFiles>[0], kind: Entity.Kind, name: string) =>
  Effect.map(readFiles(files), ({ of, rejected }) => {
    assert.deepStrictEqual(rejected, [])
    const records = of(kind) as ReadonlyArray<object>
    const record = records.find((one) => kind !== "user" || ("id" in one && one.id === "zoe"))
    return (record as Readonly<Record<string, unknown>> | undefined)?.[name]
  })

const NS = "1613549869745857000"

describe("fields", () => {
  it.live.each<{ files: Parameters<typeof readFiles>[0]; kind: Entity.Kind; name: string; is: unknown }>([
    // Times: all digits are kept, numbers are distinguished by magnitude, Go's zero time means no time.
    {
      files: oneMessage({ created_at: "2021-02-17T08:05:03.06666Z" }),
      kind: "message",
      name: "createdAt",
      is: "2021-02-17T08:05:03.06666Z"
    },
    {
      files: oneMessage({ created_at: "2021-02-17T09:05:03.123456789+01:00" }),
      kind: "message",
      name: "createdAt",
      is: "2021-02-17T08:05:03.123456789Z"
    },
    {
      files: oneMessage({ created_at: NS }),
      kind: "message",
      name: "createdAt",
      is: "2021-02-17T08:17:49.745857Z"
    },
    {
      files: { "a.json": JSON.stringify(oneMessage({ created_at: "NS" })["a.json"]).replace('"NS"', NS) },
      kind: "message",
      name: "createdAt",
      is: "2021-02-17T08:17:49.745857Z"
    },
    {
      files: oneMessage({ created_at: 1_613_549_869_745 }),
      kind: "message",
      name: "createdAt",
      is: "2021-02-17T08:17:49.745Z"
    },
    {
      files: oneMessage({ created_at: 1_613_549_869 }),
      kind: "message",
      name: "createdAt",
      is: "2021-02-17T08:17:49Z"
    },
    {
      files: oneMessage({ updated_at: "0001-01-01T00:00:00Z" }),
      kind: "message",
      name: "updatedAt",
      is: undefined
    },
    // Messages
    { files: oneMessage({ type: "deleted" }), kind: "message", name: "isDeleted", is: true },
    {
      files: oneMessage({ deleted_at: "2021-01-01T00:00:00Z" }),
      kind: "message",
      name: "isDeleted",
      is: true
    },
    { files: oneMessage({ type: "system" }), kind: "message", name: "type", is: "system" },
    { files: oneMessage({ type: "reply", parent_id: "p" }), kind: "message", name: "parentId", is: "p" },
    { files: oneMessage({ parent_id: "" }), kind: "message", name: "parentId", is: undefined },
    {
      files: oneMessage({ parent_id: "p", show_in_channel: true }),
      kind: "message",
      name: "isShownInChannel",
      is: true
    },
    {
      files: oneMessage({ show_in_channel: true }),
      kind: "message",
      name: "isShownInChannel",
      is: undefined
    },
    { files: oneMessage({ quoted_message: { id: "q" } }), kind: "message", name: "quotedMessageId", is: "q" },
    {
      files: oneMessage({ mentioned_users: [{ id: "x" }, { id: "x" }, null] }),
      kind: "message",
      name: "mentionedUserIds",
      is: ["x"]
    },
    { files: oneMessage({ mentioned_here: true }), kind: "message", name: "isHereMentioned", is: true },
    {
      files: oneMessage({ mentioned_roles: ["admin", "guide"] }),
      kind: "message",
      name: "mentionedRoles",
      is: ["admin", "guide"]
    },
    {
      files: oneMessage({ type: "card" }),
      kind: "message",
      name: "custom",
      is: { stream: { type: "card" } }
    },
    {
      files: oneMessage({ type: "deleted", deleted_for_me: true, deleted_at: "2021-01-01T00:00:00Z" }),
      kind: "message",
      name: "isDeleted",
      is: undefined
    },
    { files: oneMessage({ mentioned_channel: true }), kind: "message", name: "isChannelMentioned", is: true },
    {
      files: oneMessage({ restricted_visibility: ["x"] }),
      kind: "message",
      name: "visibleToUserIds",
      is: ["x"]
    },
    { files: oneMessage({ shadowed: true }), kind: "message", name: "visibleToUserIds", is: ["ann"] },
    {
      files: oneMessage({ pinned: false, pinned_at: "2021-01-01T00:00:00Z" }),
      kind: "message",
      name: "pinnedAt",
      is: undefined
    },
    {
      files: oneMessage({
        pinned: true,
        pinned_at: "2021-01-01T00:00:00Z",
        pin_expires: "2031-01-01T00:00:00Z"
      }),
      kind: "message",
      name: "pinExpiresAt",
      is: "2031-01-01T00:00:00Z"
    },
    {
      files: oneMessage({ i18n: { language: "en", fr_text: "Salut" } }),
      kind: "message",
      name: "custom",
      is: { stream: { i18n: { language: "en", fr_text: "Salut" } } }
    },
    {
      files: oneMessage({ mood: null, custom: { flat: 1 } }),
      kind: "message",
      name: "custom",
      is: { stream: { flat: 1, mood: null } }
    },
    {
      files: oneMessage({ custom: "mine" }),
      kind: "message",
      name: "custom",
      is: { stream: { custom: "mine" } }
    },
    {
      files: oneMessage({ poll_id: "p", poll: { id: "p" } }),
      kind: "message",
      name: "custom",
      is: { stream: { poll: { id: "p" }, poll_id: "p" } }
    },
    {
      files: oneMessage({
        message_text_updated_at: 1_709_571_489_040_977_000,
        poll: {
          id: "p",
          created_at: "1709571489040977123",
          created_by: { id: "zoe", name: "Zoe" },
          latest_answers: [{ user: { id: "bob" }, vote_count: 1_709_571_489_040_977_000 }]
        }
      }),
      kind: "message",
      name: "custom",
      is: {
        stream: {
          message_text_updated_at: "2024-03-04T16:58:09.040977Z",
          poll: {
            id: "p",
            created_at: "2024-03-04T16:58:09.040977123Z",
            created_by: { id: "zoe" },
            latest_answers: [{ user: { id: "bob" }, vote_count: "1709571489040977000" }]
          }
        }
      }
    },
    {
      files: oneMessage({ pinned: "perhaps", text: { en: "t" } }),
      kind: "message",
      name: "custom",
      is: { stream: { pinned: "perhaps", text: { en: "t" } } }
    },
    {
      files: oneMessage({ type: ["poll"], attachments: ["a.png"] }),
      kind: "message",
      name: "custom",
      is: { stream: { attachments: ["a.png"], type: ["poll"] } }
    },
    {
      files: oneMessage({ mentioned_users: [], mentioned_user_ids: ["x"] }),
      kind: "message",
      name: "mentionedUserIds",
      is: ["x"]
    },
    // Members
    {
      files: oneMember({ channel_role: "channel_moderator" }),
      kind: "member",
      name: "role",
      is: "moderator"
    },
    { files: oneMember({ channel_role: "guide" }), kind: "member", name: "customRole", is: "guide" },
    {
      files: oneMember({ banned: true, ban_expires: 1_709_571_489_040_977_000 }),
      kind: "member",
      name: "custom",
      is: { stream: { banned: true, ban_expires: "2024-03-04T16:58:09.040977Z" } }
    },
    {
      files: oneMember({ channel_role: undefined, role: "owner" }),
      kind: "member",
      name: "role",
      is: "member"
    },
    {
      files: oneMember({ channel_role: undefined, role: "admin" }),
      kind: "member",
      name: "role",
      is: "moderator"
    },
    {
      files: oneMember({ channel_role: undefined, is_moderator: true }),
      kind: "member",
      name: "role",
      is: "moderator"
    },
    { files: oneMember({ invited: true }), kind: "member", name: "isInvited", is: true },
    {
      files: oneMember({ invited: true, invite_accepted_at: "2021-01-01T00:00:00Z" }),
      kind: "member",
      name: "isInvited",
      is: false
    },
    {
      files: oneMember({ invite_rejected_at: "2021-01-01T00:00:00Z" }),
      kind: "member",
      name: "inviteRejectedAt",
      is: "2021-01-01T00:00:00Z"
    },
    {
      files: oneMember({ archived_at: "2021-01-01T00:00:00Z" }),
      kind: "member",
      name: "archivedAt",
      is: "2021-01-01T00:00:00Z"
    },
    {
      files: oneMember({ pinned_at: "2021-01-01T00:00:00Z", notifications_muted: true, nick: "B" }),
      kind: "member",
      name: "custom",
      is: { stream: { pinned_at: "2021-01-01T00:00:00Z", nick: "B" } }
    },
    { files: oneMember({ notifications_muted: true }), kind: "member", name: "isChannelMuted", is: true },
    {
      files: oneMember({ invited: true, invited_accepted_at: "2021-01-01T00:00:00Z" }),
      kind: "member",
      name: "inviteAcceptedAt",
      is: "2021-01-01T00:00:00Z"
    },
    {
      files: oneMember({ invited: true, invited_rejected_at: "2021-01-01T00:00:00Z" }),
      kind: "member",
      name: "inviteRejectedAt",
      is: "2021-01-01T00:00:00Z"
    },
    { files: oneMember({ status: "pending" }), kind: "member", name: "isInvited", is: true },
    {
      files: oneMember({ status: "on leave", role: "janitor" }),
      kind: "member",
      name: "custom",
      is: { stream: { status: "on leave", role: "janitor" } }
    },
    // Channels
    { files: oneChannel({ name: undefined, custom: { name: "N" } }), kind: "channel", name: "name", is: "N" },
    { files: oneChannel({ name: "M", custom: { name: "N" } }), kind: "channel", name: "name", is: "M" },
    {
      files: oneChannel({ name: "M", image: "", custom: { name: "N", image: ["i"] } }),
      kind: "channel",
      name: "custom",
      is: { stream: { name: "N", image: ["i"] } }
    },
    { files: oneChannel({ team: "red" }), kind: "channel", name: "team", is: "red" },
    { files: oneChannel({ frozen: true }), kind: "channel", name: "isFrozen", is: true },
    { files: oneChannel({ disabled: true }), kind: "channel", name: "isDisabled", is: true },
    {
      files: oneChannel({ truncated_at: "2021-01-01T00:00:00Z" }),
      kind: "channel",
      name: "truncatedAt",
      is: "2021-01-01T00:00:00Z"
    },
    {
      files: oneChannel({ deleted_at: "2021-01-01T00:00:00Z" }),
      kind: "channel",
      name: "deletedAt",
      is: "2021-01-01T00:00:00Z"
    },
    {
      files: oneChannel({ truncated_by: Raw.user("zoe"), cooldown: 5, colour: "red" }),
      kind: "channel",
      name: "custom",
      is: { stream: { truncated_by_id: "zoe", cooldown: 5, colour: "red" } }
    },
    {
      files: oneChannel({ created_by: null, created_by_id: "x" }),
      kind: "channel",
      name: "createdById",
      is: "x"
    },
    // Users
    {
      files: oneUser({ deactivated_at: "2021-01-01T00:00:00Z" }),
      kind: "user",
      name: "isDeactivated",
      is: true
    },
    { files: oneUser({ teams: ["red"], language: "de" }), kind: "user", name: "teams", is: ["red"] },
    {
      files: oneUser({ mutes: [{ user: { id: "zoe" }, target: { id: "bob" } }] }),
      kind: "user",
      name: "mutedUserIds",
      is: ["bob"]
    },
    {
      files: oneUser({ channel_mutes: [{ channel: { cid: CID } }, "team:x"] }),
      kind: "user",
      name: "mutedChannelIds",
      is: [CID, "team:x"]
    },
    {
      files: oneUser({
        mutes: [{ target: { id: "bob" } }, { target: { id: "eve" }, expires: "2031-01-01T00:00:00Z" }]
      }),
      kind: "user",
      name: "mutedUserIds",
      is: ["bob"]
    },
    {
      files: oneUser({ teams_role: { red: "team_moderator" } }),
      kind: "user",
      name: "teamRoles",
      is: { red: "team_moderator" }
    },
    {
      files: oneUser({
        privacy_settings: { typing_indicators: { enabled: false }, delivery_receipts: { enabled: true } }
      }),
      kind: "user",
      name: "privacy",
      is: { isTypingShown: false, isDeliveryShown: true }
    },
    {
      files: oneUser({
        push_preferences: { chat_level: "mentions", disabled_until: "2031-01-01T00:00:00Z" }
      }),
      kind: "user",
      name: "push",
      is: { level: "mentions", disabledUntil: "2031-01-01T00:00:00Z" }
    },
    {
      files: oneUser({ push_notifications: { disabled: true } }),
      kind: "user",
      name: "push",
      is: { level: "none" }
    },
    {
      files: oneUser({
        push_preferences: {
          chat_level: "direct_mentions",
          call_level: "default",
          chat_preferences: { thread_replies: "all" }
        }
      }),
      kind: "user",
      name: "custom",
      is: {
        stream: {
          push_preferences: { chat_level: "direct_mentions", chat_preferences: { thread_replies: "all" } }
        }
      }
    },
    { files: oneUser({ blocked_user_ids: ["bob"] }), kind: "user", name: "blockedUserIds", is: ["bob"] },
    {
      files: oneUser({ birthland: "Land", banned: true, devices: [{ id: "token" }] }),
      kind: "user",
      name: "custom",
      is: { stream: { birthland: "Land", banned: true } }
    },
    {
      files: oneUser({ home: [{ devices: [{ id: "token", push_provider: "apn" }], wall: 1 }] }),
      kind: "user",
      name: "custom",
      is: { stream: { home: [{ wall: 1 }] } }
    },
    // Custom data of an app under names of Stream's fields.
    {
      files: oneChannel({ devices: ["lamp"], info: { devices: [{ serial: "S1" }] } }),
      kind: "channel",
      name: "custom",
      is: { stream: { devices: ["lamp"], info: { devices: [{ serial: "S1" }] } } }
    },
    {
      files: oneMessage({
        request_info: { page: "/pricing" },
        order: { devices: [{ id: "d", model: "X" }] }
      }),
      kind: "message",
      name: "custom",
      is: { stream: { request_info: { page: "/pricing" }, order: { devices: [{ id: "d", model: "X" }] } } }
    },
    {
      files: oneMember({ devices: { a: 1 } }),
      kind: "member",
      name: "custom",
      is: { stream: { devices: { a: 1 } } }
    },
    {
      files: {
        "a.json": JSON.stringify(oneMessage({ large: "LARGE" })["a.json"]).replace('"LARGE"', "1e400")
      },
      kind: "message",
      name: "custom",
      is: { stream: { large: "Infinity" } }
    },
    // Empty lists are set.
    { files: oneUser({ teams: [] }), kind: "user", name: "teams", is: [] },
    { files: oneUser({ deactivated_at: null }), kind: "user", name: "isDeactivated", is: false },
    { files: oneUser({}), kind: "user", name: "isDeactivated", is: undefined },
    {
      files: { "a.json": { users: [Raw.user("zoe", { mutes: [] })] } },
      kind: "user",
      name: "mutedUserIds",
      is: []
    },
    // Other users do not see these fields.
    {
      files: oneUser({ mutes: [], blocked_user_ids: [] }),
      kind: "user",
      name: "mutedUserIds",
      is: undefined
    },
    {
      files: oneUser({ mutes: [], blocked_user_ids: [] }),
      kind: "user",
      name: "blockedUserIds",
      is: undefined
    },
    {
      files: { "a.json": Raw.exportedChannel("general") },
      kind: "channel",
      name: "bannedUserIds",
      is: []
    },
    {
      files: oneChannel({ member_count: 3 }),
      kind: "channel",
      name: "bannedUserIds",
      is: undefined
    },
    {
      files: oneMessage({ pinned: true }),
      kind: "message",
      name: "pinnedAt",
      is: "2021-03-01T10:00:00.12345Z"
    }
  ])("are mapped: $name of a $kind is $is", ({ files, is, kind, name }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* field(files, kind, name), is)
    })
  )

  it.live("that are counters or can be derived are left out, and counted unless they are blank", () =>
    Effect.gen(function* () {
      const { notes, of } = yield* readFiles({
        "a.json": {
          channel: {
            id: "c",
            type: "team",
            config: { a: 1 },
            last_message_at: "2021-01-01T00:00:00Z",
            member_count: 0
          },
          messages: [
            {
              id: "m",
              created_at: NS,
              text: "t",
              user: { id: "u", online: true, devices: [{ id: "push token" }] },
              reply_count: 2,
              thread_participants: []
            }
          ],
          members: []
        }
      })
      assert.deepStrictEqual(notes, {
        "field_dropped.channel.config": 1,
        "field_dropped.channel.last_message_at": 1,
        "field_dropped.message.reply_count": 1,
        "field_dropped.user.online": 1,
        "secret_dropped.user.devices": 1
      })
      assert.notInclude(JSON.stringify(of("user")), "push token")
    })
  )
})

describe("attachments", () => {
  it.live.each<{ of: object; is: object }>([
    {
      of: { type: "image", image_url: "i", thumb_url: "t", original_width: 3 },
      is: { type: "image", url: "i", thumbnailUrl: "t", custom: { stream: { original_width: 3 } } }
    },
    {
      of: { type: "image", image_url: "i", thumb_url: "i" },
      is: { type: "image", url: "i", custom: { stream: { image_url: "i", thumb_url: "i" } } }
    },
    {
      of: { type: "image", asset_url: "a" },
      is: { type: "image", url: "a", custom: { stream: { asset_url: "a" } } }
    },
    {
      of: { type: "image", og_scrape_url: "p", image_url: "i" },
      is: {
        type: "link",
        customType: "image",
        url: "p",
        thumbnailUrl: "i",
        custom: { stream: { og_scrape_url: "p" } }
      }
    },
    {
      of: { type: "payment", amount: 5, title: "Order 5" },
      is: { type: "other", customType: "payment", name: "Order 5", custom: { stream: { amount: 5 } } }
    },
    {
      of: { type: "file", asset_url: "a", title: "n", mime_type: "x/y", file_size: 3 },
      is: { type: "file", url: "a", name: "n", mimeType: "x/y", sizeBytes: 3 }
    },
    {
      of: { type: "file", asset_url: "a", file_size: "12" },
      is: { type: "file", url: "a", sizeBytes: 12, custom: { stream: { file_size: "12" } } }
    },
    {
      of: { type: "file", asset_url: "a", size: 12 },
      is: { type: "file", url: "a", sizeBytes: 12, custom: { stream: { size: 12 } } }
    },
    {
      of: { type: "file", asset_url: "a", file_size: 12, size: 13 },
      is: { type: "file", url: "a", sizeBytes: 12, custom: { stream: { file_size: 12, size: 13 } } }
    },
    {
      of: { type: "video", asset_url: "a", thumb_url: "t" },
      is: { type: "video", url: "a", thumbnailUrl: "t" }
    },
    {
      of: { type: "voiceRecording", asset_url: "a", duration: 1.5, waveform_data: [0.5] },
      is: { type: "voice", url: "a", durationSeconds: 1.5, custom: { stream: { waveform_data: [0.5] } } }
    },
    {
      of: {
        type: "image",
        og_scrape_url: "p",
        title_link: "p",
        image_url: "i",
        thumb_url: "i",
        title: "n",
        text: "t"
      },
      is: {
        type: "link",
        customType: "image",
        url: "p",
        thumbnailUrl: "i",
        name: "n",
        text: "t",
        custom: { stream: { image_url: "i", thumb_url: "i" } }
      }
    },
    {
      of: { type: "giphy", thumb_url: "t", title_link: "l", giphy: { a: 1 } },
      is: {
        type: "other",
        customType: "giphy",
        url: "t",
        custom: { stream: { thumb_url: "t", title_link: "l", giphy: { a: 1 } } }
      }
    },
    {
      of: { type: "location", latitude: 1.5, location: "x" },
      is: { type: "other", customType: "location", custom: { stream: { latitude: 1.5, location: "x" } } }
    },
    {
      of: { type: "location", latitude: 0, longitude: 0 },
      is: { type: "other", customType: "location", custom: { stream: { latitude: 0, longitude: 0 } } }
    },
    { of: {}, is: { type: "file" } }
  ])("of $of are $is", ({ is, of }) =>
    Effect.gen(function* () {
      const [one] = (yield* field(
        oneMessage({ attachments: [of, null] }),
        "message",
        "attachments"
      )) as ReadonlyArray<{ readonly custom?: object }>
      const extras = (one?.custom as { readonly stream: object } | undefined)?.stream
      assert.deepStrictEqual<unknown>(
        extras === undefined
          ? one
          : { ...one, custom: { stream: Object.fromEntries(Object.entries(extras)) } },
        is
      )
    })
  )
})

describe("attachments without a type", () => {
  it.live("are files, or links if they show a page, and are counted", () =>
    Effect.gen(function* () {
      const { notes } = yield* readFiles(
        oneMessage({
          attachments: [{ title: "card" }, { og_scrape_url: "p", title: "page" }, {}, { type: "image" }]
        })
      )
      assert.strictEqual(notes["attachment_type_assumed"], 3)
    })
  )
})

describe("signed addresses", () => {
  const PLAIN = "https://eu.stream-io-cdn.com/1/a.png?oh=1&ow=2"
  const SIGNED = `${PLAIN}&Key-Pair-Id=SECRET&Policy=SECRET&Signature=SECRET`
  const files = exportWith({
    channel: Raw.channel("general", { image: SIGNED, created_by: Raw.user("zoe", { image: SIGNED }) }),
    messages: [
      Raw.message("m", {
        attachments: [
          {
            type: "image",
            image_url: SIGNED,
            thumb_url: `${SIGNED}&v=2`,
            asset_url: `${SIGNED}&v=3`,
            author_icon: SIGNED,
            giphy: { original: { url: SIGNED, height: "3" } },
            actions: [{ url: SIGNED }]
          }
        ]
      })
    ]
  })

  it.live("are stripped in every field with an address, and counted", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles(files, { stripSignedUrls: true })
      assert.notInclude(JSON.stringify(records), "SECRET")
      assert.strictEqual(JSON.stringify(records).split(PLAIN).length - 1, 8)
      assert.deepStrictEqual([notes["signed_url_stripped"], notes["expiring_url"]], [4, undefined])
    })
  )

  it.live("are kept and counted by default", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles(files)
      assert.strictEqual(JSON.stringify(records).split(SIGNED).length - 1, 8)
      assert.deepStrictEqual([notes["signed_url_stripped"], notes["expiring_url"]], [undefined, 4])
    })
  )

  it.live("are counted if they only have an expiry time", () =>
    Effect.map(
      readFiles(oneChannel({ image: "https://example.com/a.png?Expires=1700000000" })),
      ({ notes }) => assert.strictEqual(notes["expiring_url"], 1)
    )
  )
})
