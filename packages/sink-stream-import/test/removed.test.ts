import { Transform } from "@chatferry/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { base, channel, member, message, reaction, user } from "../../../test/entities.ts"
import { dialects, write } from "./harness.ts"
import type { Items } from "./policyTable.ts"
import { writeThrough } from "./through.ts"

const EARLY = "2024-05-01T00:00:00Z"
const AT = "2024-05-02T00:00:00Z"
const LATE = "2024-05-03T00:00:00Z"

const bob = (fields: object) => member("general", "bob", fields)
const like = (fields: object) => reaction("m", "like", fields)
const m = message("m", { createdAt: EARLY })

const cases: ReadonlyArray<{ name: string; records: Items; isThere: boolean }> = [
  { name: "one removal", records: [bob({ removedAt: AT })], isThere: false },
  {
    name: "a removal newer than the record",
    records: [bob({ updatedAt: EARLY }), bob({ removedAt: AT })],
    isThere: false
  },
  {
    name: "a removal as old as the record",
    records: [bob({ updatedAt: AT }), bob({ removedAt: AT })],
    isThere: false
  },
  {
    name: "a removal older than the record",
    records: [bob({ removedAt: AT }), bob({ updatedAt: LATE })],
    isThere: true
  },
  {
    name: "a removal before they joined again",
    records: [bob({ removedAt: AT }), bob({ createdAt: LATE, updatedAt: EARLY })],
    isThere: true
  },
  {
    name: "a removal in two records",
    records: [bob({ removedAt: AT }), bob({ updatedAt: LATE }), bob({ removedAt: AT, observedAt: LATE })],
    isThere: false
  },
  {
    name: "a removal and a record without a time",
    records: [bob({ lastReadAt: LATE }), bob({ removedAt: AT })],
    isThere: false
  },
  {
    name: "a removed reaction",
    records: [like({ createdAt: EARLY }), like({ removedAt: AT })],
    isThere: false
  },
  {
    name: "a reaction that was added again",
    records: [like({ removedAt: AT }), like({ createdAt: LATE })],
    isThere: true
  },
  { name: "a reaction without a time", records: [like({}), like({ removedAt: AT })], isThere: false }
]

describe("a removed record", () => {
  for (const dialect of dialects) {
    it.live.each(cases)(`is left out by its newest record, in ${dialect}: $name`, ({ isThere, records }) =>
      Effect.gen(function* () {
        const kind = records[0]?._tag === "member" ? "member" : "reaction"
        const results = yield* Effect.forEach([records, records.toReversed()], (given) =>
          write({ dialect }, [...base, m, ...given])
        )
        for (const { file, ledger, of, problems } of results) {
          assert.deepStrictEqual(problems, [])
          const found = of(kind).filter(({ user_id: by }) => kind === "reaction" || by === "bob")
          assert.strictEqual(found.length, isThere ? 1 : 0)
          assert.notInclude(file, "removed")
          const { dropped, merged, written } = ledger.kinds[kind]
          assert.deepStrictEqual(dropped, isThere ? {} : { removed: 1 })
          assert.strictEqual((merged["same_id"] ?? 0) + written + (dropped["removed"] ?? 0), records.length)
        }
      })
    )
  }

  it.live("does not make anyone a user, a moderator or a member of a distinct channel", () =>
    Effect.gen(function* () {
      const { of } = yield* write({ dialect: "jsonl", distinctChannels: "member_ids" }, [
        ...base,
        channel("room", { isDistinct: true }),
        member("room", "ada"),
        member("room", "gone", { role: "moderator", updatedAt: EARLY }),
        member("room", "gone", { removedAt: AT })
      ])
      assert.notInclude(
        of("user").map(({ id }) => id),
        "gone"
      )
      const distinct = of("channel").find(({ member_ids: ids }) => ids !== undefined)
      assert.deepStrictEqual(distinct?.["member_ids"], ["ada"])
    })
  )

  it.live("stays left out together with records that a transform leaves out", () =>
    Effect.gen(function* () {
      const noBots = Transform.users("no-bots", ({ isBot }) => isBot !== true)
      const { ledger, of } = yield* writeThrough({ dialect: "jsonl" }, noBots, [
        ...base,
        user("robot", { isBot: true }),
        m,
        bob({ updatedAt: EARLY }),
        bob({ removedAt: AT }),
        member("general", "robot", { removedAt: AT }),
        reaction("m", "like", { userId: "robot", removedAt: AT }),
        member("general", "ada")
      ])
      assert.deepStrictEqual(
        of("member").map(({ user_id: by }) => by),
        ["ada"]
      )
      assert.deepStrictEqual(ledger.kinds.member.dropped, { removed: 1, "no-bots": 1 })
      assert.deepStrictEqual(ledger.kinds.reaction.dropped, { "no-bots": 1 })
    })
  )
})
