import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { asLines, gzip, exportedChannels } from "./generated.ts"
import * as Raw from "./rawRecords.ts"
import { lines, readFiles } from "./reading.ts"

const three = exportedChannels(3, 20)
const sorted = (records: ReadonlyArray<object>) => records.map((record) => JSON.stringify(record)).toSorted()

describe("version 1", () => {
  it.live.each([
    { form: "an array", content: JSON.stringify(three) },
    { form: "an object with channels", content: JSON.stringify({ duration: "1s", channels: three }) },
    {
      form: "an object with other fields after the channels",
      content: JSON.stringify({ channels: three, duration: "1s" })
    },
    { form: "an indented array", content: JSON.stringify(three, undefined, 2) },
    { form: "an indented object with channels", content: JSON.stringify({ channels: three }, undefined, 2) },
    { form: "one channel on each line", content: lines(three) },
    { form: "consecutive channels", content: three.map((one) => JSON.stringify(one)).join("") },
    {
      form: "consecutive indented channels",
      content: three.map((one) => JSON.stringify(one, undefined, 1)).join("\n")
    },
    { form: "an array on each line", content: lines(three.map((one) => [one])) },
    { form: "gzip", content: gzip(JSON.stringify(three)) },
    {
      form: "gzip in two members",
      content: Buffer.concat(
        lines(three)
          .match(/.*\n/gu)
          ?.map((line) => gzip(line)) ?? []
      )
    },
    { form: "text after a byte order mark", content: `\uFEFF ${JSON.stringify(three)}` }
  ])("gives the same as $form", ({ content }) =>
    Effect.gen(function* () {
      const expected = yield* readFiles({ "a.json": three })
      const { notes, records, rejected } = yield* readFiles({ "a.json": content })
      assert.lengthOf(expected.of("message"), 60)
      assert.deepStrictEqual(rejected, [])
      assert.deepStrictEqual(records, expected.records)
      assert.deepStrictEqual(notes, expected.notes)
    })
  )

  it.live("may be one channel, with any other fields", () =>
    Effect.gen(function* () {
      const { of, notes, rejected } = yield* readFiles({
        "a.json": {
          ...Raw.exportedChannel("general"),
          watcher_count: 3,
          threads: [],
          duration: "1s",
          pinned_messages: [Raw.message("p")]
        }
      })
      assert.deepStrictEqual(rejected, [])
      assert.deepStrictEqual(
        of("message").map(({ id }) => id as string),
        ["general-1", "p"]
      )
      assert.strictEqual(notes["field_dropped.export.watcher_count"], 1)
    })
  )

  it.live("may have its users in a list", () =>
    Effect.gen(function* () {
      const { of } = yield* readFiles({
        "a.json": { channels: [Raw.exportedChannel("general")], users: [Raw.user("zoe")] }
      })
      assert.deepStrictEqual(
        of("user").map(({ id }) => id as string),
        ["ann", "bob", "zoe"]
      )
    })
  )

  it.live("may have the members before the channel, and the messages last", () =>
    Effect.gen(function* () {
      const { channel, members, messages } = Raw.exportedChannel("general")
      const { of, rejected } = yield* readFiles({ "a.json": [{ members, channel, messages }] })
      assert.deepStrictEqual(rejected, [])
      assert.deepStrictEqual(
        of("member").map(({ userId }) => userId as string),
        ["ann", "bob"]
      )
    })
  )
})

describe("lines", () => {
  it.live.each<{ envelope: string; of: (kind: string, value: object) => object }>([
    { envelope: "type and data", of: (type, data) => ({ type, data }) },
    { envelope: "type and item", of: (type, item) => ({ type, item }) },
    { envelope: "type and its name", of: (type, value) => ({ type, [type]: value }) },
    { envelope: "the name in capitals", of: (type, data) => ({ type: type.toUpperCase(), data }) },
    { envelope: "the name alone", of: (type, value) => ({ [type]: value }) },
    {
      envelope: "channel_member",
      of: (type, data) => ({ type: type === "member" ? "channel_member" : type, data })
    },
    { envelope: "nothing around them", of: (_, value) => value },
    {
      envelope: "custom fields in a nested object",
      of: (type, value) => {
        const { birthland, mood, name, ...rest } = value as Record<string, unknown>
        return {
          type,
          data: {
            ...rest,
            custom: {
              ...(birthland !== undefined && { birthland }),
              ...(mood !== undefined && { mood }),
              ...(name !== undefined && { name })
            }
          }
        }
      }
    }
  ])("give the same as version 1 with $envelope", ({ of }) =>
    Effect.gen(function* () {
      const expected = yield* readFiles({ "a.json": three })
      const { records, rejected } = yield* readFiles({ "a.jsonl": asLines(three, of) })
      assert.deepStrictEqual(rejected, [])
      assert.deepStrictEqual(sorted(records), sorted(expected.records))
    })
  )

  it.live(
    "understand reactions on separate lines, whether or not they name the channel of their message",
    () =>
      Effect.gen(function* () {
        const { of, rejected } = yield* readFiles({
          "a.jsonl": lines([
            { message: Raw.message("m1", { cid: "team:x" }) },
            Raw.reaction("m1", "bob"),
            Raw.reaction("m2", "bob", { cid: "team:y" }),
            Raw.reaction("m3", "bob", { message: Raw.message("m3", { cid: "team:z" }) })
          ])
        })
        assert.deepStrictEqual(
          of("reaction").map(({ channelId, messageId }) => [messageId as string, channelId as string]),
          [
            ["m1", undefined],
            ["m2", "team:y"],
            ["m3", "team:z"]
          ]
        )
        assert.deepStrictEqual(rejected, [])
      })
  )

  it.live("may be import items", () =>
    Effect.gen(function* () {
      const { records, rejected, notes } = yield* readFiles({
        "a.jsonl": lines([
          { type: "user", data: { id: "ann", name: "Ann" } },
          { type: "device", data: { id: "token", user_id: "ann", push_provider_type: "firebase" } },
          { type: "channel", data: { type: "messaging", member_ids: ["ann", "bob"], created_by: "ann" } },
          {
            type: "member",
            data: { channel_type: "messaging", channel_member_ids: ["bob", "ann"], user_id: "ann" }
          },
          {
            type: "member",
            data: { channel_type: "messaging", channel_member_ids: ["bob", "ann"], user_id: "bob" }
          },
          {
            type: "message",
            data: {
              id: "m",
              channel_type: "messaging",
              channel_member_ids: ["ann", "bob"],
              user: "ann",
              text: "t",
              created_at: "2021-01-01T00:00:00Z",
              mentioned_users_ids: ["bob"]
            }
          }
        ])
      })
      assert.deepStrictEqual(rejected, [])
      assert.strictEqual(notes["record_dropped.device"], 1)
      const [user, one, two, message, channel] = records
      assert.strictEqual(user?._tag, "user")
      assert(channel?._tag === "channel" && message?._tag === "message" && one?._tag === "member")
      assert.deepStrictEqual(channel.distinctMemberIds as ReadonlyArray<string>, ["ann", "bob"])
      assert.match(channel.id, /^messaging:!members-/u)
      assert.deepStrictEqual(
        [message.channelId, one.channelId, two?._tag],
        [channel.id, channel.id, "member"]
      )
      assert.deepStrictEqual(message.mentionedUserIds as ReadonlyArray<string>, ["bob"])
    })
  )

  it.live("that match no record are rejected with their number, and reading continues", () =>
    Effect.gen(function* () {
      const { records, rejected } = yield* readFiles({
        "a.jsonl": `{"type":"user","data":{"id":"a"}}\n\nnonsense\n{"type":"poll","data":{}}\n[1]\n"text"\n{"type":"message","data":5}\n{}\n{"type":"user","data":{"id":"b"}}`
      })
      assert.deepStrictEqual(
        records.map((record) => record._tag === "user" && (record.id as string)),
        ["a", "b"]
      )
      assert.deepStrictEqual(
        rejected.map(({ code, kind, location }) => [code, kind, location.replace(/ \(byte.*/u, "")]),
        [
          ["invalid_json", "unknown", "export/a.jsonl:line 3"],
          ["unrecognised_record", "unknown", "export/a.jsonl:line 4"],
          ["not_an_object", "unknown", "export/a.jsonl:line 5"],
          ["not_an_object", "unknown", "export/a.jsonl:line 6"],
          ["not_an_object", "message", "export/a.jsonl:line 7"],
          ["unrecognised_record", "unknown", "export/a.jsonl:line 8"]
        ]
      )
      assert.deepStrictEqual(rejected[0]?.original, { text: "nonsense" })
    })
  )

  it.live("are distinguished from a document even if the first one is damaged", () =>
    Effect.gen(function* () {
      const { records, rejected } = yield* readFiles({
        "a.jsonl": `{"type":"user","data":{"id":"a"\n{"type":"user","data":{"id":"b"}}\n`
      })
      assert.lengthOf(records, 1)
      assert.deepStrictEqual(
        rejected.map(({ code }) => code),
        ["invalid_json"]
      )
    })
  )

  it.live("may be longer than the part that is examined to recognise the form", () =>
    Effect.gen(function* () {
      const long = Raw.message("m", { text: "x".repeat(3 << 20) })
      const { of, rejected } = yield* readFiles({ "a.jsonl": lines([{ type: "message", data: long }]) })
      assert.deepStrictEqual(rejected, [])
      assert.strictEqual(of("message")[0]?.text?.length, 3 << 20)
    })
  )
})

describe("an array of records of any kind", () => {
  it.live("is read like records on lines", () =>
    Effect.gen(function* () {
      const values = [
        { type: "channel", data: Raw.channel("general") },
        { message: Raw.message("m1", { channel: { cid: "messaging:general" } }) },
        Raw.message("m2", { channel: { cid: "messaging:general" } }),
        Raw.user("zoe"),
        Raw.channel("other", { members: [Raw.member("bob")] })
      ]
      const { of, rejected } = yield* readFiles({ "a.json": values })
      assert.deepStrictEqual(rejected, [])
      assert.deepStrictEqual(
        of("message").map(({ id }) => id as string),
        ["m1", "m2"]
      )
      assert.deepStrictEqual(
        of("channel").map(({ id }) => id as string),
        ["messaging:general", "messaging:other"]
      )
      assert.deepStrictEqual(
        of("user").map(({ id }) => id as string),
        ["ann", "zoe", "bob"]
      )
    })
  )
})

describe("the export of one user", () => {
  const document = {
    user: Raw.user("ann"),
    messages: [
      Raw.message("m1", { user: null, reaction_counts: null }),
      Raw.message("m2", { user: null, cid: "team:x", latest_reactions: null })
    ],
    reactions: [
      { ...Raw.reaction("m1", "ann"), user: null },
      { ...Raw.reaction("m9", "ann"), user: null, cid: "team:x" }
    ],
    duration: "1ms"
  }

  it.live.each([
    { form: "a document", content: JSON.stringify(document) },
    { form: "an indented document", content: JSON.stringify(document, undefined, 2) },
    { form: "a line", content: lines([{ type: "user", data: Raw.user("zoe") }, document]) }
  ])("names the user as the author, as $form", ({ content }) =>
    Effect.gen(function* () {
      const { of, rejected } = yield* readFiles({ "a.json": content })
      assert.deepStrictEqual(
        of("message").map(({ channelId, id, userId }) => [
          id as string,
          channelId as string,
          userId as string
        ]),
        [
          ["m1", "messaging:general", "ann"],
          ["m2", "team:x", "ann"]
        ]
      )
      assert.deepStrictEqual(
        of("reaction").map(({ messageId, userId }) => [messageId as string, userId as string]),
        [
          ["m1", "ann"],
          ["m9", "ann"]
        ]
      )
      assert.deepStrictEqual(rejected, [])
    })
  )
})
