import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Raw from "./rawRecords.ts"
import { lines, readFiles } from "./reading.ts"

const CID = "messaging:general"
const pages = [
  { of: "users", page: { users: [Raw.user("kim")], duration: "1ms" }, gives: ["user kim"] },
  {
    of: "users by their ids",
    page: { users: { kim: Raw.user("kim") }, duration: "1ms" },
    gives: ["user kim"]
  },
  {
    of: "channels",
    page: { channels: [Raw.exportedChannel("general", { membership: Raw.member("zoe") })], duration: "1ms" },
    gives: [
      "user ann",
      "message general-1",
      "user bob",
      "member ann",
      "member bob",
      "user zoe",
      "member zoe",
      `channel ${CID}`
    ]
  },
  {
    of: "channels alone",
    page: { channels: [Raw.channel("general")], duration: "1ms" },
    gives: ["user ann", `channel ${CID}`]
  },
  {
    of: "messages",
    page: { messages: [Raw.message("m")], duration: "1ms" },
    gives: ["user ann", "message m"]
  },
  {
    of: "members",
    page: { members: [Raw.member("bob", { cid: CID })], duration: "1ms" },
    gives: ["user bob", "member bob"]
  },
  {
    of: "reactions",
    page: { reactions: [Raw.reaction("m", "bob")], next: "x", duration: "1ms" },
    gives: ["user bob", "reaction bob"]
  },
  {
    of: "one message",
    page: { message: Raw.message("m"), duration: "1ms" },
    gives: ["user ann", "message m"]
  },
  {
    of: "one reaction",
    page: { message: Raw.message("m"), reaction: Raw.reaction("m", "bob"), duration: "1ms" },
    gives: ["user ann", "message m", "user bob", "reaction bob"]
  },
  {
    of: "one channel",
    page: { channel: Raw.channel("general"), duration: "1ms" },
    gives: ["user ann", `channel ${CID}`]
  },
  {
    of: "results of a search",
    page: {
      results: [{ message: Raw.message("m", { channel: Raw.channel("general") }) }],
      duration: "1ms"
    },
    gives: ["user ann", `channel ${CID}`, "message m"]
  },
  {
    of: "flags",
    page: { flags: [{ created_by_automod: false, message: Raw.message("m"), user: Raw.user("x") }] },
    gives: ["user ann", "message m"]
  },
  {
    of: "threads",
    page: {
      threads: [
        { parent_message_id: "m", channel: Raw.channel("general"), latest_replies: [Raw.message("r")] }
      ],
      duration: "1ms"
    },
    gives: ["user ann", `channel ${CID}`, "message r"]
  },
  {
    of: "events that were missed",
    page: {
      events: [
        { type: "message.new", cid: CID, created_at: "2022-01-01T00:00:00Z", message: Raw.message("m") }
      ],
      inaccessible_cids: [],
      duration: "1ms"
    },
    gives: [`channel ${CID}`, "user ann", "message m"]
  }
]

const named = (records: ReadonlyArray<object>) =>
  records.map((one) => {
    const { _tag, id, userId } = one as Readonly<Record<string, string>>
    return `${_tag} ${id ?? userId}`
  })

describe("responses of the regular API", () => {
  it.live.each(pages)("with $of are read, on one line or on many", ({ gives, page }) =>
    Effect.gen(function* () {
      const line = yield* readFiles({ "a.json": JSON.stringify(page) })
      const indented = yield* readFiles({ "a.json": JSON.stringify(page, undefined, 2) })
      const array = yield* readFiles({ "a.json": [page] })
      assert.deepStrictEqual(line.rejected, [])
      assert.deepStrictEqual(named(line.records).toSorted(), gives.toSorted())
      assert.deepStrictEqual(indented.records, line.records)
      assert.deepStrictEqual(array.records, line.records)
      assert.deepStrictEqual(indented.notes, line.notes)
    })
  )

  it.live("without records are skipped and counted", () =>
    Effect.gen(function* () {
      const { notes, rejected } = yield* readFiles({
        "a.json": Raw.exportedChannel("general"),
        "b.json": { task_id: "1", duration: "1ms" },
        "c.json": { code: 4, message: "no", StatusCode: 400, duration: "1ms", more_info: "x" }
      })
      assert.deepStrictEqual(rejected, [])
      assert.strictEqual(notes["answer_passed_over"], 2)
    })
  )

  it.live.each<{ name: string; value: object }>([
    { name: "ban", value: { user: { id: "x" }, channel: { cid: CID }, banned_by: { id: "y" } } },
    { name: "mute", value: { user: { id: "x" }, target: { id: "y" } } },
    { name: "draft", value: { channel_cid: CID, user_id: "x", message: { id: "m", text: "t" } } },
    { name: "reminder", value: { channel_cid: CID, user_id: "x", message_id: "m", remind_at: null } },
    { name: "thread", value: { channel_cid: CID, parent_message_id: "m", created_by: { id: "x" } } },
    { name: "poll_vote", value: { poll_id: "p", option_id: "o", user_id: "x", id: "v" } }
  ])("with a $name are rejected by its name", ({ name, value }) =>
    Effect.gen(function* () {
      const { of, rejected } = yield* readFiles({ "a.jsonl": lines([Raw.user("kim"), value]) })
      assert.deepStrictEqual(
        rejected.map(({ code }) => code),
        [`no_place.${name}`]
      )
      assert.lengthOf(of("member"), 0)
    })
  )

  it.live("with lists of such records are rejected one by one, and other fields are counted by name", () =>
    Effect.gen(function* () {
      const { notes, rejected } = yield* readFiles({
        "a.json": Raw.exportedChannel("general"),
        "b.json": { bans: [{ user: { id: "x" }, banned_by: { id: "y" } }], duration: "1ms" },
        "c.json": { sets: { a: 1 }, duration: "1ms" }
      })
      assert.deepStrictEqual(
        rejected.map(({ code, location }) => [code, location.replace(/ \(byte.*/u, "")]),
        [["no_place.ban", "export/b.json:line 1.bans[0]"]]
      )
      assert.strictEqual(notes["ignored_member.sets"], 1)
    })
  )

  it.live("with unknown fields are counted by the names of the fields", () =>
    Effect.gen(function* () {
      const { notes } = yield* readFiles({ "a.json": { ...Raw.exportedChannel("general"), moods: [1] } })
      assert.strictEqual(notes["ignored_member.moods"], 1)
    })
  )
})

describe("devices", () => {
  const device = {
    id: "the token",
    push_provider: "firebase",
    user_id: "zoe",
    created_at: "2021-01-01T00:00:00Z"
  }
  const user = Raw.user("zoe", {
    devices: [{ ...device, disabled: true, disabled_reason: "gone", voip: true }]
  })

  it.live("are left out unless a setting takes them", () =>
    Effect.gen(function* () {
      const files = { "a.jsonl": lines([user, { devices: [device], duration: "1ms" }]) }
      const without = yield* readFiles(files)
      assert.notInclude(JSON.stringify(without), "the token")
      assert.strictEqual(without.notes["record_dropped.device"], 1)
      const { notes, of } = yield* readFiles(files, { devices: "take" })
      const expected = { id: "the token", provider: "firebase", createdAt: "2021-01-01T00:00:00Z" }
      const [nested, alone]: ReadonlyArray<object> = of("user")
      assert.deepInclude(nested, { devices: [{ ...expected, isDisabled: true, disabledReason: "gone" }] })
      assert.deepStrictEqual(alone, { _tag: "user", id: "zoe", devices: [expected] })
      assert.strictEqual(notes["field_dropped.device.voip"], 1)
    })
  )

  it.live("and bans from future channels are separate records in imports", () =>
    Effect.gen(function* () {
      const ban = { target_id: "eve", created_by: "zoe", shadow: true, reason: "spam" }
      const { notes, of } = yield* readFiles(
        {
          "a.jsonl": lines([
            { type: "device", data: { ...device, push_provider: undefined, push_provider_type: "apn" } },
            { type: "future_channel_ban", data: ban }
          ])
        },
        { devices: "take" }
      )
      assert.deepStrictEqual(of("user") as unknown, [
        {
          _tag: "user",
          id: "zoe",
          devices: [{ id: "the token", provider: "apn", createdAt: "2021-01-01T00:00:00Z" }]
        },
        { _tag: "user", id: "eve", futureChannelBans: [{ byId: "zoe", reason: "spam", isShadow: true }] }
      ])
      assert.deepStrictEqual(notes, {
        "told_in_parts.user.devices": 1,
        "told_in_parts.user.futureChannelBans": 1
      })
    })
  )
})

describe("files beside exports", () => {
  it.live("that are unrelated logs, or not JSON, are one reject each and do not end the run", () =>
    Effect.gen(function* () {
      const log = (level: string) => ({ level, msg: "started", pid: 7 })
      const { of, rejected } = yield* readFiles({
        "a.json": Raw.exportedChannel("general"),
        "b.jsonl": lines([log("info"), log("warn"), log("info"), log("info")]),
        "c.json": "{ // settings\n  a: 1\n}",
        "d.csv": "message_id,channel_cid,type,text,user_id,created_at\nm,messaging:x,regular,Hi,ann,2021\n",
        "._a.json": "\0\u0005"
      })
      assert.isAbove(of("message").length, 0)
      assert.deepStrictEqual(
        rejected.map(({ code, location }) => [code, location]),
        [
          ["unrecognised_file", "export/b.jsonl"],
          ["unrecognised_file", "export/c.json"],
          ["unrecognised_file", "export/d.csv"]
        ]
      )
      assert.include(rejected[2]?.message, "CSV")
    })
  )

  it.live.each([
    {
      what: "an export as CSV",
      content: "message_id,cid,type,text,user_id\nm,messaging:x,regular,Hi,ann\n",
      says: "CSV"
    },
    {
      what: "events that change nothing",
      content: lines([{ type: "health.check", created_at: "2021-01-01T00:00:00Z" }]),
      says: ""
    }
  ])("without records never end in success: $what", ({ content, says }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readFiles({ "a.json": content }))
      assert(error._tag === "SourceError" && error.reason._tag === "UnrecognisedInput")
      assert.include(error.message, says)
    })
  )
})
