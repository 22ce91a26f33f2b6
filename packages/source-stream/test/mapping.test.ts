import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Raw from "./rawRecords.ts"
import { readFiles } from "./reading.ts"

const exportWith = (fields: object) => ({ "a.json": { ...Raw.exportedChannel("general"), ...fields } })
const oneMessage = (fields: object) => exportWith({ messages: [Raw.message("m", fields)] })

const NS = "1613549869745857000"

describe("custom fields", () => {
  it.live("that are in both places are kept once and counted", () =>
    Effect.gen(function* () {
      const { notes, of } = yield* readFiles(
        oneMessage({ mood: "flat", custom: { mood: "nested", poll_id: "own" }, poll_id: "p" })
      )
      assert.deepStrictEqual(of("message")[0]?.custom, { stream: { mood: "flat", poll_id: "own" } })
      assert.strictEqual(notes["custom_field_twice.message"], 2)
    })
  )
})

describe("messages", () => {
  it.live.each(["ephemeral", "error", "blocked"])("of the type %s are left out and counted", (type) =>
    Effect.gen(function* () {
      const { notes, of } = yield* readFiles(oneMessage({ type }))
      assert.lengthOf(of("message"), 0)
      assert.strictEqual(notes[`record_dropped.message.${type}`], 1)
    })
  )

  it.live.each<{ name: string; fields: object; code: string }>([
    { name: "no id", fields: { id: "" }, code: "missing_id" },
    { name: "no time", fields: { created_at: null }, code: "invalid_time" },
    { name: "an impossible time", fields: { created_at: "2021-02-30T00:00:00Z" }, code: "invalid_time" },
    {
      name: "a value nested too deep",
      fields: { deep: JSON.parse(`${"[".repeat(150)}${"]".repeat(150)}`) as unknown },
      code: "too_deep"
    }
  ])("with $name are rejected with their location", ({ code, fields }) =>
    Effect.gen(function* () {
      const { of, rejected } = yield* readFiles(oneMessage(fields))
      assert.lengthOf(of("message"), 0)
      assert.lengthOf(rejected, 1)
      assert.strictEqual(rejected[0]?.code, code)
      assert.match(rejected[0]?.location ?? "", /^export\/a\.json:messages\[0\] \(byte \d+\)$/u)
    })
  )

  it.live.each(["deep", "i18n", "poll"])(
    "nested deep enough to break a parser are rejected, and reading continues: %s",
    (field) =>
      Effect.gen(function* () {
        const text = JSON.stringify([Raw.message("m", { [field]: "HERE" }), Raw.message("n")]).replace(
          '"HERE"',
          `${"[".repeat(20_000)}${"]".repeat(20_000)}`
        )
        const { of, rejected } = yield* readFiles({
          "a.json": `{"channel":${JSON.stringify(Raw.channel("general"))},"messages":${text}}`
        })
        assert.deepStrictEqual(
          of("message").map(({ id }) => id as string),
          ["n"]
        )
        assert.deepStrictEqual(
          rejected.map(({ code }) => code),
          ["too_deep"]
        )
      })
  )
})

describe("reactions", () => {
  it.live("are emitted once, and those that are counted but not listed are counted as lost", () =>
    Effect.gen(function* () {
      const { notes, of } = yield* readFiles(
        oneMessage({
          latest_reactions: [Raw.reaction("m", "ann", { score: 5, extra: 1 }), Raw.reaction("m", "bob")],
          own_reactions: [Raw.reaction("m", "ann"), Raw.reaction("m", "ann", { type: "wow" })],
          reaction_counts: { like: 12, wow: 1 }
        })
      )
      assert.deepStrictEqual<unknown>(
        of("reaction").map(({ score, type, userId }) => [userId, type, score]),
        [
          ["ann", "like", 5],
          ["bob", "like", 1],
          ["ann", "wow", 1]
        ]
      )
      assert.deepStrictEqual(of("reaction")[0]?.custom, { stream: { extra: 1 } })
      assert.strictEqual(notes["reactions_not_exported"], 10)
      assert.deepStrictEqual(of("message")[0]?.reactionCounts, { like: 12, wow: 1 })
    })
  )

  it.live("are counted by their groups if there are no counts", () =>
    Effect.gen(function* () {
      const { notes, of } = yield* readFiles(
        oneMessage({ reaction_counts: null, reaction_groups: { like: { count: 3 }, wow: { count: 0 } } })
      )
      assert.strictEqual(notes["reactions_not_exported"], 3)
      assert.deepStrictEqual(of("message")[0]?.reactionCounts, { like: 3 })
    })
  )

  it.live("do not give a number if the message lists all of them", () =>
    Effect.gen(function* () {
      const { of } = yield* readFiles(
        oneMessage({
          latest_reactions: [Raw.reaction("m", "ann")],
          own_reactions: [Raw.reaction("m", "bob")],
          reaction_counts: { like: 2 }
        })
      )
      assert.isUndefined(of("message")[0]?.reactionCounts)
    })
  )
})

describe("users", () => {
  it.live("are emitted from every field that contains them, each once", () =>
    Effect.gen(function* () {
      const names = [
        "creator",
        "truncater",
        "author",
        "mentioned",
        "pinner",
        "reactor",
        "joined",
        "reader"
      ] as const
      const [creator, truncater, author, mentioned, pinner, reactor, joined, reader] = names.map((id) =>
        Raw.user(id)
      )
      const { of } = yield* readFiles({
        "a.json": {
          channel: Raw.channel("general", { created_by: creator, truncated_by: truncater }),
          messages: [
            Raw.message("m", {
              user: author,
              mentioned_users: [mentioned],
              pinned: true,
              pinned_at: "2021-01-01T00:00:00Z",
              pinned_by: pinner,
              latest_reactions: [Raw.reaction("m", "reactor", { user: reactor })]
            }),
            Raw.message("n", { user: author })
          ],
          members: [Raw.member("joined", { user: joined })],
          read: [{ user: reader, last_read: NS }]
        }
      })
      assert.deepStrictEqual(
        of("user").map(({ id }) => id as string),
        [...names]
      )
    })
  )

  it.live("are emitted again if they have changed, but not if only their id is given", () =>
    Effect.gen(function* () {
      const { of } = yield* readFiles(
        exportWith({
          messages: [
            Raw.message("1", { user: { id: "ann" } }),
            Raw.message("2", { user: { id: "ann", name: "A" } }),
            Raw.message("3", { user: Raw.user("ann") }),
            Raw.message("4", { user: { id: "nobody" } })
          ],
          members: []
        })
      )
      assert.deepStrictEqual(
        of("user").map(({ id, name }) => [id as string, name]),
        [
          ["ann", "Name of ann"],
          ["ann", "A"]
        ]
      )
    })
  )
})

describe("distinct channels", () => {
  const idOf = (ids: ReadonlyArray<string>) =>
    `!members-${createHash("sha512-256").update(ids.join(",")).digest("base64url")}`

  it.live.each<{ name: string; exported: object; isDistinct: boolean }>([
    { name: "its members", exported: Raw.exportedChannel(idOf(["ann", "bob"])), isDistinct: true },
    {
      name: "members in the channel",
      exported: { channel: Raw.channel(idOf(["bob"]), { members: [Raw.member("bob")] }), messages: [] },
      isDistinct: true
    },
    {
      name: "other members than at first",
      exported: Raw.exportedChannel(idOf(["ann", "bob", "cleo"])),
      isDistinct: false
    },
    {
      name: "a member who has left",
      exported: {
        ...Raw.exportedChannel(idOf(["ann"])),
        members: [Raw.member("ann"), Raw.member("bob", { deleted_at: NS })]
      },
      isDistinct: true
    },
    {
      name: "no members",
      exported: { ...Raw.exportedChannel(idOf(["ann"])), members: [] },
      isDistinct: false
    }
  ])("with $name are distinct only if the id is derived from the members", ({ isDistinct, exported }) =>
    Effect.gen(function* () {
      const { notes, of, rejected } = yield* readFiles({ "a.json": [exported, Raw.exportedChannel("other")] })
      assert.deepStrictEqual(rejected, [])
      const [channel, other] = of("channel")
      assert.strictEqual(channel?.isDistinct, isDistinct ? true : undefined)
      assert.strictEqual(channel?.distinctMemberIds === undefined, !isDistinct)
      assert.strictEqual(notes["distinct_members_unknown"], isDistinct ? undefined : 1)
      assert.isUndefined(other?.isDistinct)
    })
  )
})

describe("members who have left", () => {
  it.live("are emitted with the time, and counted if it cannot be read", () =>
    Effect.gen(function* () {
      const { notes, of } = yield* readFiles(
        exportWith({
          members: [
            Raw.member("ann", { deleted_at: NS, banned: true }),
            Raw.member("bob", { deleted_at: "lately" })
          ]
        })
      )
      assert.deepStrictEqual(
        of("member").map(({ removedAt, userId }) => [userId, removedAt as string]),
        [["ann", "2021-02-17T08:17:49.745857Z"]]
      )
      assert.strictEqual(notes["record_dropped.member.deleted"], 1)
      assert.deepStrictEqual<unknown>(of("channel")[0]?.bannedUserIds, ["ann"])
    })
  )
})

describe("bans", () => {
  it.live("that are permanent belong to the channel, and others to the member", () =>
    Effect.gen(function* () {
      const { notes, of } = yield* readFiles(
        exportWith({
          members: [
            Raw.member("a", { banned: true }),
            Raw.member("b", { banned: true, ban_expires: "2031-01-01T00:00:00Z" }),
            Raw.member("c", { shadow_banned: true }),
            Raw.member("d")
          ]
        })
      )
      assert.deepStrictEqual(of("channel")[0]?.bannedUserIds as ReadonlyArray<string>, ["a"])
      assert.deepStrictEqual<unknown>(
        of("member").map(({ custom }) => custom?.["stream"]),
        [undefined, { banned: true, ban_expires: "2031-01-01T00:00:00Z" }, { shadow_banned: true }, undefined]
      )
      assert.strictEqual(notes["ban_kept_as_custom"], 2)
    })
  )
})

describe("read states of members", () => {
  it.live("are separate from the members, and include members who have never read", () =>
    Effect.gen(function* () {
      const { notes, of } = yield* readFiles(
        exportWith({
          members: [],
          read: [
            {
              user: Raw.user("ann"),
              last_read: "2021-03-03T00:00:00.123456Z",
              last_read_message_id: "m",
              unread_messages: 3
            },
            { user: { id: "bob" }, last_read: "1970-01-01T00:00:00Z" },
            { user: { id: "cleo" }, last_read: "0001-01-01T00:00:00Z" }
          ]
        })
      )
      assert.deepStrictEqual<unknown>(
        of("member").map(({ custom, lastReadAt, userId }) => [userId, lastReadAt, custom]),
        [
          ["ann", "2021-03-03T00:00:00.123456Z", { stream: { last_read_message_id: "m" } }],
          ["bob", "1970-01-01T00:00:00Z", undefined],
          ["cleo", "1970-01-01T00:00:00Z", undefined]
        ]
      )
      assert.strictEqual(notes["never_read"], 2)
    })
  )
})
