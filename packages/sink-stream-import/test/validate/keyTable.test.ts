import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"
import { runs } from "../../../../test/runs.ts"
import { hashKey, keyHash } from "../../src/internal/validate/keyHash.ts"
import { KeyTable, Kind } from "../../src/internal/validate/keyTable.ts"
import { Spill } from "../../src/internal/validate/spill.ts"

const fingerprintOf = (kind: number, key: string) => {
  const hash = keyHash()
  hashKey(hash, kind, key)
  return Array.from(hash).join()
}

describe("hashes of keys", () => {
  it.effect.prop(
    "are only equal for the same kind and key",
    [Schema.String, Schema.String, Schema.Literals([1, 2, 7]), Schema.Literals([1, 2, 7])],
    ([a, b, kindA, kindB]) =>
      Effect.sync(() => {
        assert.strictEqual(fingerprintOf(kindA, a) === fingerprintOf(kindB, b), a === b && kindA === kindB)
        assert.strictEqual(fingerprintOf(kindA, a), fingerprintOf(kindA, a))
      }),
    runs(100)
  )

  it("differ for keys with a NUL at the end, another order or half of another character", () => {
    const keys = [
      "",
      "\0",
      "\0\0",
      "a",
      "a\0",
      "ab",
      "ba",
      "aabb",
      "bbaa",
      "\ud83d",
      "\ude00",
      "😀",
      "\ude00\ud83d"
    ]
    const long = ["x".repeat(8), "x".repeat(16), "x".repeat(17), `${"x".repeat(15)}y`, `y${"x".repeat(15)}`]
    const fingerprints = [...keys, ...long].map((key) => fingerprintOf(Kind.user, key))
    assert.strictEqual(new Set(fingerprints).size, fingerprints.length)
  })

  it("spread similar keys over all of their bits", () => {
    const count = 100_000
    const words = Array.from({ length: 4 }, () => new Set<number>())
    const hash = keyHash()
    for (let i = 0; i < count; i++) {
      hashKey(hash, Kind.message, `message-${i}`)
      for (const [at, seen] of words.entries()) seen.add(hash[at] as number)
    }
    // Among this many numbers of 32 bits, one or two occur twice.
    for (const seen of words) assert.isAtLeast(seen.size, count - 12)
  })
})

it.layer(NodeServices.layer)("a table of keys", (it) => {
  it.effect.each([
    { limit: 16 << 20, count: 200_000 },
    { limit: 2000, count: 5000 },
    { limit: 1, count: 300 }
  ])("has the same entries as a Map, with $limit bytes of memory", ({ count, limit }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const spill = new Spill(yield* fs.makeTempDirectoryScoped())
      const table = new KeyTable(limit, spill)
      const known = new Map<string, number>()
      let wrong = 0
      for (let i = 0; i < count; i++) {
        const kind = i % 2 === 0 ? Kind.user : Kind.message
        const key = `key ${(i * 7919) % 99_991}`
        const name = `${kind} ${key}`
        if (i % 5 === 0) {
          table.set(kind, key, i)
          known.set(name, i)
        } else if (i % 5 === 1) wrong += table.get(kind, key) === known.get(name) ? 0 : 1
        else {
          wrong += table.getOrSet(kind, key, -i) === known.get(name) ? 0 : 1
          if (!known.has(name)) known.set(name, -i)
        }
      }
      for (const [name, value] of known) {
        const [kind = "", ...key] = name.split(" ")
        wrong += table.get(Number(kind) as Kind, key.join(" ")) === value ? 0 : 1
      }
      assert.strictEqual(wrong, 0)
      table.clear()
      assert.isUndefined(table.get(Kind.user, "key 0"))
      spill.close()
    }).pipe(Effect.scoped)
  )
})
