// Pages and single records of the Platform API, on lines, in arrays, and as separate files.
import type { Rejected } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { textMessage } from "./exportFiles.ts"
import { essence, folderOf, resumes, onlyPartition, readFiles } from "./reading.ts"

const ann = { user_id: "ann", nickname: "Ann", profile_url: "", created_at: 1600000000 }
const bob = { user_id: "bob", nickname: "Bob", profile_url: "", created_at: 1600000001 }
const channel = {
  channel_url: "c",
  name: "Room",
  created_at: 1600000002,
  members: [{ ...ann, state: "joined" }]
}
const first = { ...textMessage, message_id: 1, channel_url: "c" }
const second = { ...textMessage, message_id: 2, channel_url: "c", message: "two\u2028lines" }
const reaction = { key: "k", user_ids: ["ann"], message_id: 1, channel_url: "c" }
const robot = {
  bot: {
    bot_userid: "robo",
    bot_nickname: "Robo",
    bot_profile_url: "https://img.example.com/r.png",
    bot_type: "order",
    bot_token: "SECRET",
    bot_metadata: { shop: "north" }
  },
  bot_callback_url: "https://example.com/hook",
  enable_mark_as_read: true,
  show_member: true,
  channel_invitation_preference: 1,
  is_privacy_mode: true
}

const onLines = (values: ReadonlyArray<unknown>) => values.map((one) => `${JSON.stringify(one)}\n`).join("")
const pretty = (value: unknown) => JSON.stringify(value, undefined, 2)
const manyLines = (values: ReadonlyArray<unknown>) => values.map(pretty).join("\n")

describe("pages of the Platform API", () => {
  const pages = [
    { users: [ann], next: "a" },
    { users: [bob], next: "" },
    { bots: [robot], next: "" },
    { channels: [channel], next: "", ts: 1736855900000 },
    { messages: [first], next: "b" },
    { messages: [second, { ...first, message_id: 3, channel_url: undefined }], channel, next: "" },
    { reactions: [reaction] }
  ]
  const inFiles = Object.fromEntries(pages.map((page, i) => [`${i}.json`, page]))
  const forms = {
    "lines of a .jsonl file": { "p.jsonl": onLines(pages) },
    "lines of a .json file": { "p.json": onLines(pages) },
    "lines with a mark and carriage returns": { "p.txt": `\uFEFF${onLines(pages).replaceAll("\n", "\r\n")}` },
    "many lines, one after the other": { "p.json": manyLines(pages) },
    "one line, without a break": { "p.json": pages.map((page) => JSON.stringify(page)).join("") },
    "many lines of a log": { "p.log": `\uFEFF${manyLines(pages).replaceAll("\n", "\r\n")}` },
    "an array": { "p.json": pages },
    "an array on many lines": { "p.json": pretty(pages) }
  }

  it.live.each(Object.entries(forms))("give the same on %s as in separate files", ([, files]) =>
    Effect.gen(function* () {
      const alone = yield* readFiles(inFiles)
      const together = yield* readFiles(files)
      assert.deepStrictEqual(together.rejected, [])
      assert.deepStrictEqual(together.records, alone.records)
      assert.deepStrictEqual(together.notes, alone.notes)
      assert.strictEqual(together.records.filter(({ _tag }) => _tag === "message").length, 3)
    })
  )

  it.live("belong to the channel whose URL is stored beside their lists", () =>
    Effect.gen(function* () {
      const { records, rejected } = yield* readFiles({
        "a.json": { channel_url: "c", members: [{ ...ann, state: "joined" }], next: "more" },
        "b.json": { channel_url: "c", muted_list: [{ ...bob, end_at: -1 }], next: "" },
        "c.json": { ...channel, members: [] }
      })
      assert.deepStrictEqual(rejected, [])
      const members = records.filter((record) => record._tag === "member")
      assert.deepStrictEqual(
        members.map(({ channelId, isMuted, userId }) => `${channelId} ${userId} ${isMuted}`),
        ["c ann undefined", "c bob true"]
      )
      assert.deepStrictEqual(
        records.flatMap((record) => (record._tag === "channel" ? [[record.name, record.custom]] : [])),
        [["Room", undefined]]
      )
    })
  )

  it.live.each([{ batchRecords: 1024 }, { batchRecords: 100 }])(
    "one after the other are read after pages of any length, and resumed after, $batchRecords records at once",
    ({ batchRecords }) =>
      Effect.gen(function* () {
        const many = Array.from({ length: 3000 }, (_, i) => ({
          ...first,
          message_id: i + 1,
          data: "x".repeat(400)
        }))
        const later = [{ messages: [{ ...first, message_id: 5000 }], channel }, "no JSON", { users: [ann] }]
        const texts = [{ messages: many }, ...later].map((one) =>
          typeof one === "string" ? one : pretty(one)
        )
        assert.isAbove(texts[0]?.length ?? 0, 1 << 20)
        const inputs = [yield* folderOf({ "p.json": texts.join("\n") })]
        const reading = yield* onlyPartition({ inputs, batchRecords })
        const whole = yield* reading.read(Option.none())
        assert.deepStrictEqual(
          whole.batches.flatMap((batch) => batch.rejected.map(({ code }) => code)),
          ["invalid_json"]
        )
        assert.strictEqual(whole.batches.flatMap(({ records }) => records).length, 3004)
        yield* resumes(whole, reading)
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("in which no record names the channel do not belong to the channel of the page before them", () =>
    Effect.gen(function* () {
      const nowhere = { ...first, channel_url: undefined }
      const { records, rejected } = yield* readFiles({
        "p.json": manyLines([
          { messages: [{ ...nowhere, message_id: 1 }], channel },
          { messages: [{ ...nowhere, message_id: 2 }] }
        ])
      })
      assert.deepStrictEqual(
        records.flatMap((record) => (record._tag === "message" ? [record.id] : [])),
        ["1"]
      )
      assert.deepStrictEqual(
        rejected.map(({ code }) => code),
        ["missing_channel"]
      )
    })
  )

  it.live.each([
    { name: "p.json", count: 900 },
    { name: "p", count: 900 },
    { name: "p.jsonl", count: 900 },
    { name: "p.jsonl", count: 3000 }
  ])(
    "are read on lines that are longer than the part that is examined first: $count messages in $name",
    (of) =>
      Effect.gen(function* () {
        const many = Array.from({ length: of.count }, (_, i) => ({ ...first, message_id: i + 1 }))
        const last = { messages: [{ ...first, message_id: 5000 }] }
        const { records, rejected } = yield* readFiles({ [of.name]: onLines([{ messages: many }, last]) })
        assert.deepStrictEqual([records.length, rejected], [of.count + 1, []])
      })
  )

  it.live("are read beside damaged or unrelated lines, each of which is a reject", () =>
    Effect.gen(function* () {
      const { records, rejected } = yield* readFiles({
        "p.jsonl": `${onLines([pages[0]])}{"users":[{"user_id":\n${onLines([{ level: "info" }, pages[1]])}`
      })
      assert.strictEqual(records.length, 2)
      assert.deepStrictEqual(
        rejected.map(({ code }) => code),
        ["invalid_json", "unrecognised_record"]
      )
    })
  )

  it.live("one after the other are read beside error responses and damaged documents", () =>
    Effect.gen(function* () {
      const errorResponse = { message: "Too many requests.", code: 500910, error: true }
      const large = { messages: [{ ...first, data: "x".repeat(3000) }] }
      const documents = [pretty(pages[0]), pretty(errorResponse), "retrying", pretty(large), pretty(pages[1])]
      const { records, rejected } = yield* readFiles(
        { "p.json": `${documents.join("\n")}\n{"users": [` },
        { maxElementBytes: 2048 }
      )
      assert.strictEqual(records.length, 2)
      assert.deepStrictEqual(
        rejected.map(({ code }) => code),
        ["unrecognised_record", "invalid_json", "too_large", "invalid_json"]
      )
    })
  )

  it.live("one after the other are resumed exactly, wherever a run ended", () =>
    Effect.gen(function* () {
      const inputs = [yield* folderOf({ "p.json": manyLines(pages) })]
      const reading = yield* onlyPartition({ inputs, batchRecords: 1 })
      const whole = yield* reading.read(Option.none())
      assert.isAbove(whole.batches.length, 4)
      yield* resumes(whole, reading)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live.each(["w.json", "w.jsonl", "w.log", "w.txt"])(
    "are distinguished from webhooks: a log of webhooks is one reject, in %s",
    (name) =>
      Effect.gen(function* () {
        const hook = {
          category: "group_channel:message_send",
          sender: ann,
          members: [ann],
          type: "MESG",
          payload: { message_id: 7, message: "hello", created_at: 1736855700000 },
          channel: { channel_url: "c", name: "Room" },
          app_id: "A"
        }
        for (const log of [onLines([hook, hook]), manyLines([hook, hook]), onLines([hook])]) {
          const { notes, records, rejected } = yield* readFiles({ "a.json": { users: [ann] }, [name]: log })
          assert.strictEqual(records.length, 1)
          assert.deepStrictEqual(notes, {})
          assert.deepStrictEqual(
            rejected.map(({ code, message }) => [code, message.includes("webhooks")]),
            [["unrecognised_file", true]]
          )
        }
        const among = yield* readFiles({ [name]: onLines([pages[0], hook, pages[1]]) })
        assert.strictEqual(among.records.length, 2)
        assert.deepStrictEqual(
          among.rejected.map(({ code }) => code),
          ["unrecognised_record"]
        )
      })
  )

  it.live("of bots become users who are bots, without their tokens", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles({ "b.json": pretty({ bots: [robot], next: "" }) })
      assert.deepStrictEqual<unknown>(records, [
        {
          _tag: "user",
          id: "robo",
          name: "Robo",
          imageUrl: "https://img.example.com/r.png",
          isBot: true,
          isDeactivated: false,
          custom: { sendbird: { metadata: { shop: "north" } } }
        }
      ])
      assert.deepStrictEqual(notes, {
        "field_dropped.user.bot_callback_url": 1,
        "field_dropped.user.bot_type": 1,
        "field_dropped.user.channel_invitation_preference": 1,
        "field_dropped.user.enable_mark_as_read": 1,
        "field_dropped.user.is_privacy_mode": 1,
        "field_dropped.user.show_member": 1,
        "secret_dropped.user.bot_token": 1
      })
    })
  )

  it.live("on lines reject invalid records with their location and context", () =>
    Effect.gen(function* () {
      const { rejected } = yield* readFiles({
        "p.jsonl": onLines([
          pages[0],
          { messages: [first, { ...second, channel_url: undefined, message_id: 0 }], channel },
          { users: "none", members: [7], channel }
        ])
      })
      const locations = rejected.map(({ code, location }) => [code, location.replace(/.*?:| \(.*/gu, "")])
      assert.deepStrictEqual(locations, [
        ["missing_id", "line 2.messages[1]"],
        ["not_a_list", "line 3.users"],
        ["not_an_object", "line 3.members[0]"]
      ])
      const again = (index: number, corrected: unknown) => {
        const { context, ...line } = rejected[index] as Rejected.Rejected
        const source = SendbirdSource.archives({ inputs: ["."] })
        const written = { stage: "source", source: source.name, ...line, context, original: corrected }
        const mapped = source.rejected?.(JSON.stringify(written))
        assert(mapped !== undefined)
        return Effect.provide(mapped, NodeServices.layer)
      }
      const [message] = (yield* again(0, { ...second, channel_url: undefined })).records
      assert(message?._tag === "message")
      assert.deepStrictEqual([message.id, message.channelId] as ReadonlyArray<string>, ["2", "c"])
      assert.lengthOf((yield* again(1, [ann, bob])).records, 2)
      const [member] = (yield* again(2, ann)).records
      assert(member?._tag === "member")
      assert.deepStrictEqual([member.channelId, member.userId] as ReadonlyArray<string>, ["c", "ann"])
    })
  )
})

describe("single records", () => {
  const records = [
    channel,
    ann,
    first,
    { ...second, reactions: [{ key: "k", user_ids: ["ann"] }] },
    reaction,
    robot
  ]
  const files = Object.fromEntries(records.map((one, i) => [`${i}.json`, pretty(one)]))

  it.live.each([
    ["as files on one line", Object.fromEntries(records.map((one, i) => [`${i}.json`, one]))],
    ["as files of other names", Object.fromEntries(records.map((one, i) => [`${i}.txt`, pretty(one)]))],
    ["on lines", { "r.jsonl": onLines(records) }],
    ["in an array", { "r.json": records }]
  ] as const)("are read %s like files with many lines", ([, form]) =>
    Effect.gen(function* () {
      const expected = yield* readFiles(files)
      const found = yield* readFiles(form)
      assert.deepStrictEqual(essence(found), essence(expected))
      assert.deepStrictEqual(
        found.records.map(({ _tag }) => _tag),
        ["channel", "member", "user", "message", "message", "reaction", "reaction", "user"]
      )
    })
  )

  it.live("that are damaged, or too large for the setting, are one reject each", () =>
    Effect.gen(function* () {
      const large = { ...first, data: "x".repeat(3000) }
      const { records: read, rejected } = yield* readFiles(
        { "a.json": pretty(ann), "b.json": `${pretty(first).slice(0, -1)},}`, "c.json": pretty(large) },
        { maxElementBytes: 2048 }
      )
      assert.lengthOf(read, 1)
      assert.deepStrictEqual(
        rejected.map(({ code }) => code),
        ["invalid_json", "too_large"]
      )
    })
  )

  it.live("are resumed exactly, wherever a run ended", () =>
    Effect.gen(function* () {
      const inputs = [yield* folderOf({ ...files, "z.jsonl": onLines(records) })]
      const reading = yield* onlyPartition({ inputs, batchRecords: 1 })
      const whole = yield* reading.read(Option.none())
      assert.isAbove(whole.batches.length, 6)
      yield* resumes(whole, reading)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
