import { crc32 } from "node:zlib"
import { Passage } from "@chatferry/core/run"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { runs } from "../../../../test/runs.ts"

const Length = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 50 }))
const bytesOf = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 31) % 251))

describe("Passage", () => {
  it.effect.prop(
    "has the checksum of everything before any byte, however the bytes come",
    [Schema.Array(Length), Schema.Array(Length)],
    ([pieces, steps]) =>
      Effect.sync(() => {
        const total = pieces.reduce((sum, length) => sum + length, 0)
        const bytes = bytesOf(total)
        const passage = new Passage.Passage(1000)
        let [given, stands] = [0, 0]
        for (const [i, length] of pieces.entries()) {
          passage.push(bytes.subarray(given, given + length))
          given += length
          stands = Math.min(given, stands + (steps[i] ?? 0))
          assert.strictEqual(passage.upTo(stands), crc32(bytes.subarray(0, stands)))
        }
        assert.deepStrictEqual(passage.end(), { offset: total, checksum: crc32(bytes) })
      }),
    runs(100)
  )

  it("keeps little more than is read at once, and has the same checksum", () => {
    const piece = bytesOf(1 << 20)
    const passage = new Passage.Passage(0)
    let checksum = 0
    for (let i = 0; i < 9; i++) {
      passage.push(piece)
      checksum = crc32(piece, checksum)
    }
    assert.throws(() => passage.upTo(4 << 20), RangeError)
    assert.strictEqual(passage.upTo(9 << 20), checksum)
    assert.throws(() => passage.upTo((9 << 20) + 1), RangeError)
  })
})
