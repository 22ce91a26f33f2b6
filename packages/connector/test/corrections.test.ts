import { type Rejected, type Source } from "@chatferry/core"
import { Corrections } from "@chatferry/core/run"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { containersOf, files, pigeon } from "./pigeon.ts"

/** Some users have a number as their id, or none. Corrections are longer and shorter than the originals. */
const wrong: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(files).map(([name, content]) => [
    name,
    content
      .replaceAll(/"id":"p(\d*13)"/gu, '"id":$1')
      .replaceAll(/"id":"p(\d*57)"/gu, '"id":[ "$1", "$1", "$1" ]')
      .replaceAll(/^p\d*13,/gmu, ",")
  ])
)

const idOf = (name: unknown) => `p${String(name).replace("Person ", "")}`

const corrections = (rejected: ReadonlyArray<Rejected.Rejected>) =>
  rejected.flatMap((one, i): ReadonlyArray<Corrections.Correction> => {
    const { address, original } = one
    // Every fifth record stays wrong.
    if (address === undefined || i % 5 === 0) return []
    const record = original as { readonly name: string }
    return [{ address, line: { stage: "source", ...one }, corrected: { ...record, id: idOf(record.name) } }]
  })

const readWith = (inputs: string, all: ReadonlyArray<Corrections.Correction>, position?: Source.Position) =>
  Effect.provideService(
    SourceHarness.readAll(pigeon({ inputs, batchRecords: 100, maxElementBytes: 1 << 16 }), {
      done: 0,
      position
    }),
    Corrections.OfPartition,
    all
  )

const facts = ({ address, code, original, location }: Rejected.Rejected) => ({
  address,
  code,
  original,
  location
})

it.layer(NodeServices.layer)("corrected records", (it) => {
  describe("replace the wrong ones, also after any batch,", () => {
    it.effect.each(Object.entries(containersOf(wrong)))("in a %s", ([name, content]) =>
      Effect.gen(function* () {
        const inputs = yield* SourceHarness.folderOf(content)
        const before = yield* readWith(inputs, [])
        assert.isAbove(before.rejected.length, 100)
        const all = corrections(before.rejected)
        const found = yield* readWith(inputs, all)
        // The state before and after each of them is as if nothing had been wrong.
        const right = yield* readWith(yield* SourceHarness.folderOf(containersOf(files)[name] ?? {}), [])
        const ids = new Set(found.records.map((one) => JSON.stringify(one)))
        assert.deepStrictEqual(
          right.records.filter((one) => !ids.has(JSON.stringify(one))).length,
          before.rejected.length - all.length
        )
        assert.lengthOf(found.records, right.records.length - before.rejected.length + all.length)
        // Records that are still wrong keep their locations.
        assert.deepStrictEqual(
          found.rejected.map(facts),
          before.rejected.filter((_, i) => i % 5 === 0).map(facts)
        )
        for (const [i, { position }] of found.batches.entries()) {
          if (i % 4 !== 0) continue
          const rest = yield* readWith(inputs, all, JSON.parse(JSON.stringify(position)) as Source.Position)
          const expected = SourceHarness.joined(found.batches.slice(i + 1))
          assert.deepStrictEqual(rest.records, expected.records)
          assert.deepStrictEqual(rest.rejected, expected.rejected)
        }
      })
    )
  })

  it.effect("are covered by read digests, and readings without them see the original files", () =>
    Effect.gen(function* () {
      const inputs = yield* SourceHarness.folderOf(wrong)
      const source = pigeon({ inputs, batchRecords: 100 })
      const [partition] = yield* SourceHarness.of(source).partitions
      assert(partition !== undefined)
      const before = yield* readWith(inputs, [])
      const all = corrections(before.rejected)
      const found = yield* readWith(inputs, all)
      const retraced = (
        readDigest: Source.Batch["readDigest"],
        given: ReadonlyArray<Corrections.Correction>
      ) =>
        Effect.provideService(
          SourceHarness.of(source).retrace(partition, readDigest ?? null),
          Corrections.OfPartition,
          given
        )
      for (const [i, { readDigest }] of found.batches.entries())
        if (i % 6 === 0) yield* retraced(readDigest, all)
      yield* retraced(before.batches.at(-1)?.readDigest, [])
      const half = found.batches[3]?.readDigest
      assert.strictEqual((yield* Effect.flip(retraced(half, []))).reason._tag, "InvalidPosition")
    })
  )
})
