import { gunzipSync, gzipSync } from "node:zlib"
import { type Source } from "@chatferry/core"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Result } from "effect"
import { isMany, property } from "../../../test/runs.ts"
import { zipOf } from "./files/zipOf.ts"
import { containers, files, pigeon } from "./pigeon.ts"

const resumedAt = (
  inputs: string,
  position: Source.Position | undefined,
  isGrouped = false,
  batchRecords = 100
) =>
  SourceHarness.readAll(pigeon({ inputs, isGrouped, batchRecords, maxElementBytes: 1 << 16 }), {
    done: 0,
    position
  })

const kept = (position: Source.Position | undefined) =>
  position === undefined ? undefined : (JSON.parse(JSON.stringify(position)) as Source.Position)

const problemOf = (outcome: Result.Result<unknown, unknown>) => {
  if (Result.isSuccess(outcome)) return undefined
  const { reason } = outcome.failure as {
    readonly reason: { readonly _tag: string; readonly problem: string }
  }
  assert.strictEqual(reason._tag, "InvalidPosition")
  return reason.problem
}

it.layer(NodeServices.layer)("a run", (it) => {
  describe("resumes exactly after any batch", () => {
    it.effect.each(Object.entries(containers))(
      "of a %s",
      ([, content]) =>
        Effect.gen(function* () {
          const inputs = yield* SourceHarness.folderOf(content)
          const batchRecords = isMany ? 100 : 300
          const { batches } = yield* resumedAt(inputs, undefined, false, batchRecords)
          assert.isAbove(batches.length, 4)
          for (const [i, { position }] of batches.entries()) {
            const rest = yield* resumedAt(inputs, kept(position), false, batchRecords)
            const expected = SourceHarness.joined(batches.slice(i + 1))
            assert.deepStrictEqual(rest.records, expected.records)
            assert.deepStrictEqual(rest.notes, expected.notes)
            assert.deepStrictEqual(
              rest.batches.map(({ bytes, location, position: at, readDigest }) => ({
                bytes,
                location,
                at,
                readDigest
              })),
              expected.batches.map(({ bytes, location, position: at, readDigest }) => ({
                bytes,
                location,
                at,
                readDigest
              }))
            )
          }
        }),
      property
    )
  })

  /** Reads a folder, changes one of its files, and resumes after the first batch that ends at a given point, and after the last. */
  const changed = (
    content: Readonly<Record<string, string | Uint8Array>>,
    location: RegExp,
    name: string,
    change: (content: Buffer) => Uint8Array,
    isGrouped = false
  ) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const inputs = yield* SourceHarness.folderOf(content)
      const { batches } = yield* resumedAt(inputs, undefined, isGrouped)
      const within = batches.find((batch) => location.test(batch.location))
      const last = batches.at(-1)
      assert(within !== undefined && last !== undefined)
      const file = `${inputs}/${name}`
      yield* fs.writeFile(file, change(Buffer.from(yield* fs.readFile(file))))
      const source = SourceHarness.of(pigeon({ inputs, isGrouped }))
      const [partition] = yield* source.partitions
      assert(partition !== undefined)
      return {
        within: problemOf(yield* Effect.result(resumedAt(inputs, kept(within.position), isGrouped))),
        behind: problemOf(yield* Effect.result(resumedAt(inputs, kept(last.position), isGrouped))),
        retraced: problemOf(yield* Effect.result(source.retrace(partition, last.readDigest ?? null)))
      }
    })

  const letter = (text: string) => (content: Buffer) => {
    const at = content.indexOf(text)
    assert.isAtLeast(at, 0)
    content[at] = 0x23
    return content
  }
  const packed = (change: (content: Buffer) => Uint8Array) => (content: Buffer) =>
    gzipSync(change(gunzipSync(content)))
  const stored = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [`${name}.gz`, gzipSync(content)])
  )
  const inner = zipOf(Object.entries(files).map(([name, content]) => ({ name, content, isStored: true })))
  const unsame = (name: string) => `content of export/${name} that was already read has changed`

  it.effect("does not resume if a byte that it had read has changed", () =>
    Effect.gen(function* () {
      const cases = [
        { content: files, location: /^file 1 of/u, name: "a.json", change: letter('Person 50"') },
        { content: files, location: /^file 3 of/u, name: "b.jsonl", change: letter('Person 2100"') },
        { content: files, location: /^file 3 of/u, name: "c.csv", change: letter("Person 4001,") },
        { content: stored, location: /^file 1 of/u, name: "a.json.gz", change: packed(letter('Person 50"')) },
        {
          content: stored,
          location: /^file 2 of/u,
          name: "a.json.gz",
          change: packed(letter('Person 1800"'))
        },
        {
          content: { "i.bin": inner, "z.txt": "" },
          location: /inside it/u,
          name: "i.bin",
          change: letter('Person 50"')
        }
      ]
      for (const { change, content, name, location } of cases) {
        const expected = unsame(name)
        const same = yield* changed(content, location, name, (bytes) => bytes)
        assert.deepStrictEqual(same, { within: undefined, behind: undefined, retraced: undefined }, name)
        const outcome = yield* changed(content, location, name, change)
        assert.deepStrictEqual(outcome, { within: expected, behind: expected, retraced: expected }, name)
      }
    })
  )

  it.effect("resumes if content that it had not read yet was fixed", () =>
    Effect.gen(function* () {
      const cases = [
        { location: /^file 1 of/u, name: "a.json", change: letter('Person 1999"') },
        { location: /^file 1 of/u, name: "b.jsonl", change: letter('Person 2100"') },
        { location: /^file 3 of/u, name: "c.csv", change: letter("Person 6999") }
      ]
      for (const { change, name, location } of cases) {
        const { behind, retraced, within } = yield* changed(files, location, name, change)
        assert.deepStrictEqual([within, behind, retraced], [undefined, unsame(name), unsame(name)])
      }
    })
  )

  it.effect("does not resume if a file that was examined before all others has changed", () =>
    Effect.gen(function* () {
      const content = { ...files, "groups.json": '{"g1":"Group 1"}' }
      const inputs = yield* SourceHarness.folderOf(content)
      const { records } = yield* resumedAt(inputs, undefined, true)
      assert.strictEqual(records[0]?._tag === "user" ? records[0].name : undefined, "Person 0 of Group 1")
      const same = yield* changed(content, /^file 1 of/u, "groups.json", (bytes) => bytes, true)
      assert.deepStrictEqual(same, { within: undefined, behind: undefined, retraced: undefined })
      const expected = "content of the input that was already read has changed"
      const outcome = yield* changed(content, /^file 1 of/u, "groups.json", letter("Group"), true)
      assert.deepStrictEqual(outcome, { within: expected, behind: expected, retraced: expected })
    })
  )

  const foreign = "it was not written by this source"

  it.effect.each<{
    name: string
    change: (position: Readonly<Record<string, unknown>>) => unknown
    problem?: string
  }>([
    { name: "a number", change: () => 5 },
    { name: "without an entry", change: (at) => ({ ...at, entry: [] }) },
    { name: "at a negative entry", change: (at) => ({ ...at, entry: [[-1, ""]] }) },
    {
      name: "in two formats",
      change: (at) => ({ ...at, at: { json: { offset: 1 }, lines: { offset: 1 } } })
    },
    { name: "in no format", change: (at) => ({ ...at, at: {} }) },
    { name: "at a negative byte", change: (at) => ({ ...at, at: { json: { offset: -1 } } }) },
    { name: "of another kind of read digest", change: (at) => ({ ...at, read: { of: 1 } }) },
    { name: "without the state of the mapping", change: ({ at, entry, read }) => ({ at, entry, read }) },
    { name: "with a foreign state", change: (at) => ({ ...at, state: { count: "x" } }) },
    {
      name: "with a state that does not match",
      change: (at) => ({ ...at, state: { count: -1 } }),
      problem: "content of export/a.json that was already read has changed"
    },
    {
      name: "in another file",
      change: (at) => ({ ...at, entry: [[0, "b.jsonl"]] }),
      problem: "content of the input that was already read has changed"
    },
    {
      name: "in a format that the file does not have",
      change: (at) => ({ ...at, at: { lines: (at["at"] as { readonly json: unknown }).json } }),
      problem: "content of export/a.json that was already read has changed"
    },
    {
      name: "at another byte",
      change: (at) => ({
        ...at,
        at: { json: { ...(at["at"] as { readonly json: object }).json, offset: 0 } }
      }),
      problem: "content of export/a.json that was already read has changed"
    },
    {
      name: "at a position that its format does not have",
      change: (at) => {
        const { json } = at["at"] as { readonly json: { readonly offset: number } }
        return { ...at, at: { json: { offset: json.offset } } }
      }
    }
  ])("does not resume from a position that is $name", ({ change, problem = foreign }) =>
    Effect.gen(function* () {
      const inputs = yield* SourceHarness.folderOf(files)
      const { batches } = yield* resumedAt(inputs, undefined)
      const position = kept(batches[0]?.position) as Readonly<Record<string, unknown>>
      const outcome = yield* Effect.result(resumedAt(inputs, change(position) as Source.Position))
      assert.strictEqual(problemOf(outcome), problem)
    })
  )
})
