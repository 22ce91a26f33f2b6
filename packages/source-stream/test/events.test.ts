import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Raw from "./rawRecords.ts"
import { lines, readFiles } from "./reading.ts"

const CID = "messaging:general"
const AT = "2022-01-01T00:00:00Z"

const event = (type: string, fields: object = {}) => ({
  type,
  cid: CID,
  channel_id: "general",
  channel_type: "messaging",
  created_at: AT,
  ...fields
})

const requestInfo = { type: "client", ip: "192.0.2.7", user_agent: "Mozilla/5.0", sdk: "x" }

/** Leaves out nested users, and channels of which events give no more than the id. */
const others = <R extends { readonly _tag: string }>(records: ReadonlyArray<R>) =>
  records.filter(
    (one) =>
      one._tag !== "user" && !(one._tag === "channel" && Object.keys(one).join() === "_tag,id,form,type")
  )

/** The selected fields. */
const picked = (record: object | undefined, of: object) =>
  Object.fromEntries(
    Object.keys(of).map((name) => [name, (record as Readonly<Record<string, unknown>> | undefined)?.[name]])
  )

describe("events", () => {
  it.live("that a client has missed are read from the response that lists them, on one line or on many", () =>
    Effect.gen(function* () {
      const events = [
        event("message.new", { message: Raw.message("a2"), user: Raw.user("ann") }),
        event("reaction.new", { reaction: Raw.reaction("a2", "bob") }),
        { type: "my.own", created_at: AT, cid: CID },
        7
      ]
      const answer = { events, inaccessible_cids: [], duration: "1ms" }
      const alone = yield* readFiles({ "a.jsonl": lines(events.slice(0, 2)) })
      for (const text of [JSON.stringify(answer), JSON.stringify(answer, undefined, 2)]) {
        const { notes, records, rejected } = yield* readFiles({ "a.json": text })
        assert.deepStrictEqual(records, alone.records)
        assert.deepStrictEqual(notes, alone.notes)
        assert.deepStrictEqual(
          rejected.map(({ code, location }) => [code, /events\[\d\]/u.exec(location)?.[0]]),
          [
            ["unknown_event", "events[2]"],
            ["not_an_object", "events[3]"]
          ]
        )
      }
    })
  )

  it.live(
    "are never mistaken for members: messages, reactions, memberships and reads are distinguished by type",
    () =>
      Effect.gen(function* () {
        const { notes, records, rejected } = yield* readFiles({
          "a.jsonl": lines([
            event("typing.start", { user: { id: "eve" } }),
            event("message.new", {
              message: Raw.message("a2"),
              user: Raw.user("ann"),
              request_info: requestInfo
            }),
            event("message.read", { user: { id: "zoe" }, request_info: requestInfo }),
            event("member.removed", { member: { user_id: "dan" }, user: { id: "dan" } }),
            event("reaction.new", { reaction: Raw.reaction("a2", "bob") }),
            event("reaction.deleted", { reaction: Raw.reaction("a2", "zoe") })
          ])
        })
        assert.deepStrictEqual(rejected, [])
        assert.deepStrictEqual(others(records) as ReadonlyArray<object>, [
          {
            _tag: "message",
            id: "a2",
            channelId: CID,
            type: "regular",
            createdAt: "2021-03-01T10:00:00.12345Z",
            userId: "ann",
            html: "<p>Text of a2</p>\n",
            updatedAt: "2021-03-01T10:00:00.12345Z",
            text: "Text of a2"
          },
          { _tag: "member", channelId: CID, userId: "zoe", lastReadAt: AT },
          { _tag: "member", channelId: CID, userId: "dan", removedAt: AT },
          {
            _tag: "reaction",
            messageId: "a2",
            userId: "bob",
            type: "like",
            channelId: CID,
            score: 1,
            createdAt: "2021-03-02T10:00:00.5Z",
            updatedAt: "2021-03-02T10:00:00.5Z"
          },
          {
            _tag: "reaction",
            messageId: "a2",
            userId: "zoe",
            type: "like",
            channelId: CID,
            score: 1,
            createdAt: "2021-03-02T10:00:00.5Z",
            updatedAt: "2021-03-02T10:00:00.5Z",
            removedAt: AT
          }
        ])
        assert.deepStrictEqual(notes, {
          "event_passed_over.typing.start": 1,
          read_in_log: 1,
          "secret_dropped.event.request_info": 2
        })
        assert.notInclude(JSON.stringify(records), "192.0.2.7")
      })
  )

  const apply = (type: string, fields: object) =>
    Effect.map(readFiles({ "a.json": [event(type, fields)] }), ({ notes, records, rejected }) => {
      assert.deepStrictEqual(rejected, [])
      return { notes, records: others(records), users: records.filter(({ _tag }) => _tag === "user") }
    })

  it.live.each<{ type: string; fields: object; is: object }>([
    {
      type: "message.deleted",
      fields: { message: Raw.message("m"), hard_delete: false },
      is: { id: "m", isDeleted: true, deletedAt: AT }
    },
    {
      type: "message.undeleted",
      fields: { message: Raw.message("m") },
      is: { id: "m", isDeleted: undefined }
    },
    {
      type: "message.deleted",
      fields: { message: Raw.message("m", { type: "deleted" }), deleted_for_me: true },
      is: { id: "m", isDeleted: undefined, deletedAt: undefined }
    },
    {
      type: "member.added",
      fields: { member: Raw.member("bob"), user: Raw.user("bob") },
      is: { _tag: "member", userId: "bob", removedAt: undefined }
    },
    {
      type: "notification.removed_from_channel",
      fields: { member: Raw.member("bob") },
      is: { _tag: "member", userId: "bob", removedAt: AT }
    },
    {
      type: "notification.invite_rejected",
      fields: { member: Raw.member("bob", { invited: true, invite_rejected_at: AT }) },
      is: { _tag: "member", userId: "bob", inviteRejectedAt: AT }
    },
    {
      type: "channel.updated",
      fields: { channel: Raw.channel("general") },
      is: { _tag: "channel", id: CID, name: "Room general" }
    },
    { type: "channel.frozen", fields: {}, is: { _tag: "channel", id: CID, isFrozen: true, updatedAt: AT } },
    { type: "channel.unfrozen", fields: {}, is: { _tag: "channel", id: CID, isFrozen: false } },
    {
      type: "channel.hidden",
      fields: { user: { id: "bob" }, clear_history: true },
      is: { _tag: "member", userId: "bob", isChannelHidden: true, hiddenBefore: AT, updatedAt: AT }
    },
    {
      type: "channel.visible",
      fields: { user: { id: "bob" } },
      is: { _tag: "member", userId: "bob", isChannelHidden: false }
    },
    {
      type: "user.banned",
      fields: { user: { id: "bob" } },
      is: { _tag: "channel", id: CID, bannedUserIds: ["bob"] }
    },
    {
      type: "notification.mark_read",
      fields: { user: { id: "bob" }, last_read_message_id: "m" },
      is: { _tag: "member", lastReadAt: AT, custom: { stream: { last_read_message_id: "m" } } }
    }
  ])("of the type $type give $is", ({ fields, is, type }) =>
    Effect.gen(function* () {
      const [one, ...rest] = (yield* apply(type, fields)).records
      assert.deepStrictEqual(rest, [])
      assert.deepStrictEqual(picked(one, is), is)
    })
  )

  it.live.each<{ type: string; field: string }>([
    { type: "channel.deleted", field: "deletedAt" },
    { type: "channel.truncated", field: "truncatedAt" }
  ])("of the type $type give their time to the channel", ({ field, type }) =>
    Effect.gen(function* () {
      const { records } = yield* apply(type, { channel: Raw.channel("general") })
      assert.strictEqual((records.at(-1) as Readonly<Record<string, unknown>> | undefined)?.[field], AT)
    })
  )

  it.live.each<{ type: string; fields: object; is: object }>([
    { type: "user.deleted", fields: { user: { id: "bob", role: "user" } }, is: { deletedAt: AT } },
    {
      type: "user.deactivated",
      fields: { user: { id: "bob", role: "user" } },
      is: { isDeactivated: true, deactivatedAt: AT }
    },
    {
      type: "user.reactivated",
      fields: { user: { id: "bob", role: "user", deactivated_at: "2021-01-01T00:00:00Z" } },
      is: { isDeactivated: false, deactivatedAt: undefined, updatedAt: AT }
    },
    {
      type: "user.muted",
      fields: { user: { id: "bob" }, target_user: { id: "eve" } },
      is: { id: "bob", mutedUserIds: ["eve"] }
    },
    {
      type: "channel.muted",
      fields: { mute: { user: { id: "bob" }, channel: { cid: CID } } },
      is: { id: "bob", mutedChannelIds: [CID] }
    },
    {
      type: "notification.mutes_updated",
      fields: { me: { id: "bob", mutes: [{ target: { id: "eve" } }] } },
      is: { id: "bob", mutedUserIds: ["eve"] }
    },
    {
      type: "user.banned",
      fields: {
        user: { id: "bob", role: "user" },
        cid: undefined,
        channel_id: undefined,
        expiration: "2031-01-01T00:00:00Z"
      },
      is: { id: "bob", custom: { stream: { banned: true, ban_expires: "2031-01-01T00:00:00Z" } } }
    }
  ])("of the type $type change the user: $is", ({ fields, is, type }) =>
    Effect.gen(function* () {
      const { users } = yield* apply(type, fields)
      assert.deepStrictEqual(picked(users.at(-1), is), is)
    })
  )

  it.live.each([
    "user.unbanned",
    "user.unmuted",
    "channel.unmuted",
    "draft.updated",
    "poll.closed",
    "user.messages.deleted",
    "notification.mark_unread",
    // These do not say what they are about.
    "message.new",
    "reaction.new",
    "channel.deleted.of.nothing"
  ])(
    "of the type %s, whose change no record can express, are counted or rejected and do not give a member",
    (type) =>
      Effect.gen(function* () {
        const { notes, records, rejected } = yield* readFiles({
          "a.jsonl": lines([Raw.user("kim"), event(type, { user: { id: "bob" } })])
        })
        assert.deepStrictEqual(others(records), [])
        if (rejected.length === 0) assert.strictEqual(notes[`event_not_applied.${type}`], 1)
        else assert.include(rejected[0]?.message, type)
      })
  )

  it.live.each<{ type: string; fields: object }>([
    { type: "user.deleted", fields: { user: { id: "bob", role: "user" }, mark_messages_deleted: true } },
    { type: "user.deleted", fields: { user: { id: "bob", role: "user" }, hard_delete: true } },
    { type: "user.deleted", fields: { user: { id: "bob", role: "user" }, delete_messages: "soft" } },
    { type: "user.deleted", fields: { user: { id: "bob", role: "user" }, delete_user: "pruning" } },
    { type: "user.deleted", fields: { user: { id: "bob" }, delete_conversation_channels: true } },
    { type: "user.banned", fields: { user: { id: "bob" }, delete_messages: "hard" } },
    { type: "channel.truncated", fields: { channel: Raw.channel("general"), hard_delete: true } },
    { type: "channel.deleted", fields: { channel: Raw.channel("general"), hard_delete: true } },
    { type: "reaction.updated", fields: { reaction: Raw.reaction("m", "bob") } }
  ])("of the type $type that also change other records are counted: $fields", ({ fields, type }) =>
    Effect.gen(function* () {
      const { notes } = yield* apply(type, fields)
      assert.strictEqual(notes[`event_applied_in_part.${type}`], 1)
    })
  )

  it.live.each<{ type: string; fields: object }>([
    {
      type: "user.deleted",
      fields: { user: { id: "bob", role: "user" }, delete_user: "soft", hard_delete: false }
    },
    { type: "message.deleted", fields: { message: Raw.message("m"), hard_delete: true } },
    { type: "reaction.new", fields: { reaction: Raw.reaction("m", "bob") } }
  ])("of the type $type that change nothing else are applied: $fields", ({ fields, type }) =>
    Effect.gen(function* () {
      const { notes } = yield* apply(type, fields)
      assert.notInclude(Object.keys(notes).join(), "event_applied_in_part")
    })
  )

  it.live("describe a channel that they do not contain by its type, team and custom data", () =>
    Effect.gen(function* () {
      const fields = { message: Raw.message("m"), channel_custom: { name: "Show", vip: true }, team: "red" }
      const { records } = yield* apply("message.new", fields)
      assert.deepStrictEqual(records[0] as object, {
        _tag: "channel",
        id: CID,
        form: "typed",
        type: "messaging",
        name: "Show",
        team: "red",
        custom: { stream: { vip: true } }
      })
    })
  )

  it.live("of other types are rejected by name, without the origin of the request", () =>
    Effect.gen(function* () {
      const { records, rejected } = yield* readFiles({
        "a.jsonl": lines([
          Raw.user("kim"),
          event("shop.order_paid", { user: { id: "bob" }, request_info: requestInfo }),
          event("friendship_request", { user: { id: "bob" }, request_info: requestInfo })
        ])
      })
      assert.lengthOf(records, 1)
      assert.deepStrictEqual(
        rejected.map(({ code, kind, message }) => [code, kind, message]),
        [
          ["unknown_event", "unknown", "an event of the type shop.order_paid is not known"],
          ["unknown_event", "unknown", "an event of the type friendship_request is not known"]
        ]
      )
      assert.notInclude(JSON.stringify(rejected), "192.0.2.7")
    })
  )

  const some = [
    event("channel.created", { channel: Raw.channel("general"), user: Raw.user("ann") }),
    event("reaction.new", {
      channel: Raw.channel("general", { member_count: 3 }),
      members: [Raw.member("bob")],
      message: Raw.message("m"),
      reaction: Raw.reaction("m", "bob")
    })
  ]
  const sorted = (of: object) =>
    Object.fromEntries(Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  const text = (of: object) => JSON.stringify(of)

  it.live.each<{ form: string; content: string }>([
    { form: "an array", content: JSON.stringify(some) },
    { form: "an indented array", content: JSON.stringify(some, undefined, 2) },
    { form: "an array with their fields in order", content: JSON.stringify(some.map(sorted)) },
    { form: "lines with their fields in order", content: lines(some.map(sorted)) },
    {
      form: "consecutive indented documents",
      content: some.map((one) => JSON.stringify(one, undefined, 1)).join("\n")
    },
    {
      form: "records of SQS",
      content: lines(some.map((one) => ({ MessageId: "1", ReceiptHandle: "x", Body: text(one) })))
    },
    {
      form: "records of SQS in base64",
      content: lines(some.map((one) => ({ MessageId: "1", Body: Buffer.from(text(one)).toString("base64") })))
    },
    {
      form: "compressed records of SQS",
      content: lines(some.map((one) => ({ MessageId: "1", Body: gzipSync(text(one)).toString("base64") })))
    },
    {
      form: "a response of SQS",
      content: JSON.stringify(
        { Messages: some.map((one) => ({ MessageId: "1", ReceiptHandle: "x", Body: text(one) })) },
        undefined,
        2
      )
    },
    {
      form: "notifications of SNS inside records of SQS",
      content: lines(
        some.map((one) => ({
          messageId: "1",
          receiptHandle: "x",
          body: text({ Type: "Notification", MessageId: "2", TopicArn: "arn", Message: text(one) })
        }))
      )
    },
    {
      form: "a response with missed events",
      content: JSON.stringify({ events: some, inaccessible_cids: [] })
    },
    { form: "an indented delivery of several", content: JSON.stringify({ hook_events: some }, undefined, 2) },
    {
      form: "the input of a Lambda function",
      content: JSON.stringify({
        Records: some.map((one) => ({ Sns: { MessageId: "2", Message: text(one) } }))
      })
    }
  ])("give the same as $form", ({ content }) =>
    Effect.gen(function* () {
      const expected = yield* readFiles({ "a.jsonl": lines(some) })
      const { notes, records, rejected } = yield* readFiles({ "a.json": content })
      assert.isTrue(expected.of("reaction").length > 0 && expected.of("channel").length > 0)
      assert.deepStrictEqual(rejected, [])
      assert.deepStrictEqual(records, expected.records)
      assert.deepStrictEqual(notes, expected.notes)
    })
  )

  it.live("in a queue that are malformed are rejected there, without secrets", () =>
    Effect.gen(function* () {
      const broken = JSON.stringify(event("message.new", { request_info: requestInfo })).slice(0, -1)
      const bad = event("message.new", { message: { id: "m" } })
      const { records, rejected } = yield* readFiles({
        "a.jsonl": lines([
          { MessageId: "1", ReceiptHandle: "x", Body: broken },
          { MessageId: "2", ReceiptHandle: "x", Body: JSON.stringify(bad) },
          { MessageId: "3", ReceiptHandle: "x", Body: "H4sIAAAA" }
        ])
      })
      assert.deepStrictEqual(others(records), [])
      assert.deepStrictEqual(
        rejected.map(({ code, location }) => [code, location.replace(/ \(byte.*/u, "")]),
        [
          ["invalid_json", "export/a.jsonl:line 1.Body"],
          ["invalid_time", "export/a.jsonl:line 2.Body.message"],
          ["invalid_json", "export/a.jsonl:line 3.Body"]
        ]
      )
      assert.notInclude(JSON.stringify(rejected), "192.0.2.7")
    })
  )
})
