import { gzipSync } from "node:zlib"
import type { Source } from "@chatferry/core"
import { NdjsonSource } from "@chatferry/sink-ndjson"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Option, type Scope, Stream } from "effect"
import { lines, message, publish, read, readAll, sample, temporary, user } from "./Harness.ts"

const run = <A, E>(effect: Effect.Effect<A, E, NodeServices.NodeServices | Scope.Scope>) =>
  effect.pipe(Effect.scoped, Effect.provide(NodeServices.layer))

/** Puts files into a fresh folder. */
const folder = (files: Readonly<Record<string, string | Uint8Array>>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* temporary
    for (const [name, content] of Object.entries(files)) {
      yield* fs.writeFile(
        `${directory}/${name}`,
        typeof content === "string" ? Buffer.from(content) : content
      )
    }
    return directory
  })

const partitionsOf = (config: NdjsonSource.NdjsonSourceConfig) =>
  Effect.map(SourceHarness.of(NdjsonSource.make(config)).partitions, (partitions) =>
    partitions.map(({ id }) => id)
  )

interface Stored {
  readonly offset: number
  readonly line: number
  readonly read: number
}

const part = (id: string): Source.Partition => ({ id, fingerprint: "" })

const good = JSON.stringify(user(1))
const secret = "SECRET"

describe("NdjsonSource", () => {
  it.live.each([
    {
      name: "is not JSON",
      line: `{"_tag":"user","id":"${secret}"`,
      kind: "unknown",
      code: "invalid_json",
      message: "the line is not valid JSON"
    },
    {
      name: "contains two records",
      line: `${good},${good}`,
      kind: "unknown",
      code: "invalid_json",
      message: "the line is not valid JSON"
    },
    {
      name: "is not an object",
      line: `"${secret}"`,
      kind: "unknown",
      code: "not_an_object",
      message: "Expected an object with a _tag"
    },
    {
      name: "is an array",
      line: `[${good}]`,
      kind: "unknown",
      code: "not_an_object",
      message: "Expected an object with a _tag"
    },
    {
      name: "is null",
      line: "null",
      kind: "unknown",
      code: "not_an_object",
      message: "Expected an object with a _tag"
    },
    {
      name: "has no _tag",
      line: `{"id":"${secret}"}`,
      kind: "unknown",
      code: "unknown_kind",
      message: '_tag: Expected "user" | "channel" | "member" | "message" | "reaction" | "failed_webhook"'
    },
    {
      name: "has a _tag that is not a kind",
      line: `{"_tag":"${secret}"}`,
      kind: "unknown",
      code: "unknown_kind",
      message: '_tag: Expected "user" | "channel" | "member" | "message" | "reaction" | "failed_webhook"'
    },
    {
      name: "has the name of an inherited member as _tag",
      line: '{"_tag":"constructor"}',
      kind: "unknown",
      code: "unknown_kind",
      message: '_tag: Expected "user" | "channel" | "member" | "message" | "reaction" | "failed_webhook"'
    },
    {
      name: "lacks a field",
      line: '{"_tag":"user"}',
      kind: "user",
      code: "invalid_entity",
      message: "id: Missing key"
    },
    {
      name: "has an empty id",
      line: '{"_tag":"user","id":""}',
      kind: "user",
      code: "invalid_entity",
      message: "id: Expected a value with a length of at least 1"
    },
    {
      name: "has fields of wrong types",
      line: `{"_tag":"user","id":7,"name":["${secret}"]}`,
      kind: "user",
      code: "invalid_entity",
      message: "id: Expected string; name: Expected string"
    },
    {
      name: "has null for an absent field",
      line: '{"_tag":"user","id":"a","name":null}',
      kind: "user",
      code: "invalid_entity",
      message: "name: Expected string"
    },
    {
      name: "has an id with too many digits for a number",
      line: '{"_tag":"user","id":9007199254740993,"name":1}',
      kind: "user",
      code: "invalid_entity",
      message: "name: Expected string"
    },
    {
      name: "has an unknown field",
      line: `{"_tag":"user","id":"a","nmae":"${secret}"}`,
      kind: "user",
      code: "invalid_entity",
      message: "the field nmae is unknown"
    },
    {
      name: "has an unknown nested field",
      line: JSON.stringify({
        ...message(1),
        attachments: [{ type: "image" }, { type: "image", uri: secret }]
      }),
      kind: "message",
      code: "invalid_entity",
      message: "the field attachments.1.uri is unknown"
    },
    {
      name: "has a field with content as its name",
      line: `{"_tag":"user","id":"a","${secret} @":1}`,
      kind: "user",
      code: "invalid_entity",
      message: "the field ? is unknown"
    },
    {
      name: "has custom fields without a provider",
      line: `{"_tag":"user","id":"a","custom":{"${secret}":1}}`,
      kind: "user",
      code: "invalid_entity",
      message: "custom: Expected object"
    },
    {
      name: "has an invalid number",
      line: JSON.stringify({ ...message(1), attachments: [{ type: "image", sizeBytes: 0 }] }).replace(
        '"sizeBytes":0',
        '"sizeBytes":1e400'
      ),
      kind: "message",
      code: "invalid_entity",
      message: "attachments.0.sizeBytes: Expected a finite number"
    }
  ])("rejects a line that $name, and continues", ({ code, kind, line, message: expected }) =>
    run(
      Effect.gen(function* () {
        const directory = yield* folder({ "user.ndjson": `${good}\n${line}\n${good}\n` })
        const { records, rejected } = yield* read({ inputs: directory })
        assert.strictEqual(records.length, 2)
        assert.deepStrictEqual(
          rejected.map((one) => ({
            kind: one.kind,
            code: one.code,
            message: one.message,
            location: one.location
          })),
          [{ kind, code, message: expected, location: `user.ndjson:2 (byte ${good.length + 1})` }]
        )
        assert.notInclude(rejected[0]?.message ?? "", secret)
      })
    )
  )

  it.live("keeps the originals of rejects: values, text and bytes", () =>
    run(
      Effect.gen(function* () {
        const broken = Buffer.concat([
          Buffer.from('{"a":\n'),
          Buffer.of(0xff, 0xfe),
          Buffer.from('\n{"_tag":1}\n{"_tag":"user","id":"ada"}\n')
        ])
        const { rejected } = yield* read({ inputs: yield* folder({ "a.ndjson": broken }) })
        assert.deepStrictEqual(
          rejected.map(({ code, original }) => [code, original]),
          [
            ["invalid_json", { text: '{"a":' }],
            ["invalid_utf8", { base64: "//4=" }],
            ["unknown_kind", { _tag: 1 }]
          ]
        )
      })
    )
  )

  it.live("rejects a line that is too long or nested too deeply, and continues", () =>
    run(
      Effect.gen(function* () {
        const deep = `{"_tag":"user","id":"a","custom":{"x":{"y":${"[".repeat(600)}${"]".repeat(600)}}}}`
        const long = `{"_tag":"user","id":"${"x".repeat(200_000)}"}`
        const directory = yield* folder({ "user.ndjson": [good, deep, `[${deep}]`, long, good].join("\n") })
        const { records, rejected } = yield* read({ inputs: directory, maxLineBytes: 150_000 })
        assert.strictEqual(records.length, 2)
        assert.deepStrictEqual(
          rejected.map(({ code, kind }) => [code, kind]),
          [
            ["nested_too_deeply", "user"],
            ["nested_too_deeply", "unknown"],
            ["too_large", "unknown"]
          ]
        )
        assert.deepStrictEqual(rejected[0]?.original, { text: deep })
        const from = good.length + 2 * deep.length + 5
        const to = from + long.length
        assert.deepStrictEqual(rejected[2]?.original, { from, to })
        assert.strictEqual(rejected[2]?.location, `user.ndjson:4 (bytes ${from} to ${to})`)
        assert.strictEqual(
          rejected[2]?.message,
          `it has ${long.length} bytes, and maxLineBytes is 150000; it was not read`
        )
      })
    )
  )

  it.live("keeps unknown fields if configured", () =>
    run(
      Effect.gen(function* () {
        const directory = yield* folder({ "user.ndjson": '{"x":{"_tag":1},"_tag":"user","id":"a"}' })
        const { records } = yield* read({ inputs: directory, unknownFields: "keep" })
        assert.strictEqual(JSON.stringify(records), '[{"x":{"_tag":1},"_tag":"user","id":"a"}]')
      })
    )
  )

  it.live("keeps every digit of large integers in custom fields", () =>
    run(
      Effect.gen(function* () {
        const line =
          '{"_tag":"user","id":"a","custom":{"x":{"exact":100000000000000000000,"inexact":9007199254740993}}}'
        const { records } = yield* read({ inputs: yield* folder({ "user.ndjson": line }) })
        assert.deepStrictEqual(records[0]?.custom, { x: { exact: 1e20, inexact: "9007199254740993" } })
      })
    )
  )

  it.live.each([
    {
      name: "blank lines, carriage returns and a byte order mark",
      content: `\ufeff${good}\r\n\r\n\n  \n${good}`,
      count: 2
    },
    { name: "nothing", content: "", count: 0 },
    { name: "only blank lines", content: "\n\n", count: 0 }
  ])("reads a file with $name", ({ content, count }) =>
    run(
      Effect.gen(function* () {
        const { records, rejected } = yield* read({ inputs: yield* folder({ "user.ndjson": content }) })
        assert.strictEqual(records.length, count)
        assert.deepStrictEqual(rejected, [])
      })
    )
  )

  it.live("reads files in the order of kinds, whatever they contain", () =>
    run(
      Effect.gen(function* () {
        const names = [
          "zebra.jsonl",
          "message.ndjson.gz",
          "alpha.ndjson",
          "user.ndjson",
          "reaction.ndjson",
          "channel.jsonl"
        ]
        const directory = yield* folder({
          ...Object.fromEntries(
            names.map((name) => [name, name.endsWith(".gz") ? gzipSync(`${good}\n`) : `${good}\n`])
          ),
          "notes.txt": "no"
        })
        assert.deepStrictEqual(yield* partitionsOf({ inputs: directory }), [
          "user.ndjson",
          "channel.jsonl",
          "message.ndjson.gz",
          "reaction.ndjson",
          "alpha.ndjson",
          "zebra.jsonl"
        ])
        assert.strictEqual((yield* read({ inputs: directory })).records.length, 6)
      })
    )
  )

  it.live("distinguishes files of the same name by their inputs", () =>
    run(
      Effect.gen(function* () {
        const inputs = [
          yield* folder({ "user.ndjson": good, "x.ndjson": good }),
          yield* folder({ "user.ndjson": good })
        ]
        assert.deepStrictEqual(yield* partitionsOf({ inputs }), [
          "1/user.ndjson",
          "2/user.ndjson",
          "1/x.ndjson"
        ])
        assert.strictEqual((yield* read({ inputs })).records.length, 3)
      })
    )
  )

  it.live("has the same fingerprints in another folder, and others for other content", () =>
    run(
      Effect.gen(function* () {
        const fingerprint = Effect.fnUntraced(function* (content: string) {
          const source = NdjsonSource.make({ inputs: yield* folder({ "user.ndjson": content }) })
          assert.deepStrictEqual(yield* SourceHarness.of(source).fingerprint, {
            format: "ndjson/1",
            unknownFields: "reject",
            maxLineBytes: 8_388_608,
            inputs: ["user.ndjson"]
          })
          return (yield* SourceHarness.of(source).partitions)[0]?.fingerprint
        })
        assert.strictEqual(yield* fingerprint(`${good}\n`), yield* fingerprint(`${good}\n`))
        assert.notStrictEqual(yield* fingerprint(`${good}\n`), yield* fingerprint(`${good} `))
      })
    )
  )
})

describe("NdjsonSource, from the start and after any batch", () => {
  const entities = sample(6000)
  const text = lines(entities).replaceAll('"id":"m7"', '"id":7')

  it.live.each([
    { name: "a plain file", file: "a.ndjson", content: text },
    { name: "a compressed file", file: "a.ndjson.gz", content: gzipSync(text) },
    {
      name: "a compressed file of many members",
      file: "a.ndjson.gz",
      content: Buffer.concat(
        Array.from({ length: Math.ceil(text.length / 5000) }, (_, i) =>
          gzipSync(text.slice(i * 5000, (i + 1) * 5000))
        )
      )
    }
  ])("resumes after every batch of $name with the same records", ({ content, file }) =>
    run(
      Effect.gen(function* () {
        const source = NdjsonSource.make({ inputs: yield* folder({ [file]: content }) })
        const batches = yield* readAll(source)
        assert.isAbove(batches.length, 4)
        assert.strictEqual(
          lines(batches.flatMap(({ records }) => records)),
          lines(entities.filter((_, n) => n !== 7))
        )
        assert.deepStrictEqual(
          batches.flatMap(({ rejected }) => rejected.map(({ location }) => location)),
          [`${file}:8 (byte ${text.split("\n").slice(0, 7).join("\n").length + 1})`]
        )
        assert.strictEqual(
          batches.reduce((sum, { bytes }) => sum + bytes, 0),
          text.length
        )
        for (const { records } of batches.slice(0, -1)) assert.isAtLeast(records.length, 511)
        const [partition] = yield* SourceHarness.of(source).partitions
        for (const [i, { position }] of batches.entries()) {
          const stored = JSON.parse(JSON.stringify(position)) as Source.Position
          const rest = yield* Stream.runCollect(
            SourceHarness.of(source).read(partition ?? part(""), Option.some(stored))
          )
          assert.deepStrictEqual(rest, batches.slice(i + 1))
        }
      })
    )
  )

  it.live.each([
    { name: "text", spoil: () => "x" },
    { name: "without the read digest", spoil: ({ line, offset }: Stored) => ({ line, offset }) },
    { name: "negative", spoil: (stored: Stored) => ({ ...stored, offset: -1 }) },
    { name: "fractional", spoil: (stored: Stored) => ({ ...stored, offset: 0.5 }) },
    { name: "after the end of the file", spoil: (stored: Stored) => ({ ...stored, offset: 1e9 }) },
    { name: "inside a line", spoil: (stored: Stored) => ({ ...stored, offset: stored.offset - 1 }) },
    { name: "of another file", spoil: (stored: Stored) => ({ ...stored, read: stored.read ^ 1 }) }
  ])("rejects a position that is $name", ({ spoil }) =>
    run(
      Effect.gen(function* () {
        for (const files of [{ "a.ndjson": text }, { "a.ndjson": gzipSync(text) }]) {
          const source = NdjsonSource.make({ inputs: yield* folder(files) })
          const [batch] = yield* readAll(source)
          const position = spoil(batch?.position as unknown as Stored)
          const error = yield* Effect.flip(
            Stream.runDrain(SourceHarness.of(source).read(part("a.ndjson"), Option.some(position)))
          )
          assert.strictEqual(error.reason._tag, "InvalidPosition")
        }
      })
    )
  )

  const packed = (content: string) => gzipSync(content, { level: 0 })

  it.live.each([
    { name: "a plain file", file: "a.ndjson", pack: (content: string) => content },
    { name: "a compressed file", file: "a.ndjson.gz", pack: packed }
  ])("does not resume if a byte in the middle of $name that was read has changed", ({ file, pack }) =>
    run(
      Effect.gen(function* () {
        const source = NdjsonSource.make({ inputs: yield* folder({ [file]: pack(text) }) })
        const batches = yield* readAll(source)
        const half = batches[2]
        const last = batches.at(-1)
        assert(half !== undefined && last !== undefined)
        const offset = (half.position as unknown as Stored).offset
        // After the first 64 KiB, which the fingerprint covers.
        const before = text.indexOf("text", 70_000)
        assert.isBelow(before, offset)
        const other = (at: number) =>
          Effect.map(folder({ [file]: pack(`${text.slice(0, at)}T${text.slice(at + 1)}`) }), (inputs) =>
            NdjsonSource.make({ inputs })
          )
        const readOn = (of: typeof source, { position }: Source.Batch) =>
          Stream.runCollect(SourceHarness.of(of).read(part(file), Option.some(position)))
        const retrace = (of: typeof source, { readDigest }: Source.Batch) =>
          SourceHarness.of(of).retrace(
            part(file),
            JSON.parse(JSON.stringify(readDigest ?? null)) as typeof last.position
          )

        const changed = yield* other(before)
        for (const reading of [readOn(changed, half), readOn(changed, last), retrace(changed, last)]) {
          const error = yield* Effect.flip(Effect.asVoid(reading))
          assert.strictEqual(error.reason._tag, "InvalidPosition")
          assert.include(error.message, `${file}: content of the input that was already read has changed`)
        }
        const behind = yield* other(text.indexOf("text", offset))
        assert.strictEqual((yield* readOn(behind, half)).length, batches.length - 3)
        yield* Effect.flip(Effect.asVoid(retrace(behind, last)))
        yield* retrace(behind, half)
        yield* retrace(source, last)
        assert.deepStrictEqual(yield* readOn(source, last), [])
      })
    )
  )

  it.live("rejects a read digest that it did not write, and one of a missing file", () =>
    run(
      Effect.gen(function* () {
        const source = NdjsonSource.make({ inputs: yield* folder({ "a.ndjson": text }) })
        const readDigest = { offset: 0, read: 0 }
        for (const [file, of] of [
          ["a.ndjson", null],
          ["a.ndjson", { offset: 1 }],
          ["b.ndjson", readDigest]
        ] as const) {
          const error = yield* Effect.flip(SourceHarness.of(source).retrace(part(file), of) ?? Effect.void)
          assert.strictEqual(error.reason._tag, "InvalidPosition")
        }
        yield* SourceHarness.of(source).retrace(part("a.ndjson"), readDigest) ?? Effect.die("none")
      })
    )
  )

  it.live("compares a file with the manifest also when it resumes inside it, unless only by size", () =>
    run(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = `${yield* temporary}/out`
        yield* publish({ directory }, entities)
        const batches = yield* readAll(NdjsonSource.make({ inputs: directory }))
        const first = batches.find(({ location }) => location.startsWith("message.ndjson"))
        const path = `${directory}/message.ndjson`
        const content = yield* fs.readFileString(path)
        const at = content.lastIndexOf("text")
        yield* fs.writeFileString(path, `${content.slice(0, at)}T${content.slice(at + 1)}`)
        const readOn = (verify: "sha256" | "size") =>
          Stream.runCollect(
            SourceHarness.of(NdjsonSource.make({ inputs: directory, verify })).read(
              part("message.ndjson"),
              Option.fromUndefinedOr(first?.position)
            )
          )
        const error = yield* Effect.flip(readOn("sha256"))
        assert.strictEqual(error.reason._tag, "CorruptInput")
        assert.include(error.message, "SHA-256 differs")
        assert.isAbove((yield* readOn("size")).length, 1)
      })
    )
  )

  it.live("rejects an unknown partition", () =>
    run(
      Effect.gen(function* () {
        const source = NdjsonSource.make({ inputs: yield* folder({ "a.ndjson": text }) })
        const error = yield* Effect.flip(
          Stream.runDrain(SourceHarness.of(source).read(part("b.ndjson"), Option.none()))
        )
        assert.strictEqual(error.reason._tag, "InvalidPosition")
      })
    )
  )
})

describe("NdjsonSource and bad files", () => {
  const fine = gzipSync(lines(sample(2000)))

  it.live.each([
    { name: "was truncated", content: fine.subarray(0, -100), problem: "ends too early" },
    { name: "was truncated in its header", content: fine.subarray(0, 5), problem: "ends too early" },
    { name: "lacks its last byte", content: fine.subarray(0, -1), problem: "ends too early" },
    { name: "has a flipped byte", content: flip(fine, 1000), problem: "is damaged" },
    { name: "has a wrong checksum", content: flip(fine, fine.length - 6), problem: "is damaged" },
    {
      name: "is followed by something else",
      content: Buffer.concat([fine, Buffer.from("more")]),
      problem: "is damaged"
    },
    { name: "is empty", content: Buffer.alloc(0), problem: "is not a gzip file" },
    { name: "is plain text", content: Buffer.from(`${good}\n`), problem: "is not a gzip file" }
  ])("fails if a compressed file $name", ({ content, problem }) =>
    run(
      Effect.gen(function* () {
        const inputs = yield* folder({ "user.ndjson.gz": content })
        const error = yield* Effect.flip(read({ inputs }))
        assert.strictEqual(error.reason._tag, "CorruptInput")
        assert.include(error.message, problem)
      })
    )
  )

  it.live(
    "reads the records before the end of a truncated compressed file, and the others once it is complete",
    () =>
      run(
        Effect.gen(function* () {
          const random = Array.from({ length: 20_000 }, (_, n) => message(n, String(Math.sin(n))))
          const content = gzipSync(lines(random))
          const source = NdjsonSource.make({
            inputs: yield* folder({ "a.gz": content }).pipe(Effect.map((at) => `${at}/a.gz`))
          })
          assert.isAbove(content.length, 300_000)
          const cut = NdjsonSource.make({
            inputs: `${yield* folder({ "a.gz": content.subarray(0, 300_000) })}/a.gz`
          })
          const seen: Array<Source.Batch> = []
          const partition = part("a.gz")
          const exit = yield* Effect.exit(
            Stream.runForEach(SourceHarness.of(cut).read(partition), (batch) =>
              Effect.sync(() => void seen.push(batch))
            )
          )
          assert.isTrue(exit._tag === "Failure")
          const all = yield* Stream.runCollect(SourceHarness.of(source).read(partition, Option.none()))
          assert.isAbove(seen.length, 0)
          assert.deepStrictEqual(seen, all.slice(0, seen.length))
          const last = Option.fromUndefinedOr(seen.at(-1)?.position)
          const fixed = yield* Stream.runCollect(SourceHarness.of(source).read(partition, last))
          assert.deepStrictEqual(fixed, all.slice(seen.length))
        })
      )
  )

  it.live.each([
    { name: "is shorter than the manifest says", spoil: "", problem: "bytes, but the manifest says" },
    { name: "has other content than the manifest says", spoil: "swap", problem: "SHA-256 differs" },
    { name: "is missing", spoil: "remove", problem: "is missing, but the manifest lists it" }
  ])("fails if a published file $name", ({ problem, spoil }) =>
    run(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = `${yield* temporary}/out`
        yield* publish({ directory }, sample(10))
        const path = `${directory}/message.ndjson`
        const text = yield* fs.readFileString(path)
        if (spoil === "remove") yield* fs.remove(path)
        else yield* fs.writeFileString(path, spoil === "swap" ? text.replace("m1", "m9") : text.slice(1))
        const error = yield* Effect.flip(read({ inputs: directory }))
        assert.strictEqual(error.reason._tag, "CorruptInput")
        assert.include(error.message, problem)
        if (spoil === "swap")
          assert.strictEqual((yield* read({ inputs: directory, verify: "size" })).records.length, 10)
      })
    )
  )

  it.live("reads only the files that the manifest lists", () =>
    run(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = `${yield* temporary}/out`
        yield* publish({ directory }, sample(10))
        yield* fs.writeFileString(`${directory}/alien.ndjson`, `${good}\n`)
        assert.deepStrictEqual(yield* partitionsOf({ inputs: directory }), ["user.ndjson", "message.ndjson"])
      })
    )
  )

  const entry = { bytes: 1, sha256: "", records: 1 }
  const manifest = (sink: object, files: ReadonlyArray<object>) =>
    JSON.stringify({ format: "chatferry-manifest/1", sink: { name: "s", ...sink }, files })
  const own = { format: "chatferry-ndjson/1" }

  it.live.each([
    { name: "has nothing to read", files: {}, tag: "InvalidConfig", problem: "contains no .ndjson" },
    {
      name: "contains an unfinished run",
      files: { "user.ndjson.part": good },
      tag: "CorruptInput",
      problem: "an unfinished run"
    },
    {
      name: "has a manifest that is not JSON",
      files: { "manifest.json": "{" },
      tag: "CorruptInput",
      problem: "cannot be read"
    },
    {
      name: "has a manifest of an unknown version",
      files: { "manifest.json": '{"format":"chatferry-manifest/9"}' },
      tag: "CorruptInput",
      problem: "cannot be read"
    },
    {
      name: "was written by another kind of sink",
      files: { "manifest.json": manifest({}, []) },
      tag: "InvalidConfig",
      problem: "does not write canonical entities"
    },
    {
      name: "has a manifest that leads out of it",
      files: { "manifest.json": manifest(own, [{ path: "../a.ndjson", ...entry }]) },
      tag: "CorruptInput",
      problem: "outside its folder"
    },
    {
      name: "has a manifest with an absolute path",
      files: { "manifest.json": manifest(own, [{ path: "/etc/hosts", ...entry }]) },
      tag: "CorruptInput",
      problem: "outside its folder"
    }
  ])("fails if a folder $name", ({ files, problem, tag }) =>
    run(
      Effect.gen(function* () {
        const error = yield* Effect.flip(read({ inputs: yield* folder(files) }))
        assert.strictEqual(error.reason._tag, tag)
        assert.include(error.message, problem)
      })
    )
  )

  it.live("fails if an input is missing, given twice, or not given at all", () =>
    run(
      Effect.gen(function* () {
        const at = yield* folder({ "user.ndjson": good })
        const missing = yield* Effect.flip(read({ inputs: `${at}/none.ndjson` }))
        assert.strictEqual(missing.message, `ndjson: inputs: ${at}/none.ndjson does not exist`)
        assert.strictEqual(missing.reason._tag, "InvalidConfig")
        const twice = yield* Effect.flip(read({ inputs: [at, `${at}/user.ndjson`] }))
        assert.include(twice.message, "is given twice")
        const none = yield* Effect.flip(read({ inputs: [] }))
        assert.include(none.message, "inputs must be a path or a list of paths, but is an empty list")
      })
    )
  )
})

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const flipped = Uint8Array.from(bytes)
  flipped[at] = (flipped[at] ?? 0) ^ 0xff
  return flipped
}
