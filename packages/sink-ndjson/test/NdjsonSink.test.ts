import { gunzipSync, gzipSync } from "node:zlib"
import type { Entity, Rejected, Sink } from "@chatferry/core"
import { SinkHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Option, type Scope } from "effect"
import { lines, message, open, publish, sample, snapshot, temporary, user } from "./Harness.ts"

const entities = sample(300)
const settings = [
  { name: "a file per kind", layout: "by-kind", gzip: false },
  { name: "one file", layout: "mixed", gzip: false },
  { name: "compressed files", layout: "by-kind", gzip: true }
] as const

const run = <A, E>(effect: Effect.Effect<A, E, NodeServices.NodeServices | Scope.Scope>) =>
  effect.pipe(Effect.scoped, Effect.provide(NodeServices.layer))

const manifestOf = (files: Record<string, string>) =>
  JSON.parse(files["manifest.json"] ?? "{}") as {
    readonly sink: Record<string, unknown>
    readonly files: ReadonlyArray<{ readonly path: string; readonly records: number }>
    readonly ledger: { readonly kinds: Record<string, { readonly written: number }> }
  }

/** Writes the first `count` entities, flushes, writes more without flushing, and dies. */
const dieAfter = (config: Parameters<typeof open>[0], count: number, receipt = Option.none<Sink.Receipt>()) =>
  Effect.scoped(
    Effect.gen(function* () {
      const session = yield* open(config, receipt)
      yield* session.write(entities.slice(0, count))
      const flushed = yield* session.commit
      yield* session.write(entities.slice(count, count + 50))
      // A kill leaves the bytes that reached the file after the receipt.
      yield* session.commit
      return Option.some(flushed)
    })
  )

/** Writes the first `count` entities, and dies after everything has ended and before it is published. */
const endedAfter = (config: Parameters<typeof open>[0], count: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const session = yield* open(config)
      yield* session.write(entities.slice(0, count))
      let last = yield* session.commit
      yield* session.end((receipt) =>
        Effect.sync(() => {
          last = receipt
        })
      )
      return Option.some(last)
    })
  )

const resume = (config: Parameters<typeof open>[0], receipt: Option.Option<Sink.Receipt>, from: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const session = yield* open(config, receipt)
      yield* session.write(entities.slice(from))
      yield* session.commit
      return yield* SinkHarness.finish(session)
    })
  )

describe("NdjsonSink", () => {
  it.live("writes a file per kind that occurs, and lists absent ones in the manifest", () =>
    run(
      Effect.gen(function* () {
        const directory = `${yield* temporary}/out`
        const [summary] = yield* publish({ directory }, entities)
        const files = yield* snapshot(directory)
        assert.deepStrictEqual(Object.keys(files), ["manifest.json", "message.ndjson", "user.ndjson"])
        assert.strictEqual(files["user.ndjson"], lines(entities.filter(({ _tag }) => _tag === "user")))
        const manifest = manifestOf(files)
        assert.deepStrictEqual(
          manifest.files.map(({ path, records }) => [path, records]),
          [
            ["user.ndjson", 100],
            ["message.ndjson", 200]
          ]
        )
        assert.deepStrictEqual(manifest.sink, {
          name: "ndjson",
          format: "chatferry-ndjson/1",
          layout: "by-kind",
          compression: "none",
          without: "channel.ndjson, member.ndjson, reaction.ndjson, failed_webhook.ndjson"
        })
        assert.strictEqual(summary?.ledger.kinds.message.read, 200)
        assert.strictEqual(summary?.ledger.kinds.message.written, 200)
      })
    )
  )

  it.live("publishes a manifest without files when nothing was written", () =>
    run(
      Effect.gen(function* () {
        const directory = `${yield* temporary}/out`
        yield* publish({ directory }, [])
        const files = yield* snapshot(directory)
        assert.deepStrictEqual(Object.keys(files), ["manifest.json"])
        assert.deepStrictEqual(manifestOf(files).files, [])
      })
    )
  )

  it.live("has no files with final names before it finishes", () =>
    run(
      Effect.gen(function* () {
        const directory = `${yield* temporary}/out`
        yield* dieAfter({ directory, layout: "mixed" }, 100)
        assert.deepStrictEqual(Object.keys(yield* snapshot(directory)).toSorted(), [
          "entities.ndjson.part",
          "unfinished.json"
        ])
      })
    )
  )

  it.live("writes entities that are larger than a block", () =>
    run(
      Effect.gen(function* () {
        const directory = `${yield* temporary}/out`
        const large = [
          message(1),
          message(2, "é".repeat(900_000)),
          message(3),
          message(4, "x".repeat(3_000_000)),
          user(5)
        ]
        yield* publish({ directory, layout: "mixed" }, large)
        const fs = yield* FileSystem.FileSystem
        assert.isTrue((yield* fs.readFileString(`${directory}/entities.ndjson`)) === lines(large))
      })
    )
  )

  it.live("rejects an entity that cannot be written as JSON, and writes the others", () =>
    run(
      Effect.gen(function* () {
        const directory = `${yield* temporary}/out`
        const cycle: Record<string, unknown> = {}
        cycle["self"] = cycle
        const broken = [
          cycle,
          { n: 1n },
          {
            toJSON: () => {
              throw new Error("no")
            }
          }
        ].map((content, n) => Object.assign(message(n), { custom: { content } }) as unknown as Entity.Entity)
        const found: Array<Rejected.Rejected> = []
        const session = yield* open({ directory }, Option.none(), found)
        yield* session.write([message(7), ...broken, message(8)])
        const [summary] = yield* SinkHarness.finish(session)
        assert.deepStrictEqual(
          found.map(({ code, kind, original, location }): unknown => ({ code, kind, original, location })),
          ["m0", "m1", "m2"].map((key) => ({
            code: "not_json",
            kind: "message",
            original: { _tag: "message", key },
            location: `message ${key}`
          }))
        )
        assert.include(found[0]?.message, "; this line has only its kind and key")
        const counts = summary?.ledger.kinds.message
        assert.deepStrictEqual([counts?.read, counts?.written, counts?.rejected], [5, 2, { not_json: 3 }])
        assert.strictEqual((yield* snapshot(directory))["message.ndjson"], lines([message(7), message(8)]))
      })
    )
  )

  it.live("compresses independently of time, system and flushes", () =>
    run(
      Effect.gen(function* () {
        const directory = `${yield* temporary}/out`
        yield* publish({ directory, layout: "mixed", gzip: true }, entities)
        const fs = yield* FileSystem.FileSystem
        const bytes = yield* fs.readFile(`${directory}/entities.ndjson.gz`)
        assert.deepStrictEqual(Array.from(bytes.subarray(0, 10)), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
        assert.strictEqual(gunzipSync(bytes).toString(), lines(entities))
      })
    )
  )

  it.live("rejects a folder with the result of another run, and one with a file of the same name", () =>
    run(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = `${yield* temporary}/out`
        yield* publish({ directory }, entities)
        const again = yield* Effect.flip(publish({ directory }, entities))
        assert.strictEqual(again.reason._tag, "Conflict")
        yield* fs.remove(`${directory}/manifest.json`)
        const foreign = yield* Effect.flip(publish({ directory }, entities))
        assert.strictEqual(foreign.reason._tag, "Conflict")
        assert.include(foreign.message, "already holds a file user.ndjson")
      })
    )
  )

  it.live.each([
    {
      name: "is shorter than when it was flushed",
      spoil: (path: string) => truncate(path),
      problem: "message.ndjson.part has 10 bytes, but had"
    },
    { name: "is gone", spoil: (path: string) => remove(path), problem: "message.ndjson.part is gone" },
    {
      name: "has a changed letter in a text",
      spoil: (path: string) => change(path),
      problem: "message.ndjson.part does not have the content that was written"
    }
  ])("rejects a receipt whose file $name", ({ problem, spoil }) =>
    run(
      Effect.gen(function* () {
        const directory = `${yield* temporary}/out`
        const receipt = yield* dieAfter({ directory }, 100)
        yield* spoil(`${directory}/message.ndjson.part`)
        const error = yield* Effect.flip(open({ directory }, receipt))
        assert.strictEqual(error.reason._tag, "StagedDataDamaged")
        assert.include(error.message, problem)
      })
    )
  )

  it.live.each([
    { name: "text", receipt: "x" },
    { name: "of another sink", receipt: { bytes: 1 } }
  ])("rejects a receipt that is $name", ({ receipt }) =>
    run(
      Effect.gen(function* () {
        const directory = `${yield* temporary}/out`
        const error = yield* Effect.flip(open({ directory }, Option.some(receipt)))
        assert.strictEqual(error.reason._tag, "InvalidReceipt")
      })
    )
  )
})

describe.each(settings)("NdjsonSink with $name, killed", ({ gzip, layout }) => {
  const whole = Effect.gen(function* () {
    const directory = `${yield* temporary}/out`
    yield* publish({ directory, layout, gzip }, entities)
    return yield* snapshot(directory)
  })

  it.live.each([0, 1, 2, 100, 250, 299, 300].map((count) => ({ count })))(
    "continues after $count entities and gives the same bytes",
    ({ count }) =>
      run(
        Effect.gen(function* () {
          const config = { directory: `${yield* temporary}/out`, layout, gzip }
          yield* resume(config, yield* dieAfter(config, count), count)
          assert.deepStrictEqual(yield* snapshot(config.directory), yield* whole)
        })
      )
  )

  it.live("starts again if it was killed before its first receipt", () =>
    run(
      Effect.gen(function* () {
        const config = { directory: `${yield* temporary}/out`, layout, gzip }
        yield* dieAfter(config, 100)
        yield* resume(config, Option.none(), 0)
        assert.deepStrictEqual(yield* snapshot(config.directory), yield* whole)
      })
    )
  )

  it.live("leaves nothing of a kind that was only written after the receipt", () =>
    run(
      Effect.gen(function* () {
        const config = { directory: `${yield* temporary}/out`, layout, gzip }
        const reference = { ...config, directory: `${yield* temporary}/out` }
        // The first entity is a user, the second a message.
        const receipt = yield* dieAfter(config, 1)
        yield* resume(config, receipt, 300)
        yield* publish(reference, entities.slice(0, 1))
        assert.deepStrictEqual(yield* snapshot(config.directory), yield* snapshot(reference.directory))
      })
    )
  )

  it.live("finishes if it was killed between two renames", () =>
    run(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const config = { directory: `${yield* temporary}/out`, layout, gzip }
        const receipt = yield* endedAfter(config, 300)
        for (const name of yield* fs.readDirectory(config.directory)) {
          if (!name.startsWith("user") && !name.startsWith("entities")) continue
          const part = `${config.directory}/${name}`
          const final = part.replace(/\.part$/u, gzip ? ".gz" : "")
          if (gzip) yield* fs.writeFile(final, gzipSync(yield* fs.readFile(part)))
          else yield* fs.rename(part, final)
        }
        yield* resume(config, receipt, 300)
        assert.deepStrictEqual(yield* snapshot(config.directory), yield* whole)
      })
    )
  )

  it.live("gives the same bytes if it has published and is opened with its last receipt again", () =>
    run(
      Effect.gen(function* () {
        const config = { directory: `${yield* temporary}/out`, layout, gzip }
        const receipt = yield* endedAfter(config, 300)
        yield* resume(config, receipt, 300)
        yield* resume(config, receipt, 300)
        assert.deepStrictEqual(yield* snapshot(config.directory), yield* whole)
      })
    )
  )

  it.live("finishes twice with the same bytes", () =>
    run(
      Effect.gen(function* () {
        const config = { directory: `${yield* temporary}/out`, layout, gzip }
        const session = yield* open(config)
        yield* session.write(entities)
        const first = yield* SinkHarness.finish(session)
        assert.deepStrictEqual(yield* SinkHarness.finish(session), first)
        assert.deepStrictEqual(yield* snapshot(config.directory), yield* whole)
      })
    )
  )
})

describe("NdjsonSink with compressed files, killed", () => {
  it.live("compresses a partly compressed file again", () =>
    run(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const [reference, directory] = [`${yield* temporary}/out`, `${yield* temporary}/out`]
        yield* publish({ directory: reference, gzip: true }, entities)
        const receipt = yield* endedAfter({ directory, gzip: true }, 300)
        yield* fs.writeFile(`${directory}/message.ndjson.gz.part`, new Uint8Array(100_000).fill(7))
        yield* resume({ directory, gzip: true }, receipt, 300)
        assert.deepStrictEqual(yield* snapshot(directory), yield* snapshot(reference))
      })
    )
  )

  it.live("finishes if it was killed after the manifest and before the plain parts were removed", () =>
    run(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = `${yield* temporary}/out`
        const config = { directory, gzip: true }
        const receipt = yield* endedAfter(config, 300)
        const part = yield* fs.readFile(`${directory}/user.ndjson.part`)
        yield* resume(config, receipt, 300)
        const finished = yield* snapshot(directory)
        yield* fs.writeFile(`${directory}/user.ndjson.part`, part)
        yield* resume(config, receipt, 300)
        assert.deepStrictEqual(yield* snapshot(directory), finished)
      })
    )
  )

  it.live("does not publish a changed compressed file whose plain part is gone", () =>
    run(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = `${yield* temporary}/out`
        const config = { directory, gzip: true }
        const receipt = yield* endedAfter(config, 300)
        yield* resume(config, receipt, 300)
        const bytes = yield* fs.readFile(`${directory}/user.ndjson.gz`)
        bytes[5] = 7
        yield* fs.writeFile(`${directory}/user.ndjson.gz`, bytes)
        const changed = yield* Effect.flip(resume(config, receipt, 300))
        assert.include(changed.reason, { _tag: "StagedDataDamaged", path: `${directory}/user.ndjson.gz` })
        yield* fs.remove(`${directory}/user.ndjson.gz`)
        const gone = yield* Effect.flip(resume(config, receipt, 300))
        assert.include(gone.message, "user.ndjson.part is gone")
      })
    )
  )

  it.live("does not compress a file that has changed since it was written", () =>
    run(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = `${yield* temporary}/out`
        const session = yield* open({ directory, gzip: true })
        yield* session.write(entities)
        yield* session.commit
        yield* change(`${directory}/message.ndjson.part`)
        const error = yield* Effect.flip(SinkHarness.finish(session))
        assert.include(error.reason, {
          _tag: "StagedDataDamaged",
          path: `${directory}/message.ndjson.part`,
          problem: "does not have the content that was written"
        })
        assert.isFalse(yield* fs.exists(`${directory}/manifest.json`))
      })
    )
  )
})

const truncate = (path: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.truncate(path, 10))
const remove = (path: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.remove(path))
const change = (path: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.flatMap(fs.readFileString(path), (text) =>
      fs.writeFileString(path, text.replace("text 1", "text 2"))
    )
  )
