import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { base, channel, message, reaction, user } from "../../../test/entities.ts"
import { runs } from "../../../test/runs.ts"
import { write } from "./harness.ts"

// Ids that files cannot store are rejected, which is tested with the policies.
const Id = Schema.NonEmptyString.pipe(
  Schema.check(Schema.makeFilter((id: string) => id.isWellFormed() && !id.includes("\0")))
)
const Ids = Schema.Array(Id)

const write1 = (entities: Parameters<typeof write>[1]) => write({ dialect: "jsonl" }, entities)
const odd = (id: string) => `${id}, ${id}%${id}`

describe("ids", () => {
  it.live.prop(
    "of users become valid, keep valid characters, stay different and do not depend on each other",
    [Ids, Id],
    ([ids, alone]) =>
      Effect.gen(function* () {
        const { idMap, problems } = yield* write1([...ids, alone, odd(alone)].map((id) => user(id)))
        assert.deepStrictEqual(problems, [])
        const map = new Map(idMap.map((line) => [line["sourceId"], line["streamId"]]))
        assert.strictEqual(map.size, new Set([...ids, alone, odd(alone)]).size)
        assert.strictEqual(new Set(map.values()).size, map.size)
        for (const [source, stream] of map) {
          assert.strictEqual(source === stream, /^[@\w-]{1,255}$/.test(String(source)))
        }
        assert.strictEqual((yield* write1([user(alone)])).idMap[0]?.["streamId"], map.get(alone))
      }),
    runs(8, 300)
  )

  it.live.prop(
    "of channels become valid and stay different, whatever their form is",
    [Ids, Id],
    ([ids, shared]) =>
      Effect.gen(function* () {
        const all = [...ids, shared, `sendbird_group_channel_${shared}`, `sendbird_open_channel_${shared}`]
        const { idMap, problems } = yield* write1(all.map((id) => channel(id)))
        assert.deepStrictEqual(problems, [])
        const channels = idMap.filter((line) => line["kind"] === "channel")
        assert.strictEqual(channels.length, new Set(all).size)
        assert.strictEqual(new Set(channels.map((line) => line["streamId"])).size, channels.length)
        const ofShared = channels.filter((line) => all.slice(-3).includes(String(line["sourceId"])))
        assert.isTrue(ofShared.every((line) => line["rule"] === "hashed"))
      }),
    runs(8, 300)
  )

  it.live.prop(
    "of messages and types of reactions become valid and stay different",
    [Ids],
    ([ids]) =>
      Effect.gen(function* () {
        const all = Array.from(new Set([...ids, ...ids.map(odd), ...ids.map((id) => id.repeat(300))]))
        const { of, problems } = yield* write1([
          ...base,
          ...all.flatMap((id) => [message(id), reaction(id, id)])
        ])
        assert.deepStrictEqual(problems, [])
        assert.strictEqual(of("message").length, all.length)
        assert.strictEqual(of("reaction").length, all.length)
      }),
    runs(8, 300)
  )

  it.live("of unusual users never change between versions", () =>
    Effect.gen(function* () {
      const { idMap } = yield* write1(["ada", "ada.l", "Ада", "a b@c", "x".repeat(300)].map((id) => user(id)))
      assert.deepStrictEqual(
        idMap.map((line) => line["streamId"]),
        [
          "a_b@c-de9b0b851ef18cbc4c96de62",
          "ada",
          "ada_l-8debcb8d886adb4555a92fd9",
          `${"x".repeat(100)}-0d4e2ca9e9cbced7a7a5380e`,
          "_-8ae99f9c202a8e812696dace"
        ]
      )
    })
  )
})
