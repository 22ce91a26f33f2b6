import { gzipSync } from "node:zlib"
import { ArchiveReader, ArchiveSource } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import { BatchBuilder } from "@chatferry/core/run"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { zipOf } from "./files/zipOf.ts"
import { containers, files, pigeon, type Settings, users } from "./pigeon.ts"

const read = (content: SourceHarness.Files, settings: Omit<Settings, "inputs"> = {}) =>
  Effect.flatMap(SourceHarness.folderOf(content), (inputs) =>
    SourceHarness.readAll(pigeon({ inputs, ...settings }))
  )

const ids = ({ records }: Pick<SourceHarness.Reading, "records">) =>
  records.map((record) => (record._tag === "user" ? record.id : record._tag))

const allIds = users(0, 7300).map(({ id }) => id)

it.layer(NodeServices.layer)("files", (it) => {
  describe("are read in the order of their names", () => {
    it.effect.each(Object.entries(containers))("in a %s", ([name, content]) =>
      Effect.gen(function* () {
        const { batches, notes, records, rejected } = yield* read(content)
        assert.deepStrictEqual(ids({ records }), allIds)
        assert.deepStrictEqual(rejected, [])
        assert.deepStrictEqual(notes, { ignored_entry: name.startsWith("zip without") ? 2 : 1 })
        assert.strictEqual(
          batches.reduce((sum, { bytes }) => sum + bytes, 0),
          Object.values(content).reduce((sum, one) => sum + one.length, 0)
        )
        assert.deepInclude(records[7299]?._tag === "user" ? records[7299].custom : {}, {
          pigeon: { count: 7300 }
        })
      })
    )
  })

  it.effect("may have known members without records", () =>
    Effect.gen(function* () {
      const met: Array<unknown> = []
      const source = (inputs: string) =>
        ArchiveReader.make({
          name: "headed",
          kinds: ["user"],
          inputs,
          limits: ArchiveSource.DEFAULTS,
          expected: "a list",
          fingerprint: () => ({}),
          recognise: () => "list",
          documents: {
            list: ArchiveReader.elements<ArchiveReader.Base>({
              lists: { people: { kind: "user", map: () => {} } },
              header: ["version", "tags"],
              meet: ({ name, value }) => void met.push([name, value])
            })
          },
          context: () => ({ out: new BatchBuilder.BatchBuilder() })
        })
      const folder = yield* SourceHarness.folderOf({
        "a.json": { version: 2, tags: ["x", "y"], people: [], other: 1 },
        "b.json": { version: 3, other: [1] }
      })
      const { notes, rejected } = yield* SourceHarness.readAll(source(folder))
      assert.deepStrictEqual(met, [
        ["version", 2],
        ["tags", ["x", "y"]],
        ["other", 1],
        ["version", 3]
      ])
      assert.deepStrictEqual(notes, { "ignored_member.other": 2 })
      // A header alone does not identify the source of a file.
      assert.deepStrictEqual(
        rejected.map(({ code, original }) => [code, original]),
        [["unrecognised_file", { file: "b.json", bytes: 25, members: ["other"] }]]
      )
    })
  )

  it.effect("have numbers in batches and names in rejects", () =>
    Effect.gen(function* () {
      const inner = zipOf([
        { name: "x.json", content: JSON.stringify({ people: [{}] }) },
        { name: "y.json", content: JSON.stringify({ people: users(0, 2) }) }
      ])
      const zip = zipOf([
        { name: "1.txt", content: "" },
        { name: "2.zip", content: inner }
      ])
      const { batches, rejected } = yield* read({ "a.zip": zip }, { batchRecords: 1 })
      assert.deepStrictEqual(
        batches.map(({ location }) => location),
        [
          "file 2 of 2, inside it file 1 of 2",
          "file 2 of 2, inside it file 2 of 2",
          "file 2 of 2, inside it file 2 of 2",
          ""
        ]
      )
      assert.deepStrictEqual(
        rejected.map(({ location }) => location),
        ["export/a.zip!2.zip!x.json:people[0] (byte 11)"]
      )
    })
  )

  it.effect("are rejected as a whole if they do not belong to an export", () =>
    Effect.gen(function* () {
      const { notes, rejected } = yield* read({
        ".DS_Store": "x",
        "a.json": '{"pets":[{}],"fish":1}',
        "b.csv": "name\nAda\n",
        "c.csv": "",
        "d.png": "x",
        "e.json": '{"people":[]}'
      })
      assert.deepStrictEqual(notes, { ignored_entry: 2, "ignored_member.fish": 1, "ignored_member.pets": 1 })
      assert.deepStrictEqual(
        rejected.map(({ code, message, original, location }) => ({ code, message, original, location })),
        [
          {
            code: "unrecognised_file",
            message: "none of the file's top-level members is one of a Pigeon export",
            original: { file: "a.json", bytes: 22, members: ["pets", "fish"] },
            location: "export/a.json"
          },
          {
            code: "unrecognised_file",
            message: "the columns have no id",
            original: { file: "b.csv", bytes: 9 },
            location: "export/b.csv"
          },
          {
            code: "unrecognised_file",
            message: "the file does not belong to an export",
            original: { file: "c.csv", bytes: 0 },
            location: "export/c.csv"
          }
        ]
      )
    })
  )

  it.effect("end the run with the reason that recognise returns", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(read({ "a.json": "neither", "b.jsonl": '{"id":"a"}' }))
      assert(error._tag === "SourceError" && error.reason._tag === "CorruptInput")
      assert.deepStrictEqual(
        [error.reason.location, error.reason.problem],
        ["export/a.json", "it is not JSON"]
      )
    })
  )

  it.effect.each([
    { problem: "too large", settings: { maxNestedBytes: 10 }, depth: 1, tag: "LimitExceeded" },
    { problem: "nested too deeply", settings: {}, depth: 4, tag: "CorruptInput" }
  ])("that are archives are rejected if they are $problem", ({ depth, settings, tag }) =>
    Effect.gen(function* () {
      let zip = zipOf([{ name: "a.json", content: "{}" }])
      for (let i = 0; i < depth; i++) zip = zipOf([{ name: "b.zip", content: zip }])
      const error = yield* Effect.flip(read({ "a.zip": zip }, settings))
      assert(error._tag === "SourceError")
      assert.strictEqual(error.reason._tag, tag)
    })
  )

  it.effect("without known members fail before anything is read", () =>
    Effect.gen(function* () {
      const inputs = yield* SourceHarness.folderOf({ "a.txt": "x", "b.csv": "name\n" })
      const error = yield* Effect.flip(SourceHarness.of(pigeon({ inputs })).partitions)
      assert.strictEqual(error.reason._tag, "UnrecognisedInput")
      const source = pigeon({ inputs: yield* SourceHarness.folderOf({ "a.csv": "id\n" }) })
      assert.lengthOf(yield* SourceHarness.of(source).partitions, 1)
    })
  )

  it.effect("with a quote that is never closed are damaged", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(read({ "a.csv": 'id,name\na,"b\n' }))
      assert(error._tag === "SourceError" && error.reason._tag === "CorruptInput")
      assert.include(error.reason.location, "export/a.csv (line 2, byte 10)")
    })
  )

  it.effect("with broken JSON are damaged", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(read({ "a.json": '{"people":[{"id":"a"}' }))
      assert(error._tag === "SourceError" && error.reason._tag === "CorruptInput")
      assert.include(error.reason.location, "export/a.json (byte 21)")
    })
  )
})

it.layer(NodeServices.layer)("a custom format", (it) => {
  interface Context {
    readonly out: BatchBuilder.BatchBuilder
  }
  /** Each letter is a record. A batch may only end after a vowel. */
  const letters = (seen: Array<string>): ArchiveReader.Format<Context> => ({
    open: (file, { out }, _limits, at) => {
      let offset = at?.offset
      let waiting = ""
      return {
        push: (chunk) => {
          waiting += Buffer.from(chunk).toString("latin1")
        },
        end: () => seen.push("end"),
        at: () => (offset === undefined ? undefined : { offset }),
        isAtCut: () => "aeiou".includes(seen.at(-1) ?? ""),
        finish: () => seen.push("finish"),
        next: () => {
          const [letter] = waiting
          if (letter === undefined) return false
          waiting = waiting.slice(1)
          if (letter === "!") throw new RangeError("exclaimed")
          const map = (): true => {
            out.push({ _tag: "user", id: letter as never })
            seen.push(letter)
            offset = (offset ?? 0) + 1
            return true
          }
          if (letter !== "?") return map()
          return Effect.map(ArchiveReader.bytes(file, 1, 3), (bytes) => {
            seen.push(Buffer.from(bytes).toString())
            return map()
          })
        }
      }
    },
    reasonOf: (cause, location) =>
      cause instanceof RangeError ? SourceError.damagedFile(location, cause.message) : undefined
  })
  const source = (inputs: string, seen: Array<string>) =>
    ArchiveReader.make({
      name: "letters",
      kinds: ["user"],
      inputs,
      limits: { ...ArchiveSource.DEFAULTS, batchRecords: 1 },
      expected: "letters",
      fingerprint: () => ({}),
      recognise: () => "letters",
      documents: { letters: letters(seen) },
      context: () => ({ out: new BatchBuilder.BatchBuilder() })
    })

  it.effect("decides where a batch may end, reads other files, and is called at its end", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const inputs = yield* SourceHarness.folderOf({ "a.txt": "xaby?ez" })
      const { batches } = yield* SourceHarness.readAll(source(inputs, seen))
      assert.deepStrictEqual(
        batches.map((batch) => ids(batch).join("")),
        ["xa", "by?e", "z"]
      )
      assert.deepStrictEqual(seen, ["x", "a", "b", "y", "aby", "?", "e", "z", "end", "finish"])
    })
  )

  it.effect("maps its exceptions, and any other exception is a defect", () =>
    Effect.gen(function* () {
      const inputs = yield* SourceHarness.folderOf({ "a.txt": "xa!" })
      const error = yield* Effect.flip(SourceHarness.readAll(source(inputs, [])))
      assert(error.reason._tag === "CorruptInput")
      assert.strictEqual(error.reason.problem, "exclaimed")
    })
  )

  it.effect("does not open archives inside archives without a limit for them", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const zip = zipOf([{ name: "b.zip", content: zipOf([{ name: "c", content: "c" }]) }])
      yield* SourceHarness.readAll(source(yield* SourceHarness.folderOf({ "a.zip": zip }), seen))
      assert.deepStrictEqual(seen.slice(0, 2), ["P", "K"])
    })
  )
})

it.layer(NodeServices.layer)("gzip", (it) => {
  it.effect("is checked up to its end", () =>
    Effect.gen(function* () {
      const packed = gzipSync(files["b.jsonl"] ?? "")
      packed[packed.length - 6] = (packed[packed.length - 6] ?? 0) ^ 1
      const error = yield* Effect.flip(read({ "b.jsonl.gz": packed }))
      assert(error._tag === "SourceError")
      assert.strictEqual(error.reason._tag, "CorruptInput")
    })
  )
})
