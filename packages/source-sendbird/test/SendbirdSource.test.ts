import { Entity } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Path, Schema } from "effect"
import { zipOf } from "../../connector/test/files/zipOf.ts"
import {
  activeUser,
  adminMessage,
  exportFiles,
  failedWebhook,
  GROUP,
  groupChannel,
  groupChannelOfMessages,
  OPEN,
  openChannel,
  textMessage
} from "./exportFiles.ts"
import { folderOf, readAll, readFiles } from "./reading.ts"

const one = (file: object, config = {}) => readFiles({ "f.json": file }, config)

/** The only message of a file. */
const messageOf = (fields: object, config = {}) =>
  Effect.map(one({ messages: [{ ...textMessage, ...fields }] }, config), ({ records }) => records[0])

// Entities have branded ids and times, but literals do not.
const same = (found: unknown, expected: unknown) => assert.deepStrictEqual(found, expected)

const ADA = { name: "Ada", imageUrl: "https://example.com/ada.png" }

const plain = {
  _tag: "message",
  id: "10463242990",
  channelId: GROUP,
  type: "regular",
  createdAt: "2025-01-14T11:53:38.748Z",
  userId: "ada@example.com",
  userSnapshot: ADA,
  text: "Hello there"
}

describe("messages", () => {
  it.live.each<{ name: string; fields: object; gives: object }>([
    { name: "a plain message", fields: {}, gives: plain },
    {
      name: "an id beyond 2^53",
      fields: { message_id: "9223372036854775807" },
      gives: { ...plain, id: "9223372036854775807" }
    },
    {
      name: "an update",
      fields: { updated_at: 1736855618749 },
      gives: { ...plain, updatedAt: "2025-01-14T11:53:38.749Z" }
    },
    {
      name: "a removal without a time",
      fields: { is_removed: "true" },
      gives: { ...plain, isDeleted: true }
    },
    {
      name: "a removal with a time",
      fields: { is_removed: true, updated_at: 1736855618749 },
      gives: {
        ...plain,
        updatedAt: "2025-01-14T11:53:38.749Z",
        isDeleted: true,
        deletedAt: "2025-01-14T11:53:38.749Z"
      }
    },
    {
      name: "a reply in a thread",
      fields: { parent_message_id: 7, is_reply_to_channel: true, thread_info: { reply_count: 1 } },
      gives: { ...plain, parentId: "7", isShownInChannel: true }
    },
    { name: "no thread", fields: { parent_message_id: 0, is_reply_to_channel: false }, gives: plain },
    { name: "a silent message", fields: { silent: true }, gives: { ...plain, isSilent: true } },
    {
      name: "mentions",
      fields: {
        mention_type: "channel",
        mentioned_users: [{ user_id: "bo" }, { user_id: "bo" }, null],
        mentioned_user_ids: ["cy"]
      },
      gives: { ...plain, mentionedUserIds: ["bo", "cy"], isChannelMentioned: true }
    },
    {
      name: "Sendbird's own fields and unknown ones",
      fields: {
        data: "{}",
        custom_type: "order",
        translations: { es: "Hola" },
        sorted_metaarray: [{ key: "k", value: ["v"] }],
        poll: { id: 1 },
        brand_new: { deep: [1] }
      },
      gives: {
        ...plain,
        custom: {
          sendbird: {
            data: "{}",
            custom_type: "order",
            translations: { es: "Hola" },
            sorted_metaarray: [{ key: "k", value: ["v"] }],
            poll: { id: 1 },
            brand_new: { deep: [1] }
          }
        }
      }
    },
    {
      name: "an invalid time",
      fields: { updated_at: "soon" },
      gives: { ...plain, custom: { sendbird: { updated_at: "soon" } } }
    },
    {
      name: "a file",
      fields: {
        type: "FILE",
        message: "",
        file: { url: "https://example.com/f", name: "f.jpg", type: "image/jpeg", size: 12, data: "x" },
        thumbnails: [
          { url: "https://example.com/s", real_width: 10, real_height: 10 },
          { url: "https://example.com/l", real_width: 100, real_height: 60 }
        ],
        require_auth: true
      },
      gives: {
        ...plain,
        text: undefined,
        attachments: [
          {
            type: "image",
            url: "https://example.com/f",
            thumbnailUrl: "https://example.com/l",
            name: "f.jpg",
            mimeType: "image/jpeg",
            sizeBytes: 12,
            isAuthRequired: true
          }
        ],
        custom: { sendbird: { data: "x" } }
      }
    },
    {
      name: "several files in two spellings",
      fields: {
        message: "",
        files: [
          { url: "https://example.com/1", file_name: "1.mp4", file_type: "video/mp4", file_size: "9" },
          {
            url: "https://example.com/2",
            name: "2.bin",
            type: "application/pdf",
            size: 3,
            require_auth: true
          },
          null,
          {}
        ]
      },
      gives: {
        ...plain,
        text: undefined,
        attachments: [
          { type: "video", url: "https://example.com/1", name: "1.mp4", mimeType: "video/mp4", sizeBytes: 9 },
          {
            type: "file",
            url: "https://example.com/2",
            name: "2.bin",
            mimeType: "application/pdf",
            sizeBytes: 3,
            isAuthRequired: true
          }
        ]
      }
    },
    {
      name: "a preview of a link",
      fields: {
        og_tag: {
          "og:url": "https://example.com",
          "og:title": "T",
          "og:description": "D",
          "og:image": { url: "http://example.com/i", secure_url: "https://example.com/i" }
        }
      },
      gives: {
        ...plain,
        attachments: [
          {
            type: "link",
            url: "https://example.com",
            thumbnailUrl: "https://example.com/i",
            name: "T",
            text: "D"
          }
        ]
      }
    }
  ])("maps $name", ({ fields, gives }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* messageOf(fields), JSON.parse(JSON.stringify(gives)))
    })
  )

  it.live.each([
    { name: "nothing", fields: {}, gives: ["1", "2", undefined] },
    { name: "null", fields: { file: null }, gives: ["1", "2", undefined] },
    { name: "an empty object", fields: { file: {} }, gives: ["1", "2", undefined] },
    { name: "the first of them", fields: { file: { url: "1" } }, gives: ["1", "2", undefined] },
    { name: "another one", fields: { file: { url: "0" } }, gives: ["0", "1", "2", undefined] }
  ])("maps several files when the file beside them is $name", ({ fields, gives }) =>
    Effect.gen(function* () {
      const files = [{ url: "1" }, { url: "2" }, { name: "3" }]
      const message = yield* messageOf({ file: undefined, files, ...fields })
      assert(message?._tag === "message")
      same(
        message.attachments?.map(({ url }) => url),
        gives
      )
    })
  )

  it.live("maps a voice message with its length in seconds", () =>
    Effect.gen(function* () {
      const message = yield* messageOf({
        file: { url: "https://example.com/v", name: "v.mp3", type: "audio/mp3;sbu_type=voice" },
        sorted_metaarray: [
          { key: "KEY_INTERNAL_MESSAGE_TYPE", value: ["voice/mp3"] },
          { key: "KEY_VOICE_MESSAGE_DURATION", value: ["2500"] }
        ]
      })
      assert(message?._tag === "message")
      assert.deepStrictEqual(message.attachments, [
        {
          type: "voice",
          url: "https://example.com/v",
          name: "v.mp3",
          mimeType: "audio/mp3;sbu_type=voice",
          durationSeconds: 2.5
        }
      ])
    })
  )

  it.live("distinguishes records with the same number of different fields", () =>
    Effect.gen(function* () {
      const { records } = yield* one({
        messages: [
          { ...textMessage, first: 1 },
          { ...textMessage, second: 2 },
          { ...textMessage, first: 3 }
        ]
      })
      same(
        records.map((record) => record.custom),
        [{ sendbird: { first: 1 } }, { sendbird: { second: 2 } }, { sendbird: { first: 3 } }]
      )
    })
  )

  it.live("maps old spellings", () =>
    Effect.gen(function* () {
      const { records } = yield* one({
        messages: [
          {
            msg_id: 5,
            ts: 1736855618748,
            custom: "old",
            parent_message_id: "4",
            reply_to_channel: true,
            channel_url: "c",
            user: "bo",
            message: "m"
          }
        ]
      })
      same(records, [
        {
          _tag: "message",
          id: "5",
          channelId: "c",
          type: "regular",
          createdAt: "2025-01-14T11:53:38.748Z",
          userId: "bo",
          text: "m",
          parentId: "4",
          isShownInChannel: true,
          custom: { sendbird: { data: "old" } }
        }
      ])
    })
  )

  it.live("maps an administrator message, which does not have a sender", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* one({ messages: [adminMessage, { ...textMessage, user: null }] })
      same(records[0], {
        _tag: "message",
        id: "25702381",
        channelId: OPEN,
        type: "system",
        createdAt: "2020-08-04T16:00:00Z",
        text: "A new film is out",
        custom: { sendbird: { custom_type: "Movie" } }
      })
      assert.strictEqual(notes["missing_sender"], 1)
    })
  )

  it.live("keeps the numbers of reactions if not all are listed, and counts the missing ones", () =>
    Effect.gen(function* () {
      const reactions = [
        { key: "ok", user_ids: ["bo"], count: 25 },
        { key: "no", user_ids: ["bo"], count: 1 },
        { key: "odd", user_ids: ["bo"], count: "many" }
      ]
      const { notes, records } = yield* one({ messages: [{ ...textMessage, reactions }] })
      assert.deepInclude(records[0] as object, { reactionCounts: { ok: 25 } })
      assert.strictEqual(notes["reactions_not_listed"], 24)
      assert.strictEqual(notes["field_dropped.reaction.count"], 2)
    })
  )

  it.live(
    "unfolds reactions into one record per key and user, and rejects those that do not name a user",
    () =>
      Effect.gen(function* () {
        const reactions = [
          { key: "ok", user_ids: ["bo", ""], updated_at: 1736855618749 },
          { key: "no", user_ids: ["bo"], updated_at: 0 },
          { user_ids: ["bo"] }
        ]
        const { records, rejected } = yield* one({ messages: [{ ...textMessage, reactions }] })
        const row = { _tag: "reaction", messageId: "10463242990", channelId: GROUP, userId: "bo" }
        same(records.slice(1), [
          { ...row, type: "ok", createdAt: "2025-01-14T11:53:38.749Z" },
          { ...row, type: "no" }
        ])
        assert.deepStrictEqual(
          rejected.map(({ code, kind, location }) => [kind, code, location]),
          [
            ["reaction", "missing_id", "export/f.json:messages[0].reactions[0].user_ids[1] (byte 13)"],
            ["reaction", "missing_key", "export/f.json:messages[0].reactions[2] (byte 13)"]
          ]
        )
      })
  )

  it.live("keeps signed addresses and counts them, or strips them if a setting says so", () =>
    Effect.gen(function* () {
      const file = { url: "https://example.com/f?x=1&auth=SECRET&Expires=5", name: "f" }
      const urlOf = (config: object) =>
        Effect.map(one({ messages: [{ ...textMessage, file }] }, config), ({ notes, records: [message] }) => [
          message?._tag === "message" ? message.attachments?.[0]?.url : undefined,
          Object.keys(notes).filter((code) => code.startsWith("signed"))
        ])
      assert.deepStrictEqual(yield* urlOf({}), [file.url, ["signed_url_kept"]])
      assert.deepStrictEqual(yield* urlOf({ stripSignedUrls: true }), [
        "https://example.com/f?x=1",
        ["signed_url_stripped"]
      ])
    })
  )

  it.live.each([
    {
      name: "before its channel",
      file: { messages: [{ ...textMessage, channel_url: "" }], channel: { channel_url: "c" } }
    },
    {
      name: "after its channel",
      file: { channel: { channel_url: "c" }, messages: [{ ...textMessage, channel_url: null }] }
    }
  ])("gives a message $name the channel of the file if it does not name one", ({ file }) =>
    Effect.gen(function* () {
      const { records } = yield* one(file)
      const message = records.find(({ _tag }) => _tag === "message")
      assert.strictEqual(message?._tag === "message" ? message.channelId : "", "c")
    })
  )
})

describe("channels and members", () => {
  it.live("maps the channel of a list with its members' read times", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* one({ group_channels: [groupChannel] })
      // A millisecond before the last message, so that a messages file with the same state wins.
      const observedAt = "2025-01-14T12:10:56.810Z"
      same(records, [
        {
          _tag: "channel",
          id: GROUP,
          form: "group",
          type: "support",
          name: "Group Channel",
          imageUrl: "https://example.com/cover.jpg",
          isPublic: false,
          isFrozen: false,
          isDistinct: true,
          distinctMemberIds: ["ada@example.com", "bo"],
          createdAt: "2025-01-14T11:53:23Z",
          observedAt,
          custom: {
            sendbird: { is_ephemeral: false, is_super: false, is_broadcast: true, data: "{'path': 'hello'}" }
          }
        },
        {
          _tag: "member",
          channelId: GROUP,
          userId: "ada@example.com",
          observedAt,
          lastReadAt: "2025-01-14T12:10:56.811Z",
          userSnapshot: { name: "Ada", imageUrl: "https://example.com/a.png" }
        },
        {
          _tag: "member",
          channelId: GROUP,
          userId: "bo",
          observedAt,
          lastReadAt: "2025-01-14T11:53:23Z",
          userSnapshot: { name: "Bo", isBot: true },
          custom: { sendbird: { is_active: false } }
        }
      ])
      assert.deepStrictEqual(notes, {
        "field_dropped.channel.joined_member_count": 1,
        "field_dropped.channel.max_length_message": 1,
        "field_dropped.channel.member_count": 1,
        never_read: 1,
        read_receipt_without_member: 1,
        "switch_kept.channel.is_broadcast": 1
      })
    })
  )

  it.live("maps the channel of a messages file with roles and states", () =>
    Effect.gen(function* () {
      const { records } = yield* one({ messages: [], channel: groupChannelOfMessages })
      const observedAt = "2025-01-14T11:53:23Z"
      same(records, [
        {
          _tag: "channel",
          id: GROUP,
          form: "group",
          name: "Renamed",
          isFrozen: true,
          isDistinct: false,
          createdAt: "2025-01-14T11:53:23Z",
          observedAt
        },
        {
          _tag: "member",
          channelId: GROUP,
          userId: "ada@example.com",
          role: "moderator",
          isInvited: false,
          observedAt,
          userSnapshot: { name: "Ada L" },
          custom: { sendbird: { name: "Ada" } }
        },
        { _tag: "member", channelId: GROUP, userId: "cy", role: "member", isInvited: true, observedAt }
      ])
    })
  )

  it.live("makes operators members that moderate, once each", () =>
    Effect.gen(function* () {
      const operators = [{ user_id: "bo" }, { user_id: "dee", nickname: "Dee" }]
      const { records } = yield* one({
        group_channels: [{ ...groupChannel, operators }],
        open_channels: [openChannel]
      })
      const roles = records.flatMap((record) =>
        record._tag === "member" ? [[record.userId, record.role]] : []
      )
      assert.deepStrictEqual(roles, [
        ["ada@example.com", undefined],
        ["bo", "moderator"],
        ["dee", "moderator"],
        ["961837", "moderator"]
      ])
    })
  )

  it.live.each([
    { channel: { channel_url: "sendbird_open_channel_1", member_count: 2 }, form: "open" },
    { channel: { channel_url: "sendbird_group_channel_1" }, form: "group" },
    { channel: { channel_url: "x", participant_count: 2 }, form: "open" },
    { channel: { channel_url: "x", operators: [] }, form: "open" },
    { channel: { channel_url: "x", operators: [], members: [] }, form: "group" },
    { channel: { channel_url: "x", is_distinct: false }, form: "group" },
    { channel: { channel_url: "x", channel_type: "open" }, form: "open" },
    { channel: { channel_url: "x" }, form: "group" }
  ])("takes the channel of a messages file $channel as $form", ({ channel, form }) =>
    Effect.gen(function* () {
      const { records } = yield* one({ messages: [], channel })
      assert.strictEqual(records[0]?._tag === "channel" ? records[0].form : "", form)
    })
  )
})

describe("users and webhooks", () => {
  it.live("maps users without secrets and, by default, without personal fields", () =>
    Effect.gen(function* () {
      const read = yield* one({
        active_users: [activeUser, { user_id: 7, is_active: "false", locale: "de" }]
      })
      same(read.records, [
        {
          _tag: "user",
          id: "ada@example.com",
          name: "Ada",
          imageUrl: "https://example.com/ada.png",
          isDeactivated: false,
          lastSeenAt: "2020-06-30T08:54:45Z",
          custom: { sendbird: { metadata: { font: "mono" }, has_ever_logged_in: true } }
        },
        { _tag: "user", id: "7", language: "de", isDeactivated: true }
      ])
      assert.deepStrictEqual(read.notes, {
        "personal_dropped.user.phone_number": 1,
        "secret_dropped.user.access_token": 1,
        "secret_dropped.user.session_tokens": 1
      })
      const kept = yield* one({ inactive_users: [activeUser] }, { keepPersonalFields: true })
      assert.include(JSON.stringify(kept.records), "+1 555 0100")
      assert.include(JSON.stringify(kept.records), '"isDeactivated":true')
    })
  )

  it.live("never emits secrets, not even with rejected users", () =>
    Effect.gen(function* () {
      let deep: object = {}
      for (let i = 0; i < 1000; i++) deep = { deep }
      const broken = JSON.stringify(activeUser).replace("true", "truth")
      const file = `{"active_users":[${JSON.stringify([
        { ...activeUser, user_id: "" },
        { ...activeUser, deep }
      ]).slice(1, -1)},${broken}]}`
      const { rejected } = yield* readFiles({ "u.json": file })
      assert.deepStrictEqual(
        rejected.map(({ code }) => code),
        ["missing_id", "too_deep", "invalid_json"]
      )
      assert.notInclude(JSON.stringify(rejected), "SECRET")
      assert.include(JSON.stringify(rejected[2]), "ada@example.com")
    })
  )

  it.live("maps failed webhooks, distinguished by their content", () =>
    Effect.gen(function* () {
      const later = { ...failedWebhook, time_millis: failedWebhook.time_millis + 1, request_body: "no json" }
      const { records } = yield* one({ failed_webhooks: [failedWebhook, failedWebhook, later] })
      const [first, again, third] = records
      assert(
        first?._tag === "failed_webhook" &&
          again?._tag === "failed_webhook" &&
          third?._tag === "failed_webhook"
      )
      const { id, ...rest } = first
      assert.match(id, /^[0-9a-f]{64}$/u)
      same(rest, {
        _tag: "failed_webhook",
        url: "https://example.com/notifications",
        body: failedWebhook.request_body,
        statusCode: 400,
        category: "group_channel:message_send",
        failedAt: "2020-08-04T18:59:55.437Z"
      })
      assert.strictEqual(again.id, id)
      assert.notStrictEqual(third.id, id)
      assert.isUndefined(third.category)
    })
  )
})

describe("rejects", () => {
  it.live.each<{ name: string; file: object | string; kind: string; code: string }>([
    {
      name: "a message without an id",
      file: { messages: [{ ...textMessage, message_id: null }] },
      kind: "message",
      code: "missing_id"
    },
    {
      name: "a message without a time",
      file: { messages: [{ ...textMessage, created_at: 0 }] },
      kind: "message",
      code: "invalid_time"
    },
    {
      name: "a message with an odd time",
      file: { messages: [{ ...textMessage, created_at: "x" }] },
      kind: "message",
      code: "invalid_time"
    },
    {
      name: "a message without a channel",
      file: { messages: [{ ...textMessage, channel_url: "" }] },
      kind: "message",
      code: "missing_channel"
    },
    { name: "a message that is a list", file: { messages: [[]] }, kind: "message", code: "not_an_object" },
    {
      name: "a message that is not JSON",
      file: '{"messages":[{"message_id":tru}]}',
      kind: "message",
      code: "invalid_json"
    },
    { name: "a channel without an id", file: { open_channels: [{}] }, kind: "channel", code: "missing_id" },
    {
      name: "a channel that is text",
      file: { messages: [], channel: "x" },
      kind: "channel",
      code: "not_an_object"
    },
    {
      name: "a member without an id",
      file: { group_channels: [{ channel_url: "c", members: [{}] }] },
      kind: "member",
      code: "missing_id"
    },
    {
      name: "a user without an id",
      file: { deactivated_users: [{ nickname: "x" }] },
      kind: "user",
      code: "missing_id"
    },
    {
      name: "a webhook without an address",
      file: { failed_webhooks: [{ request_body: "" }] },
      kind: "failed_webhook",
      code: "missing_url"
    },
    { name: "a list that is an object", file: { messages: { a: 1 } }, kind: "message", code: "not_a_list" },
    {
      name: "a file of something else",
      file: { elephants: [1, 2] },
      kind: "unknown",
      code: "unrecognised_file"
    },
    {
      name: "an array of something else",
      file: [{ level: "info" }],
      kind: "unknown",
      code: "unrecognised_file"
    },
    { name: "an empty document", file: {}, kind: "unknown", code: "unrecognised_file" }
  ])("rejects $name", ({ code, file, kind }) =>
    Effect.gen(function* () {
      const { rejected } = yield* readFiles({ "f.json": file, "users.json": { active_users: [] } })
      assert.deepStrictEqual(
        rejected.map((one) => [one.kind, one.code]),
        [[kind, code]]
      )
      assert.notInclude(JSON.stringify(rejected.map(({ message, location }) => [message, location])), "Hello")
    })
  )

  it.live("counts files that are not part of an export", () =>
    Effect.gen(function* () {
      const { notes, rejected } = yield* readFiles({
        "__MACOSX/._users.json": "\0\u0005\u0016\u0007",
        ".DS_Store": "\0\0\0\u0001Bud1",
        "readme.txt": "Hello",
        "users.json": { active_users: [], exported_by: "x", extra: [1, 2] }
      })
      assert.deepStrictEqual(
        [notes, rejected],
        [{ ignored_entry: 3, "ignored_member.exported_by": 1, "ignored_member.extra": 1 }, []]
      )
    })
  )

  it.live.each([
    { name: "text", content: "user_id,nickname" },
    { name: "empty", content: "" },
    { name: "cut off", content: '{"messages":[{"message_id":1}' },
    { name: "UTF-16", content: Buffer.from("\uFEFF{}", "utf16le") }
  ])("fails with the file's name when a .json file is $name", ({ content }) =>
    Effect.gen(function* () {
      const { message, reason } = yield* Effect.flip(readFiles({ "a/f.json": content }))
      assert.strictEqual(reason._tag, "CorruptInput")
      assert.include(message, "export/a/f.json")
    })
  )

  it.live("keeps a field named __proto__ as a field", () =>
    Effect.gen(function* () {
      const file = '{"active_users":[{"user_id":"u","__proto__":{"polluted":true}}]}'
      const { records } = yield* readFiles({ "f.json": file })
      assert.strictEqual(
        JSON.stringify(records),
        '[{"_tag":"user","id":"u","isDeactivated":false,"custom":{"sendbird":{"__proto__":{"polluted":true}}}}]'
      )
    })
  )

  it.live.each([
    { name: "message", file: (deep: object) => ({ messages: [{ ...textMessage, deep }] }), left: 0 },
    {
      name: "channel, but not its members",
      file: (deep: object) => ({ group_channels: [{ ...groupChannel, deep }] }),
      left: 2
    },
    {
      name: "member, but not its channel",
      file: (deep: object) => ({ group_channels: [{ channel_url: "c", members: [{ user_id: "u", deep }] }] }),
      left: 1
    },
    { name: "webhook", file: (deep: object) => ({ failed_webhooks: [{ ...failedWebhook, deep }] }), left: 0 },
    {
      name: "file",
      file: (deep: object) => ({ messages: [{ ...textMessage, file: { url: "x", deep } }] }),
      left: 0
    }
  ])("rejects a $name nested too deep to be serialised", ({ file, left }) =>
    Effect.gen(function* () {
      let deep: object = {}
      for (let i = 0; i < 3000; i++) deep = [deep]
      const { records, rejected } = yield* one(file(deep))
      assert.deepStrictEqual([records.length, rejected.map(({ code }) => code)], [left, ["too_deep"]])
      assert.include(JSON.stringify(rejected), "[[[[")
    })
  )
})

describe("inputs", () => {
  it.live(
    "reads archives, folders and files in the order given, under names that are the same anywhere",
    () =>
      Effect.gen(function* () {
        const path = yield* Path.Path
        const zip = zipOf([{ name: "u.json", content: '{"active_users":[{"user_id":"zipped"}]}' }])
        const files = { "a/u.json": { active_users: [{ user_id: "loose" }] }, "b/x.zip": zip }
        const [first, second] = [yield* folderOf(files), yield* folderOf(files)]
        const inputs = [first, path.join(first, "b/x.zip"), path.join(first, "a/u.json"), second]
        const source = SendbirdSource.archives({ inputs })
        const partitions = yield* SourceHarness.of(source).partitions
        assert.deepStrictEqual(
          partitions.map(({ id }) => id),
          ["export", "export/b/x.zip", "x.zip", "u.json", "export#2", "export/b/x.zip#2"]
        )
        const { records } = yield* readAll({ inputs })
        assert.deepStrictEqual(
          records.map((record) => ("id" in record ? record.id : "")),
          ["loose", "zipped", "zipped", "loose", "loose", "zipped"]
        )
        const [one, other] = [
          SendbirdSource.archives({ inputs: [first] }),
          SendbirdSource.archives({ inputs: [second] })
        ]
        assert.deepStrictEqual(
          yield* SourceHarness.of(one).fingerprint,
          yield* SourceHarness.of(other).fingerprint
        )
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("changes its fingerprint with names and settings, and a partition's with content", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const zip = (id: string) =>
        zipOf([{ name: "u.json", content: `{"active_users":[{"user_id":"${id}"}]}` }])
      const folder = yield* folderOf({ "x.zip": zip("a"), "u.json": { active_users: [{ user_id: "a" }] } })
      const fingerprint = (config = {}) =>
        SourceHarness.of(SendbirdSource.archives({ inputs: [folder], ...config })).fingerprint
      const fingerprints = Effect.map(
        SourceHarness.of(SendbirdSource.archives({ inputs: [folder] })).partitions,
        (partitions) => partitions.map(({ fingerprint }) => fingerprint)
      )
      const before = yield* fingerprint()
      const [loose, zipped] = yield* fingerprints
      assert.deepStrictEqual(yield* fingerprint({ batchRecords: 1 }), before)
      assert.notDeepEqual(yield* fingerprint({ keepPersonalFields: true }), before)
      yield* fs.writeFile(path.join(folder, "x.zip"), zip("b"))
      const [sameLoose, otherZipped] = yield* fingerprints
      assert.strictEqual(sameLoose, loose)
      assert.notStrictEqual(otherZipped, zipped)
      yield* fs.writeFileString(path.join(folder, "u.json"), '{"active_users":[{"user_id":"b"}]}')
      const [otherLoose] = yield* fingerprints
      assert.notStrictEqual(otherLoose, loose)
      assert.deepStrictEqual(yield* fingerprint(), before)
      yield* fs.writeFile(path.join(folder, "y.zip"), zip("c").subarray(0, 50))
      assert.notDeepEqual(yield* fingerprint(), before)
      assert.strictEqual((yield* fingerprints).length, 3)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live.each([
    { name: "no inputs", config: { inputs: [] }, says: /inputs/u },
    { name: "a batch of nothing", config: { inputs: ["."], batchRecords: 0 }, says: /batchRecords/u },
    {
      name: "an input that does not exist",
      config: { inputs: ["/nowhere/at/all.zip"] },
      says: /inputs: \/nowhere\/at\/all\.zip does not exist/u
    }
  ])("rejects $name", ({ config, says }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readAll(config))
      assert.match(error.message, says)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.live("emits only valid entities", () =>
    Effect.gen(function* () {
      const { records } = yield* readFiles(exportFiles(2000))
      const decode = Schema.decodeUnknownEffect(Schema.Array(Entity.Entity), {
        errors: "all",
        onExcessProperty: "error"
      })
      assert.deepStrictEqual(yield* decode(records), records)
      assert.deepStrictEqual(
        Array.from(new Set(records.map(({ _tag }) => _tag))).toSorted(),
        Entity.kinds.toSorted()
      )
    })
  )
})
