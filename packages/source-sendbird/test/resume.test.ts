import { type Source } from "@chatferry/core"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Option, Path, Stream } from "effect"
import { exportFiles } from "./exportFiles.ts"
import { essence, folderOf, goesOn, joined, onlyPartition, readFiles } from "./reading.ts"
import { zipOf } from "./zipOf.ts"

const files = exportFiles(1800)

const entries = Object.entries(files).map(([name, content]) => ({ name, content: JSON.stringify(content) }))

const largest = entries.reduce((a, b) => (b.content.length > a.content.length ? b : a))

/** The same files loose, in an archive, in an archive in an archive, and one of them so large that it is streamed. */
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
    it.live(`go on exactly after any position in a ${name}`, () =>
      Effect.gen(function* () {
        const inputs = [yield* folderOf(content)]
        const reading = yield* onlyPartition({ inputs, batchRecords: 97, maxRatio: 10_000 })
        const whole = yield* reading.read(Option.none())
        assert.isAbove(whole.batches.length, 3)
        yield* goesOn(whole, reading)
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
    )

    it.live(`give the same records whatever their size in a ${name}`, () =>
      Effect.gen(function* () {
        const [one, some, all] = yield* Effect.forEach([1, 500, 1_000_000], (batchRecords) =>
          readFiles(content, { batchRecords, maxRatio: 10_000 })
        )
        assert(one !== undefined && some !== undefined && all !== undefined)
        assert.strictEqual(all.batches.length, 1)
        assert.isAbove(one.batches.length, some.batches.length)
        assert.deepStrictEqual(essence(one), essence(all))
        assert.deepStrictEqual(essence(some), essence(all))
      })
    )
  }

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
    { name: "no entry", position: { entry: [], json: null, read: "0", isRecognised: false } },
    { name: "a negative index", position: { entry: [[-1, ""]], json: null, read: "0", isRecognised: false } },
    {
      name: "a negative byte",
      position: {
        entry: [[0, "u.json"]],
        json: { offset: -9, within: "members", member: null, index: 0 },
        read: "0",
        isRecognised: false
      }
    },
    {
      name: "an entry of another name",
      position: { entry: [[0, "other.json"]], json: null, read: "0", isRecognised: false }
    },
    {
      name: "an entry behind the end",
      position: { entry: [[99, ""]], json: null, read: "0", isRecognised: false }
    },
    {
      name: "an entry inside a file",
      position: {
        entry: [
          [0, "u.json"],
          [0, ""]
        ],
        json: null,
        isRecognised: false
      }
    }
  ])("are refused when they are $name", ({ position }) =>
    Effect.gen(function* () {
      const folder = yield* folderOf({ "u.json": { active_users: [] } })
      const source = SendbirdSource.archives({ inputs: [folder] })
      const error = yield* Effect.flip(
        Stream.runDrain(source.read({ id: "export", fingerprint: "" }, Option.some(position)))
      )
      assert.include(["InvalidPosition", "CorruptInput"], error.reason._tag)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  /** Reads up to a position inside `at`, changes `file`, and reads on. */
  const readOn = (at: string, file: string, change: (content: string) => string) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const folder = yield* folderOf(files)
      const read = (position: Option.Option<Source.Position>) => {
        const source = SendbirdSource.archives({ inputs: [folder], batchRecords: 200 })
        return Effect.map(Stream.runCollect(source.read({ id: "export", fingerprint: "" }, position)), joined)
      }
      const whole = yield* read(Option.none())
      const i = whole.batches.findIndex(
        ({ place, position }) => place === `export/${at}` && !JSON.stringify(position).includes('"json":null')
      )
      assert.isAtLeast(i, 0)
      const full = path.join(folder, file)
      yield* fs.writeFileString(full, change(yield* fs.readFileString(full)))
      const rest = yield* read(Option.fromUndefinedOr(whole.batches[i]?.position))
      return { rest, expected: joined(whole.batches.slice(i + 1)) }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

  it.live("are refused when a file that was read is another one now", () =>
    Effect.gen(function* () {
      const change = (content: string) => content.replace("Friday", "Sunday")
      const error = yield* Effect.flip(readOn("users/many.json", "channels/open.json", change))
      assert(error._tag === "SourceError")
      assert.strictEqual(error.reason._tag, "InvalidPosition")
    })
  )

  it.live("hold when a file that was not read yet is mended", () =>
    Effect.gen(function* () {
      const change = (content: string) => content.replace("notifications", "elsewhere")
      const { expected, rest } = yield* readOn("users/many.json", "webhooks/1.json", change)
      assert.strictEqual(rest.records.length, expected.records.length)
      assert.include(JSON.stringify(rest.records), "elsewhere")
    })
  )

  it.live("hold when the rest of the file they are in is mended", () =>
    Effect.gen(function* () {
      const change = (content: string) => content.replace("Somebody 1499", "Somebody else")
      const { expected, rest } = yield* readOn("users/many.json", "users/many.json", change)
      assert.strictEqual(rest.records.length, expected.records.length)
      assert.include(JSON.stringify(rest.records), "Somebody else")
    })
  )

  it.live("are refused for a partition that is not there", () =>
    Effect.gen(function* () {
      const source = SendbirdSource.archives({ inputs: [yield* folderOf({ "u.json": {} })] })
      const error = yield* Effect.flip(
        Stream.runDrain(source.read({ id: "elsewhere", fingerprint: "" }, Option.none()))
      )
      assert.strictEqual(error.reason._tag, "InvalidPosition")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
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
        yield* Stream.runDrain(Stream.take(source.read({ id: "export", fingerprint: "" }, Option.none()), 3))
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
