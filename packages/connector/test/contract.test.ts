import { Contract, SourceContract, SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { containers, pigeon, users } from "./pigeon.ts"

const broken = {
  "f.json": '{"people":[{"name":"Person"},{bad}]}',
  "g.csv": "name\nPerson\n"
}

describe.each(Object.entries(containers).filter(([name]) => name.startsWith("folder")))(
  "files in a %s keep the source contract:",
  (_, content) => {
    const rules = SourceContract.rules({
      files: { ...content, ...broken },
      source: (inputs, limits) => pigeon({ inputs, batchRecords: 100, ...limits }),
      expected: { records: { user: 7300 }, rejected: { user: 2, unknown: 1 } },
      content: ["Person"]
    })

    it.live.each(rules)("$name", ({ check }) => Effect.provide(check, NodeServices.layer))
  }
)

/** Two files of one segment, and one of another. The reader takes no notice of what makes them large. */
const large = (first: number, length: number) =>
  users(first, length)
    .map((one) => `${JSON.stringify({ ...one, pad: "-".repeat(LARGE / length) })}\n`)
    .join("")
const LARGE = 1_100_000
const RIGHT = '{"id":"p12","name":"Person"}'

describe.each([
  { name: "folder", written: (content: SourceHarness.Files) => content },
  { name: "zip", written: (content: SourceHarness.Files) => ({ "all.zip": SourceHarness.zipOf(content) }) }
])("files in a $name with several segments keep the source contract:", ({ written }) => {
  const content = {
    "a.jsonl": large(0, 4),
    "b.jsonl": large(4, 4),
    "c.jsonl": `${large(8, 4)}{"name":"Person"}\n`,
    "d.txt": "nothing of it"
  }
  const rules = SourceContract.rules({
    files: written(content),
    source: (inputs, limits) => pigeon({ inputs, batchRecords: 3, ...limits }),
    expected: { records: { user: 12 }, rejected: { user: 1 } },
    corrected: {
      files: written({ ...content, "c.jsonl": `${large(8, 4)}${RIGHT}\n` }),
      originalOf: () => ({ text: RIGHT })
    },
    content: ["Person"],
    positions: 6
  })

  it.live.each(rules)("$name", ({ check }) => Effect.provide(check, NodeServices.layer))
})

describe("a source whose fixture makes one batch", () => {
  const files = { "a.jsonl": ["p1", "p2", "p3"].map((id) => `${JSON.stringify({ id })}\n`).join("") }
  const resumes = (source: (folder: string, limits: SourceContract.Limits) => ReturnType<typeof pigeon>) =>
    Contract.check(
      SourceContract.rules({ files, source }),
      "resumes with exactly the rest after a position"
    ).pipe(Effect.provide(NodeServices.layer))

  it.effect("is resumed after each record if it accepts the size of its batches", () =>
    resumes((inputs, limits) => pigeon({ inputs, ...limits }))
  )

  it.effect("fails if it forgets the state of its mappings", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(
        resumes((inputs, limits) => pigeon({ inputs, ...limits, isForgetful: true }))
      )
      assert.include(message, "after batch 1 of 3, got 2, and number 1 differs")
    })
  )

  it.effect("fails, because nothing is tested, if it does not accept a size", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(resumes((inputs) => pigeon({ inputs, isForgetful: true })))
      assert.strictEqual(
        message,
        "resumes with exactly the rest after a position: expected several batches of the 3 records and rejects of partition export, so that reading can resume between them, got one, which tests nothing: make the source with the `batchRecords` that `source` is given, or give the fixture as many records as make several batches"
      )
    })
  )
})

describe("files without errors, next to those with errors,", () => {
  const right = '{"id":"p1","name":"Person 1"}\n{"id":"p2"}\n{"id":"p3"}\n'
  const wrong = right.replace('"id":"p1"', '"id":7').replace('{"id":"p3"}', "nothing")
  // One of the two has no original to correct, and the other becomes longer.
  const check = (id: string, files: SourceHarness.Files) =>
    Contract.check(
      SourceContract.rules({
        files: { "a.jsonl": wrong, "b.jsonl": '{"id":"p4"}\n' },
        source: (inputs, limits) => pigeon({ inputs, ...limits }),
        corrected: {
          files,
          originalOf: ({ code, original }) =>
            code === "invalid_json" ? undefined : { ...(original as object), id }
        }
      }),
      "gives the same from corrected rejects as from a correct input"
    ).pipe(Effect.provide(NodeServices.layer))
  const files = { "a.jsonl": right.replace('{"id":"p3"}', "nothing") }

  it.effect("equal the corrected ones", () => check("p1", files))

  it.effect("are detected if they differ from the corrected ones", () =>
    Effect.gen(function* () {
      for (const broken of [check("another", files), check("p1", { "a.jsonl": right })]) {
        const { message } = yield* Effect.flip(broken)
        assert.include(message, "in export with what was rejected corrected")
      }
    })
  )
})
