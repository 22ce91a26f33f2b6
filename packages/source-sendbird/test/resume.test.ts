import { crc32 } from "node:zlib"
import { type Source, type SourceError } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Option, Path, Result, Stream } from "effect"
import { zipOf } from "../../connector/test/files/zipOf.ts"
import { exportFiles } from "./exportFiles.ts"
import { essence, type Files, folderOf, resumes, joined, onlyPartition, readFiles } from "./reading.ts"

const files = exportFiles(1800)

const entries = Object.entries(files).map(([name, content]) => ({ name, content: JSON.stringify(content) }))

const largest = entries.reduce((a, b) => (b.content.length > a.content.length ? b : a))

/** The same files in a folder, in an archive and in a nested archive. One of them is large enough to be streamed. */
const inputs = {
  folder: files,
  archive: { "a.zip": zipOf(entries) },
  "stored archive": { "a.zip": zipOf(entries.map((entry) => ({ ...entry, isStored: true }))) },
  "nested archive": {
    "a.zip": zipOf([{ name: "m/b.zip", content: zipOf(entries) }, ...entries.slice(0, 2)])
  },
  "large entry": {
    "a.zip": zipOf([
      ...entries.slice(0, 5),
      {
        name: "messages/large.json",
        content: `${largest.content}${" ".repeat(200)}`.replace("{", `{"pad":"${"x1".repeat(2_200_000)}",`)
      }
    ])
  }
}

describe("batches", () => {
  for (const [name, content] of Object.entries(inputs)) {
    it.live(`resume exactly after any position in a ${name}`, () =>
      Effect.gen(function* () {
        const inputs = [yield* folderOf(content)]
        const reading = yield* onlyPartition({ inputs, batchRecords: 97, maxRatio: 10_000 })
        const whole = yield* reading.read(Option.none())
        assert.isAbove(whole.batches.length, 3)
        yield* resumes(whole, reading)
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
    )

    it.live(`give the same records whatever their size in a ${name}`, () =>
      Effect.gen(function* () {
        const [one, some, all] = yield* Effect.forEach([1, 500, 1_000_000], (batchRecords) =>
          readFiles(content, { batchRecords, maxRatio: 10_000 })
        )
        assert(one !== undefined && some !== undefined && all !== undefined)
        // Large records also end a batch, and so does a segment.
        assert.strictEqual(all.batches.length, name === "large entry" ? 3 : 1)
        assert.isAbove(one.batches.length, some.batches.length)
        assert.deepStrictEqual(essence(one), essence(all))
        assert.deepStrictEqual(essence(some), essence(all))
      })
    )
  }

  it.live("end after a megabyte of records, even if there are few of them", () =>
    Effect.gen(function* () {
      const users = Array.from({ length: 20 }, (_, i) => ({
        user_id: `u${i}`,
        nickname: "x".repeat(300_000)
      }))
      const content = JSON.stringify({ active_users: users })
      for (const files of [{ "a.json": content }, { "a.zip": zipOf([{ name: "a.json", content }]) }]) {
        const { batches, records } = yield* readFiles(files, { maxRatio: 10_000 })
        assert.strictEqual(records.length, 20)
        assert.isAtLeast(batches.length, 5)
        for (const batch of batches) assert.isAtMost(batch.recordBytes ?? 0, 1_400_000)
      }
    })
  )

  it.live("join many small files", () =>
    Effect.gen(function* () {
      const many = Array.from({ length: 3000 }, (_, i) => ({
        name: `${i}.json`,
        content: JSON.stringify({ active_users: [{ user_id: `u${i}` }] })
      }))
      const { batches, records } = yield* readFiles({ "a.zip": zipOf(many) })
      assert.deepStrictEqual(
        [records.length, batches.map((batch) => batch.records.length)],
        [3000, [1024, 1024, 952]]
      )
    })
  )
})

describe("positions", () => {
  it.live.each<{ name: string; position: Source.Position }>([
    { name: "a number", position: 5 },
    { name: "no entry", position: { entry: [], at: null, read: "0" } },
    { name: "a negative index", position: { entry: [[-1, ""]], at: null, read: "0" } },
    {
      name: "a negative byte",
      position: {
        entry: [[0, "u.json"]],
        at: { json: { offset: -9, within: "members", member: null, index: 0, isRecognised: false } },
        read: "0"
      }
    },
    {
      name: "an entry of another name",
      position: { entry: [[0, "other.json"]], at: null, read: "0" }
    },
    {
      name: "an entry after the end",
      position: { entry: [[99, ""]], at: null, read: "0" }
    },
    {
      name: "an entry inside a file",
      position: {
        entry: [
          [0, "u.json"],
          [0, ""]
        ],
        at: null,
        read: "0"
      }
    }
  ])("are rejected when they are $name", ({ position }) =>
    Effect.gen(function* () {
      const folder = yield* folderOf({ "u.json": { active_users: [] } })
      const source = SendbirdSource.archives({ inputs: [folder] })
      const error = yield* Effect.flip(
        Stream.runDrain(
          SourceHarness.of(source).read({ id: "export", fingerprint: "" }, Option.some(position))
        )
      )
      assert.include(["InvalidPosition", "CorruptInput"], error.reason._tag)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  /** Reads up to a position inside `at`, changes `file`, and resumes. */
  const readOn = (at: string, file: string, change: (content: string) => string) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const folder = yield* folderOf(files)
      const read = (position: Option.Option<Source.Position>) => {
        const source = SendbirdSource.archives({ inputs: [folder], batchRecords: 200 })
        return Effect.map(
          Stream.runCollect(SourceHarness.of(source).read({ id: "export", fingerprint: "" }, position)),
          joined
        )
      }
      const whole = yield* read(Option.none())
      const names = Object.keys(files).toSorted()
      const inside = `file ${names.indexOf(at) + 1} of ${names.length}`
      const i = whole.batches.findIndex(
        ({ location, position }) => location === inside && !JSON.stringify(position).includes('"at":null')
      )
      assert.isAtLeast(i, 0)
      const full = path.join(folder, file)
      yield* fs.writeFileString(full, change(yield* fs.readFileString(full)))
      const rest = yield* read(Option.fromUndefinedOr(whole.batches[i]?.position))
      return { rest, expected: joined(whole.batches.slice(i + 1)) }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

  it.live("are rejected when a file already read has changed", () =>
    Effect.gen(function* () {
      const change = (content: string) => content.replace("Friday", "Sunday")
      const error = yield* Effect.flip(readOn("users/many.json", "channels/open.json", change))
      assert(error._tag === "SourceError")
      assert.strictEqual(error.reason._tag, "InvalidPosition")
    })
  )

  /** Changes a digit far from both ends of a file. */
  const inTheMiddle = (content: string) => {
    const at = content.slice(12_000).search(/\d/u) + 12_000
    assert.isAbove(content.length, at + 20_000)
    return `${content.slice(0, at)}${(Number(content[at]) + 1) % 10}${content.slice(at + 1)}`
  }

  it.live("are rejected when a byte in the middle of their file has changed", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readOn("users/many.json", "users/many.json", inTheMiddle))
      assert(error._tag === "SourceError" && error.reason._tag === "InvalidPosition")
      assert.strictEqual(
        error.reason.problem,
        "content of export/users/many.json that was already read has changed"
      )
    })
  )

  it.live("stay valid when a file that has not been read yet is corrected", () =>
    Effect.gen(function* () {
      const change = (content: string) => content.replace("notifications", "elsewhere")
      const { expected, rest } = yield* readOn("users/many.json", "webhooks/1.json", change)
      assert.strictEqual(rest.records.length, expected.records.length)
      assert.include(JSON.stringify(rest.records), "elsewhere")
    })
  )

  it.live("stay valid when the rest of their file is corrected", () =>
    Effect.gen(function* () {
      const change = (content: string) => content.replace("Somebody 1499", "Somebody else")
      const { expected, rest } = yield* readOn("users/many.json", "users/many.json", change)
      assert.strictEqual(rest.records.length, expected.records.length)
      assert.include(JSON.stringify(rest.records), "Somebody else")
    })
  )

  it.live("are rejected for a partition that does not exist", () =>
    Effect.gen(function* () {
      const source = SendbirdSource.archives({
        inputs: [yield* folderOf({ "u.json": { active_users: [] } })]
      })
      const error = yield* Effect.flip(
        Stream.runDrain(SourceHarness.of(source).read({ id: "elsewhere", fingerprint: "" }, Option.none()))
      )
      assert.strictEqual(error.reason._tag, "InvalidPosition")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})

describe("completely read content", () => {
  const many = JSON.stringify(files["users/many.json"])
  const inner = zipOf([{ name: "u.json", content: many, isStored: true }])
  const csv = `user_id,nickname\n${Array.from({ length: 3000 }, (_, i) => `many-${i},Somebody ${i}\n`).join("")}`
  const zipped = (content: string) => ({
    "a.zip": zipOf([
      { name: "a.json", content: '{"active_users":[]}' },
      { name: "u.json", content }
    ])
  })

  /** Changes a letter of the nickname of one user. */
  const changed = (content: string | Uint8Array) => {
    const bytes = Buffer.from(content)
    const at = bytes.indexOf("Somebody 777")
    assert.isAbove(at, 16 << 10)
    assert.isBelow(at, bytes.length - (16 << 10))
    bytes[at] = 0x73
    return bytes
  }

  /** Last batch and position of an input, and the result of using them with another input. */
  const over = (before: Files, after: Files) =>
    Effect.gen(function* () {
      const sourceOf = (content: Files) =>
        Effect.map(folderOf(content), (folder) => SendbirdSource.archives({ inputs: [folder] }))
      const [first, second] = [yield* sourceOf(before), yield* sourceOf(after)]
      const [partition] = yield* SourceHarness.of(first).partitions
      assert(partition !== undefined)
      const last = (yield* Stream.runCollect(SourceHarness.of(first).read(partition, Option.none()))).at(-1)
      const { position, readDigest } = JSON.parse(JSON.stringify(last)) as Source.Batch
      const retraced = yield* Effect.result(
        readDigest === undefined ? Effect.void : SourceHarness.of(second).retrace(partition, readDigest)
      )
      const rest = yield* Effect.result(
        Stream.runCollect(SourceHarness.of(second).read(partition, Option.some(position)))
      )
      return { readDigest, retraced, rest }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

  it.live.each([
    { what: "a JSON file", name: "u.json", content: many },
    { what: "a CSV file", name: "u.csv", content: csv },
    { what: "an archive by another name", name: "u.backup", content: inner }
  ])(
    "is the same in $what, and rejected with its name after a byte in its middle has changed",
    ({ content, name }) =>
      Effect.gen(function* () {
        const others = { "b.bin": Buffer.alloc(100_000), "z.json": { active_users: [] } }
        const before = { ...others, [name]: content }
        const same = yield* over(before, before)
        assert.isTrue(Result.isSuccess(same.retraced))
        assert.isTrue(Result.isSuccess(same.rest) && same.rest.success.length === 0)
        const { rest, retraced } = yield* over(before, { ...before, [name]: changed(content) })
        for (const outcome of [retraced, rest] as ReadonlyArray<
          Result.Result<unknown, SourceError.SourceError>
        >) {
          assert(Result.isFailure(outcome))
          assert.strictEqual(outcome.failure.reason._tag, "InvalidPosition")
          assert.include(
            outcome.failure.message,
            `content of export/${name} that was already read has changed`
          )
        }
        const passedOver = yield* over(before, {
          ...before,
          "b.bin": Buffer.alloc(100_000).fill(1, 50_000, 50_001)
        })
        assert.isTrue(Result.isSuccess(passedOver.retraced) && Result.isSuccess(passedOver.rest))
      })
  )

  it.live("is verified in an archive by the checksums of its directory", () =>
    Effect.gen(function* () {
      const { rest, readDigest } = yield* over(zipped(many), zipped(changed(many).toString()))
      // The fingerprint of the partition differs.
      assert.isUndefined(readDigest)
      assert(Result.isFailure(rest))
      assert.include(rest.failure.message, "content of export/a.zip!u.json that was already read has changed")
    })
  )
})

describe("an entry of an archive that is being read", () => {
  // Large enough to be streamed, and stored, so that each of its bytes is a byte of the archive.
  const users = Array.from({ length: 40_000 }, (_, i) => ({
    user_id: `many-${i}`,
    nickname: `Somebody ${i}`
  }))
  const zip = zipOf([{ name: "u.json", content: JSON.stringify({ active_users: users }), isStored: true }])

  /** Resumes after half of the entry, in an archive in which it may have changed. */
  const readOn = (change: (bytes: Buffer) => void) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* folderOf({ "a.zip": zip })
      const read = (position: Option.Option<Source.Position>) => {
        const source = SendbirdSource.archives({ inputs: [folder] })
        return Stream.runCollect(
          SourceHarness.of(source).read({ id: "export/a.zip", fingerprint: "" }, position)
        )
      }
      const batches = yield* read(Option.none())
      const half = Math.floor(batches.length / 2)
      const changed = Buffer.from(zip)
      change(changed)
      yield* fs.writeFile(`${folder}/a.zip`, changed)
      const rest = yield* Effect.result(read(Option.fromUndefinedOr(batches[half]?.position)))
      return { rest, expected: batches.slice(half + 1) }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

  const change = (bytes: Buffer) => {
    bytes[bytes.indexOf("Somebody 777")] = 0x73
  }

  it.live("gives the rest if it is unchanged", () =>
    Effect.gen(function* () {
      const { expected, rest } = yield* readOn(() => undefined)
      assert(Result.isSuccess(rest))
      assert.deepStrictEqual(rest.success, expected)
    })
  )

  it.live("fails at its end when a byte before the position has changed, and the directory has not", () =>
    Effect.gen(function* () {
      const { rest } = yield* readOn(change)
      assert(Result.isFailure(rest))
      assert.strictEqual(rest.failure.reason._tag, "CorruptInput")
      assert.include(rest.failure.message, "does not match its checksum")
      assert.include(rest.failure.message, "export/a.zip!u.json")
    })
  )

  it.live("is rejected when a byte has changed and the directory shows it", () =>
    Effect.gen(function* () {
      const { rest } = yield* readOn((bytes) => {
        change(bytes)
        const start = bytes.indexOf('{"active_users"')
        const directory = bytes.lastIndexOf("PK\u0001\u0002")
        bytes.writeUInt32LE(crc32(bytes.subarray(start, directory)), directory + 16)
      })
      assert(Result.isFailure(rest))
      assert.include(rest.failure.message, "content of export/a.zip!u.json that was already read has changed")
    })
  )
})

describe("files", () => {
  it.live("are closed when reading stops early", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const folder = yield* folderOf(files)
      const source = SendbirdSource.archives({ inputs: [folder], batchRecords: 1 })
      for (let i = 0; i < 20; i++) {
        yield* Stream.runDrain(
          Stream.take(SourceHarness.of(source).read({ id: "export", fingerprint: "" }, Option.none()), 3)
        )
      }
      const opened = yield* fs.readDirectory("/proc/self/fd")
      const links = yield* Effect.forEach(opened, (fd) =>
        Effect.orElseSucceed(fs.readLink(`/proc/self/fd/${fd}`), () => "")
      )
      assert.deepStrictEqual(
        links.filter((link) => link.startsWith(path.resolve(folder))),
        []
      )
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
