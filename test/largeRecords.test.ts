import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Large from "./largeRecords.ts"
import { isMany, property } from "./runs.ts"

const formats = Object.keys(Large.formats) as ReadonlyArray<Large.FormatName>
// The others are read by the same code: elements of JSON, or lines.
const quick: ReadonlyArray<Large.FormatName> = ["Sendbird JSON", "Sendbird CSV", "Stream lines"]

it.live.each(isMany ? formats : quick)(
  "%s: a record of 8 MB passes, and one of 60 MB is rejected with its location, with a heap of 128 MB",
  (format) =>
    Effect.gen(function* () {
      const shape = "one text"
      const within = yield* Large.migrate({ format, shape, bytes: Large.MOST - 100, sink: "ndjson" })
      assert.strictEqual(within.code, 0, within.error)
      assert.deepStrictEqual(within.ids, ["1", "2", "3"])
      assert.isBelow(within.peakBytes, Large.PEAK)
      const above = yield* Large.migrate({ format, shape, bytes: 60 << 20, sink: "ndjson" })
      assert.strictEqual(above.code, 2, above.error)
      assert.deepStrictEqual(above.ids, ["1", "3"])
      assert.deepStrictEqual(above.rejects, [{ code: "too_large", bytes: above.bytes }])
      assert.isBelow(above.peakBytes, Large.PEAK)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  property
)
