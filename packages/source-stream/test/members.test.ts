import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Raw from "./rawRecords.ts"
import { lines, readFiles } from "./reading.ts"

const CID = "messaging:general"
const READ = "2021-05-01T00:00:00Z"

const channel = (members: number) => Raw.channel("general", { member_count: members })
const messages = [Raw.message("m", { cid: CID })]
const members = [Raw.member("ann"), Raw.member("bob", { banned: true })]
const read = ["ann", "eve"].map((id) => ({ user: { id }, last_read: READ }))

const layouts = (value: object) => [
  JSON.stringify(value),
  JSON.stringify(value, undefined, 2),
  JSON.stringify([value]),
  JSON.stringify({ channels: [value] }, undefined, 1)
]

/** The members after a sink has merged these records. */
const memberships = (records: ReadonlyArray<object>) => {
  const of = records as ReadonlyArray<{
    _tag: string
    userId: string
    removedAt?: string
    lastReadAt?: string
  }>
  const left = of.filter(({ _tag, removedAt }) => _tag === "member" && removedAt !== undefined)
  const ids = of.filter(({ _tag, removedAt }) => _tag === "member" && removedAt === undefined)
  return {
    members: Array.from(new Set(ids.map(({ userId }) => userId))).toSorted(),
    left: left.map(({ removedAt, userId }) => [userId, removedAt])
  }
}

describe("members", () => {
  it.live.each([
    { says: "as Stream gives it", value: { channel: channel(2), messages, members, read } },
    {
      says: "with what was read before the members",
      value: { channel: channel(2), messages, read, members }
    },
    { says: "with the channel after the members", value: { members, channel: channel(2), read, messages } },
    { says: "with no message", value: { read, members, messages: [], channel: channel(2) } }
  ])("of a channel $says are those in its list, and other users who have read it have left", ({ value }) =>
    Effect.gen(function* () {
      for (const content of layouts(value)) {
        const { notes, records, rejected } = yield* readFiles({ "a.json": content })
        assert.deepStrictEqual(rejected, [])
        assert.deepStrictEqual(memberships(records), {
          members: ["ann", "bob", "eve"],
          left: [["eve", READ]]
        })
        assert.strictEqual(notes["read_without_member"], 1)
      }
    })
  )

  it.live.each(layouts({ read, members, messages, channel: channel(2) }))(
    "are read before messages that name the channel, which comes last: %#",
    (content) =>
      Effect.gen(function* () {
        const { records, rejected } = yield* readFiles({ "a.json": content })
        assert.deepStrictEqual(rejected, [])
        assert.deepStrictEqual(memberships(records).members, ["ann", "bob", "eve"])
      })
  )

  it.live("may not all be listed, so that nothing follows for other users who have read it", () =>
    Effect.gen(function* () {
      const { notes, records } = yield* readFiles({
        "a.json": { channel: channel(3), messages, members, read }
      })
      assert.deepStrictEqual(memberships(records).left, [])
      assert.notProperty(notes, "read_without_member")
    })
  )

  it.live("are emitted when reading resumes between them and the read states", () =>
    Effect.gen(function* () {
      const one = (type: string, data: object) => ({ type, data })
      const content = lines([
        one("channel", channel(2)),
        ...members.map((each) => one("member", each)),
        ...read.map((each) => one("read", each)),
        one("message", Raw.message("m", { cid: CID }))
      ])
      const all = yield* readFiles({ "a.jsonl": content })
      const each = yield* readFiles({ "a.jsonl": content }, { batchRecords: 1 })
      assert.deepStrictEqual(each.records, all.records)
      assert.strictEqual(all.notes["read_without_member"], 1)
    })
  )
})
