// New and old spellings that Sendbird's SDKs read. Each gives the same as the usual one.
import type { Entity } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { groupChannelOfMessages, textMessage } from "./exportFiles.ts"
import { readFiles } from "./reading.ts"

type Loose = Readonly<Record<string, unknown>>

const read = (messages: ReadonlyArray<object>, channel: object = {}) =>
  readFiles({
    "m.json": {
      messages,
      channel: { ...groupChannelOfMessages, channel_url: textMessage.channel_url, ...channel }
    }
  })

const ofKind = (records: ReadonlyArray<Entity.Entity>, kind: Entity.Kind) =>
  records.filter(({ _tag }) => _tag === kind) as unknown as ReadonlyArray<Loose>

/** The result of the usual message with these fields instead. */
const messageOf = (fields: object) =>
  Effect.map(read([{ ...textMessage, ...fields }]), ({ notes, records, rejected }) => {
    assert.deepStrictEqual(rejected, [])
    const [found = {}] = ofKind(records, "message")
    return { found, notes, reactions: ofKind(records, "reaction") }
  })

const { created_at: at, user } = textMessage

describe("a message", () => {
  it.live.each<{ name: string; fields: object; gives: Loose }>([
    {
      name: "msg_id and ts",
      fields: { message_id: undefined, msg_id: 7, created_at: undefined, ts: at },
      gives: { id: "7" }
    },
    {
      name: "its channel in an object",
      fields: { channel_url: undefined, channel: { channel_url: "elsewhere", channel_type: "group" } },
      gives: { channelId: "elsewhere", custom: undefined }
    },
    {
      name: "a sender's id without a sender",
      fields: { user: undefined, sender_id: "bo" },
      gives: { userId: "bo", userSnapshot: undefined }
    },
    {
      name: "a sender's id beside a sender without one",
      fields: { user: { nickname: "Bo" }, sender_id: "bo" },
      gives: { userId: "bo", userSnapshot: { name: "Bo" } }
    },
    {
      name: "another sender's id beside the sender",
      fields: { sender_id: "bo" },
      gives: { userId: user.user_id, custom: { sendbird: { sender_id: "bo" } } }
    },
    {
      name: "a sender in the oldest spellings",
      fields: { user: { guest_id: "cy", name: "Cy", image: "https://example.com/c.png" } },
      gives: { userId: "cy", userSnapshot: { name: "Cy", imageUrl: "https://example.com/c.png" } }
    },
    {
      name: "the edited form of text",
      fields: { type: "MEDI" },
      gives: { type: "regular", custom: undefined }
    },
    {
      name: "the edited form of a file",
      fields: { type: "FEDI" },
      gives: { type: "regular", custom: undefined }
    },
    {
      name: "an announcement",
      fields: { type: "BRDM", user: null },
      gives: { type: "system", custom: undefined }
    },
    {
      name: "an edited announcement",
      fields: { type: "AEDI", user: null },
      gives: { type: "system", custom: undefined }
    },
    {
      name: "the type of an administrator message in the SDKs",
      fields: { type: "ADMM", user: null },
      gives: { type: "system", custom: undefined }
    },
    {
      name: "mentions only in the template",
      fields: { mentioned_message_template: "@{bo} and @{cy@example.com}, @{bo}!" },
      gives: {
        mentionedUserIds: ["bo", "cy@example.com"],
        custom: { sendbird: { mentioned_message_template: "@{bo} and @{cy@example.com}, @{bo}!" } }
      }
    },
    {
      name: "duplicate mentions",
      fields: { mentioned_users: [{ guest_id: "bo" }], mentioned_message_template: "@{bo} @{cy}" },
      gives: { mentionedUserIds: ["bo", "cy"] }
    },
    {
      name: "a meta array in the old form",
      fields: { metaarray: { a: ["1"], b: ["2"] }, metaarray_key_order: ["b", "a"] },
      gives: {
        custom: {
          sendbird: {
            sorted_metaarray: [
              { key: "b", value: ["2"] },
              { key: "a", value: ["1"] }
            ]
          }
        }
      }
    },
    {
      name: "a meta array in both forms",
      fields: { metaarray: { a: ["1"] }, sorted_metaarray: [{ key: "a", value: ["1"] }] },
      gives: { custom: { sendbird: { sorted_metaarray: [{ key: "a", value: ["1"] }] } } }
    },
    {
      name: "a custom view and suggested replies",
      fields: {
        extended_message_payload: { suggested_replies: ["yes"], custom_view: { title: "Order" } },
        extended_message: {},
        plugins: []
      },
      gives: {
        custom: {
          sendbird: {
            extended_message_payload: { suggested_replies: ["yes"], custom_view: { title: "Order" } }
          }
        }
      }
    },
    {
      name: "a notification, which does not have a numeric id",
      fields: {
        type: "ADMM",
        user: null,
        message_id: 0,
        notification_message_id: "a-b-c",
        message_status: "SENT",
        priority: "high",
        extended_message: { sub_type: 0, sub_data: '{"template_key":"t"}' }
      },
      gives: {
        id: "a-b-c",
        type: "system",
        custom: {
          sendbird: {
            message_status: "SENT",
            priority: "high",
            extended_message: { sub_type: 0, sub_data: '{"template_key":"t"}' }
          }
        }
      }
    }
  ])("is read with $name", ({ fields, gives }) =>
    Effect.gen(function* () {
      const { found } = yield* messageOf(fields)
      for (const [field, value] of Object.entries(gives)) assert.deepStrictEqual(found[field], value, field)
    })
  )
})

describe("a file", () => {
  const FILE = {
    type: "image",
    url: "https://example.com/p.jpg",
    name: "p.jpg",
    mimeType: "image/jpeg",
    sizeBytes: 12
  }
  const { mimeType, name, sizeBytes: size, url } = FILE

  it.live.each<{ how: string; fields: object; gives?: object; custom?: object }>([
    { how: "inside", fields: { type: "FILE", file: { url, name, size, type: mimeType } } },
    { how: "beside the message", fields: { type: mimeType, url, name, size, custom: "" } },
    { how: "beside an empty one", fields: { type: mimeType, file: {}, url, name, size } },
    { how: "in part beside", fields: { type: "FILE", file: { url, type: mimeType }, name, size } },
    {
      how: "in other spellings",
      fields: { type: "FILE", file_url: url, file_name: name, file_size: size, mime_type: mimeType }
    },
    { how: "as an address", fields: { type: mimeType, file: url, name, size } },
    {
      how: "again inside and beside",
      fields: { type: mimeType, file: { url, name, size, type: mimeType }, url, name, size }
    },
    {
      how: "with another name beside",
      fields: { type: "FILE", file: { url, name, size, type: mimeType }, name: "q.jpg" },
      custom: { sendbird: { name: "q.jpg" } }
    },
    {
      how: "with data of its own",
      fields: { type: "FILE", file: { url, name, size, type: mimeType, data: "d" } },
      custom: { sendbird: { data: "d" } }
    },
    {
      how: "with the same data as the message",
      fields: { type: "FILE", file: { url, name, size, type: mimeType, data: "d" }, data: "d" },
      custom: { sendbird: { data: "d" } }
    },
    {
      how: "with other data than the message",
      fields: { type: "FILE", file: { url, name, size, type: mimeType, data: "d" }, data: "m" },
      gives: { custom: { sendbird: { data: "d" } } },
      custom: { sendbird: { data: "m" } }
    },
    {
      how: "with thumbnails that are addresses",
      fields: {
        type: "FILE",
        file: { url, name, size, type: mimeType },
        thumbnails: ["https://example.com/t", "https://example.com/u"]
      },
      gives: { thumbnailUrl: "https://example.com/t" }
    },
    {
      how: "with parameters of its type",
      fields: { type: "FILE", file: { url, name, size, type: "Audio/MP4; codecs=x; SBU_TYPE=voice" } },
      gives: { type: "voice", mimeType: "Audio/MP4; codecs=x; SBU_TYPE=voice" }
    },
    {
      how: "as a voice message with old meta arrays",
      fields: {
        type: "FILE",
        file: { url, name, size, type: mimeType },
        metaarray: { KEY_INTERNAL_MESSAGE_TYPE: ["voice/mp3"], KEY_VOICE_MESSAGE_DURATION: ["1500"] }
      },
      gives: { type: "voice", durationSeconds: 1.5 },
      custom: {
        sendbird: {
          sorted_metaarray: [
            { key: "KEY_INTERNAL_MESSAGE_TYPE", value: ["voice/mp3"] },
            { key: "KEY_VOICE_MESSAGE_DURATION", value: ["1500"] }
          ]
        }
      }
    }
  ])("is read $how", ({ custom, fields, gives }) =>
    Effect.gen(function* () {
      const { found } = yield* messageOf(fields)
      assert.deepStrictEqual<unknown>([found.attachments, found.custom], [[{ ...FILE, ...gives }], custom])
    })
  )

  it.live("without an address is kept, with the fields beside the message", () =>
    Effect.gen(function* () {
      const { found, notes } = yield* messageOf({ type: "image/png", name: "p.png" })
      assert.deepStrictEqual<unknown>(
        [found.attachments, found.custom],
        [undefined, { sendbird: { name: "p.png", type: "image/png" } }]
      )
      assert.strictEqual(notes["unreadable_field.message.type"], 1)
    })
  )
})

describe("reactions", () => {
  it.live.each<{ how: string; fields: object; users?: ReadonlyArray<string>; hidden?: number }>([
    { how: "all users", fields: { reactions: [{ key: "k", user_ids: ["bo", "cy"], updated_at: at }] } },
    {
      how: "a sample of users",
      fields: {
        reactions: [
          {
            key: "k",
            sampled_user_ids: ["bo", "cy"],
            last_ts: at,
            count: 25,
            sampled_user_info: { bo: { nickname: "Bo" } },
            is_self_included: true
          }
        ]
      },
      hidden: 23
    },
    {
      how: "some users and a number",
      fields: { reactions: [{ key: "k", user_ids: ["bo", "cy"], count: 5, updated_at: at }] },
      hidden: 3
    },
    {
      how: "both lists",
      fields: { reactions: [{ key: "k", user_ids: ["cy", "bo"], sampled_user_ids: ["bo"], last_ts: at }] }
    },
    {
      how: "a summary",
      fields: { reactions_summary: [{ key: "k", sampled_user_ids: ["bo", "cy"], last_ts: at, count: 2 }] }
    },
    {
      how: "only a number",
      fields: { reactions: [{ key: "k", count: 4, last_ts: at }] },
      users: [],
      hidden: 4
    }
  ])("are read from $how", ({ fields, hidden, users = ["bo", "cy"] }) =>
    Effect.gen(function* () {
      const { found, notes, reactions } = yield* messageOf(fields)
      assert.deepStrictEqual(
        reactions.map(({ createdAt, custom, type, userId }) => [type, userId, createdAt, custom]),
        users.map((one) => ["k", one, "2025-01-14T11:53:38.748Z", undefined])
      )
      assert.deepStrictEqual(
        [notes.reactions_not_listed, found.reactionCounts],
        [hidden, hidden === undefined ? undefined : { k: users.length + hidden }]
      )
      assert.isUndefined(notes.reaction_without_users)
    })
  )
})

describe("users", () => {
  const ADA = { name: "Ada", imageUrl: "https://example.com/a.png" }

  it.live.each([
    { user_id: "ada", nickname: ADA.name, profile_url: ADA.imageUrl },
    { guest_id: "ada", name: ADA.name, image: ADA.imageUrl },
    { user_id: "ada", nickname: "", name: ADA.name, profile_url: null, image: ADA.imageUrl }
  ])("are users and members by any of their names: %j", (raw) =>
    Effect.gen(function* () {
      const { records } = yield* readFiles({
        "u.json": { active_users: [raw] },
        "c.json": {
          group_channels: [{ channel_url: "c", members: [raw], created_by: raw, creator: raw }]
        }
      })
      const [user] = ofKind(records, "user")
      assert.deepStrictEqual(
        [user?.id, user?.name, user?.imageUrl, user?.custom],
        ["ada", ADA.name, ADA.imageUrl, undefined]
      )
      const [member] = ofKind(records, "member")
      assert.deepStrictEqual([member?.userId, member?.userSnapshot, member?.custom], ["ada", ADA, undefined])
      const [channel] = ofKind(records, "channel")
      assert.deepStrictEqual([channel?.createdById, channel?.custom], ["ada", undefined])
    })
  )

  it.live(
    "keep a different picture and a different address of a file, without credentials if a setting says so",
    () =>
      Effect.gen(function* () {
        const SIGNED = "https://example.com/b.png?auth=SECRET"
        const { records } = yield* readFiles(
          {
            "u.json": {
              active_users: [{ user_id: "a", profile_url: "https://example.com/a.png", image: SIGNED }]
            },
            "m.json": {
              messages: [
                { ...textMessage, type: "FILE", file: { url: "https://example.com/f" }, url: SIGNED }
              ]
            }
          },
          { stripSignedUrls: true }
        )
        assert.notInclude(JSON.stringify(records), "SECRET")
        assert.strictEqual(JSON.stringify(records).split("https://example.com/b.png").length - 1, 2)
      })
  )

  it.live("keep a different second name", () =>
    Effect.gen(function* () {
      const { records } = yield* readFiles({
        "u.json": { active_users: [{ user_id: "a", nickname: "A", name: "B" }] }
      })
      assert.deepStrictEqual<unknown>(records[0]?.custom, { sendbird: { name: "B" } })
    })
  )

  it.live("have notification preferences", () =>
    Effect.gen(function* () {
      const { records } = yield* readFiles({
        "u.json": {
          active_users: [
            { user_id: "a", push_trigger_option: "mention_only", snooze_enabled: true, snooze_end_ts: at },
            { user_id: "b", push_trigger_option: "off", snooze_enabled: false, snooze_end_ts: 0 },
            { user_id: "c", push_trigger_option: "default" }
          ]
        }
      })
      assert.deepStrictEqual<unknown>(
        ofKind(records, "user").map(({ push }) => push),
        [{ level: "mentions", disabledUntil: "2025-01-14T11:53:38.748Z" }, { level: "none" }, undefined]
      )
    })
  )
})

describe("a channel", () => {
  it.live.each<{ fields: object; gives: Loose }>([
    { fields: { freeze: undefined, is_frozen: true }, gives: { isFrozen: true } },
    {
      fields: { metadata: '{"topic":"films"}' },
      gives: { custom: { sendbird: { metadata: { topic: "films" } } } }
    },
    { fields: { metadata: "{}" }, gives: { custom: undefined } }
  ])("is read with $fields", ({ fields, gives }) =>
    Effect.gen(function* () {
      const { records } = yield* read([], fields)
      const [found = {}] = ofKind(records, "channel")
      for (const [field, value] of Object.entries(gives)) assert.deepStrictEqual(found[field], value)
    })
  )
})
