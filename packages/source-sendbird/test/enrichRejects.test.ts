// Rejected records of the Platform API can be mapped again alone, like those of files.
import { RejectedLine } from "@chatferry/core/run"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { rejected } from "../src/internal/reading/rejected.ts"
import { app, memberOf, messageOf, units, url } from "./enrichApp.ts"
import { makeFake, readUnit, settings } from "./enrichFake.ts"

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
const open = "sendbird_open_channel_1"

interface Case {
  readonly name: string
  readonly code: string
  readonly clean: unknown
  readonly damaged: unknown
  /** The application with a value in place of a record. */
  readonly at: (value: never) => object
}

const [, user] = app.users
const [, channel] = app.group
const [message] = app.messages[url(1)] ?? []
const [reaction] = [{ key: "heart", user_ids: ["bob", "cem"], updated_at: 1_600_000_000_150 }]

const inUsers = (value: never) => ({ users: app.users.with(1, value) })
const inChannels = (value: never) => ({ group: app.group.with(1, value) })
const inMembers = (value: never) => ({
  members: { ...app.members, [url(1)]: [memberOf("ada", "operator"), value, memberOf("cem")] }
})
const inOperators = (value: never) => ({ operators: { ...app.operators, [open]: [value] } })
const inMessages = (value: never) => ({
  messages: { ...app.messages, [url(1)]: (app.messages[url(1)] ?? []).with(0, value) }
})
const inReactions = (value: never) => inMessages(messageOf(1, 100, { reactions: [value] }) as never)

const cases: ReadonlyArray<Case> = [
  { name: "a user", code: "missing_id", clean: user, damaged: { ...user, user_id: "" }, at: inUsers },
  { name: "a user that is null", code: "not_an_object", clean: user, damaged: null, at: inUsers },
  {
    name: "a channel",
    code: "too_deep",
    clean: channel,
    damaged: { ...channel, x: nested(150) },
    at: inChannels
  },
  {
    name: "a member",
    code: "missing_id",
    clean: memberOf("bob"),
    damaged: { state: "joined" },
    at: inMembers
  },
  { name: "an operator", code: "missing_id", clean: { user_id: "dee" }, damaged: {}, at: inOperators },
  {
    name: "a message",
    code: "missing_id",
    clean: message,
    damaged: { ...message, message_id: 0 },
    at: inMessages
  },
  {
    name: "a message",
    code: "too_deep",
    clean: message,
    damaged: { ...message, x: nested(150) },
    at: inMessages
  },
  {
    name: "a reaction",
    code: "missing_key",
    clean: reaction,
    damaged: { ...reaction, key: "" },
    at: inReactions
  }
]

const readAll = (of: object) =>
  Effect.map(
    Effect.forEach(units, (unit) => readUnit(makeFake({ ...app, ...of }), unit)),
    (all) => ({ records: all.flatMap((one) => one.records), rejected: all.flatMap((one) => one.rejected) })
  )

const asJson = (records: ReadonlyArray<unknown>) => records.map((one) => JSON.stringify(one))

describe("a reject of the Platform API", () => {
  it.effect.each(cases)("of $name ($code) is read as what it should have been, with its date", (one) =>
    Effect.gen(function* () {
      const wanted = asJson((yield* readAll(one.at(one.clean as never))).records)
      const damaged = yield* readAll(one.at(one.damaged as never))
      assert.deepStrictEqual(
        damaged.rejected.map(({ code }) => code),
        [one.code]
      )
      const left = asJson(damaged.records)
      const [reject] = damaged.rejected
      const text = JSON.stringify({ stage: "source", source: "enrichment", ...reject })
      const read = RejectedLine.reader("enrichment", rejected(settings.limits))

      const again = yield* read(text)
      assert.deepStrictEqual(
        [again.records, again.rejected.map(({ code, original }) => [code, original])],
        [[], [[one.code, reject?.original]]]
      )
      const mapped = yield* read(JSON.stringify({ ...JSON.parse(text), original: one.clean }))
      assert.deepStrictEqual(mapped.rejected, [])
      const records = asJson(mapped.records)
      assert.isAbove(records.length, 0)
      for (const record of records) assert.include(wanted, record)
      for (const record of wanted) if (!left.includes(record)) assert.include(records, record)
    })
  )
})
