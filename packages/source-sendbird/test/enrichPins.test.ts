import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { app, base } from "./enrichApp.ts"
import { batchesOf, everything, makeFake, ofKind, readUnit } from "./enrichFake.ts"
import { joined, type Read } from "./reading.ts"

const UNIT = "enrich/group_channels"
const [first, ...others] = app.group
const pinned = { ...app, group: [{ ...first, pinned_message_ids: [1, 5] }, ...others] }

const pins = ({ records }: Read) =>
  ofKind(records, "message").flatMap(({ id, pinnedAt }) =>
    pinnedAt === undefined ? [] : [[id, Date.parse(pinnedAt)]]
  )

describe("pinned messages of the enrichment", () => {
  it.effect("are pinned, since channels come before their messages", () =>
    Effect.gen(function* () {
      const read = yield* readUnit(makeFake(pinned, { pageSize: 2 }), UNIT)
      assert.deepStrictEqual(pins(read), [
        ["1", base + 100],
        ["5", base + 300]
      ])
      assert.deepStrictEqual([read.notes["pin_assumed"], read.notes["pins_elsewhere"]], [2, undefined])
    })
  )

  it.effect("are also pinned after resuming from any position", () =>
    Effect.gen(function* () {
      const batches = yield* batchesOf(makeFake(pinned, { pageSize: 2 }), UNIT)
      for (const [i, { position }] of batches.entries()) {
        const rest = yield* batchesOf(makeFake(pinned, { pageSize: 2 }), UNIT, {}, Option.some(position))
        assert.deepStrictEqual(pins(joined(rest)), pins(joined(batches.slice(i + 1))))
      }
    })
  )

  it.effect("are counted if messages are not read", () =>
    Effect.gen(function* () {
      const enrichment = { ...everything, messages: false }
      const read = yield* readUnit(makeFake(pinned), UNIT, { enrichment })
      assert.strictEqual(read.notes["pins_elsewhere"], 2)
    })
  )
})
