import { Archives, ArchiveSource } from "@chatferry/connector"
import { type Entity, Ids, Source } from "@chatferry/core"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { ByteSize, Effect, FileSystem, Option, Stream } from "effect"
import { zipOf } from "./zips.ts"

/** Every word of every file is a user. */
const words = (config: Partial<ArchiveSource.Options> & Partial<ArchiveSource.Limits>) => {
  const limits = { ...ArchiveSource.DEFAULTS, ...config }
  return ArchiveSource.make({
    name: "words",
    kinds: new Set<Entity.Kind>(["user"]),
    inputs: [],
    limits,
    fingerprint: (parts) => ({ inputs: parts.map(({ id }) => id) }),
    read: (archive, { from, to }, bytes) =>
      Stream.range(from, to - 1).pipe(
        Stream.mapEffect((i) =>
          Effect.gen(function* () {
            const content = yield* Stream.mkString(Stream.decodeText(Archives.content(archive, i, 0)))
            const ids = content.split(" ").filter((word) => word !== "")
            return {
              records: ids.map((id): Entity.Entity => ({ _tag: "user", id: Ids.UserId.make(id) })),
              rejected: [],
              position: i,
              bytes,
              location: `${archive.location}${archive.separator}${archive.entries[i]?.name}`
            }
          })
        )
      ),
    ...config
  })
}

const read = (source: ReturnType<typeof words>) =>
  Effect.gen(function* () {
    const found: Array<readonly [id: string, location: string, ids: string]> = []
    for (const partition of yield* SourceHarness.of(source).partitions) {
      for (const { location, records } of yield* Stream.runCollect(
        SourceHarness.of(source).read(partition, Option.none())
      )) {
        found.push([partition.id, location, records.map((record) => "id" in record && record.id).join(" ")])
      }
    }
    return found
  })

const folder = (files: Readonly<Record<string, string | Uint8Array>>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const at = `${yield* fs.makeTempDirectoryScoped()}/export`
    yield* fs.makeDirectory(at)
    for (const [name, content] of Object.entries(files)) {
      yield* fs.writeFile(`${at}/${name}`, Buffer.from(content))
    }
    return at
  })

it.layer(NodeServices.layer)("ArchiveSource", (it) => {
  it.effect("reads the loose files of a folder as one partition and each of its archives as another", () =>
    Effect.gen(function* () {
      const at = yield* folder({
        "b.txt": "c d",
        "a.txt": "a b",
        "x.zip": zipOf("in.txt", "e"),
        "own.json": "o"
      })
      const source = words({ inputs: [at], isOwn: (name) => name === "own.json" })
      assert.deepStrictEqual(yield* SourceHarness.of(source).fingerprint, {
        inputs: ["export", "export/x.zip"]
      })
      assert.deepStrictEqual(yield* read(source), [
        ["export", "export/a.txt", "a b"],
        ["export", "export/b.txt", "c d"],
        ["export/x.zip", "export/x.zip!in.txt", "e"]
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("has fingerprints that change with the content of partitions, and only with it", () =>
    Effect.gen(function* () {
      const printed = (files: Readonly<Record<string, string | Uint8Array>>) =>
        Effect.flatMap(folder(files), (at) =>
          Effect.map(SourceHarness.of(words({ inputs: [at] })).partitions, (all) =>
            all.map(({ fingerprint }) => fingerprint)
          )
        )
      const files = { "a.txt": "a", "b.txt": "b".repeat(100_000), "x.zip": zipOf("in.txt", "e") }
      const [loose, zip] = yield* printed(files)
      assert.deepStrictEqual(yield* printed(files), [loose, zip])
      for (const [change, isLoose] of [
        [{ "a.txt": "A" }, true],
        [{ "b.txt": `${"b".repeat(99_999)}B` }, true],
        [{ "c.txt": "" }, true],
        [{ "x.zip": zipOf("in.txt", "f") }, false]
      ] as const) {
        const [changedLoose, changedZip] = yield* printed({ ...files, ...change })
        assert.deepStrictEqual([changedLoose !== loose, changedZip !== zip], [isLoose, !isLoose])
      }
    }).pipe(Effect.scoped)
  )

  it.effect("lists a damaged archive like any other and fails when it is read", () =>
    Effect.gen(function* () {
      const at = yield* folder({ "x.zip": zipOf("in.txt", "e").subarray(0, 50) })
      const source = words({ inputs: [at] })
      assert.deepStrictEqual(
        (yield* SourceHarness.of(source).partitions).map(({ fingerprint }) => fingerprint),
        ["unreadable"]
      )
      const error = yield* Effect.flip(read(source))
      assert.strictEqual(error.reason._tag, "CorruptInput")
      assert.match(error.message, /^words: .*export\/x\.zip/u)
    }).pipe(Effect.scoped)
  )

  it.effect("rejects inputs without files, and names them", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const full = yield* folder({ "a.txt": "a" })
      const empty = yield* folder({})
      yield* fs.makeDirectory(`${empty}/inner`)
      const left = yield* folder({ ".DS_Store": "x", "._a.txt": "x", "desktop.ini": "x" })
      for (const without of [empty, left]) {
        const error = yield* Effect.flip(SourceHarness.of(words({ inputs: [full, without] })).partitions)
        assert.strictEqual(error.message, `words: inputs: there are no files in ${without}`)
        assert.strictEqual(error.reason._tag, "InvalidConfig")
      }
      const zip = yield* folder({ ".DS_Store": "x", "x.zip": zipOf("in.txt", "e") })
      assert.strictEqual((yield* SourceHarness.of(words({ inputs: [zip] })).partitions).length, 2)
    }).pipe(Effect.scoped)
  )

  it.effect.each([
    { name: "entries", zip: Buffer.concat([Buffer.from("PK\u0005\u0006"), Buffer.alloc(18)]) },
    { name: "files", zip: zipOf("folder/", "") },
    { name: "files other than debris", zip: zipOf("__MACOSX/folder/._in.txt", "x") }
  ])("fails at an archive without $name when it is read", ({ zip }) =>
    Effect.gen(function* () {
      const source = words({ inputs: [yield* folder({ "a.txt": "a", "x.zip": zip })] })
      assert.strictEqual((yield* SourceHarness.of(source).partitions).length, 2)
      const error = yield* Effect.flip(read(source))
      assert.strictEqual(error.reason._tag, "CorruptInput")
      assert.match(
        error.message,
        /^words: (?:there are no files in the archive|the archive contains only files).* at export\/x\.zip\. Get the archive again/u
      )
    }).pipe(Effect.scoped)
  )

  it.effect("weighs files by their size, and sizes their content with the given function", () =>
    Effect.gen(function* () {
      const at = yield* folder({ "a.txt": "a b" })
      const sizes: Array<readonly [size: number, weight: number]> = []
      const source = words({
        inputs: [at],
        contentSize: (head, tail, size) => head.length + tail.length + size,
        read: (archive) => {
          for (const { size, weight } of archive.entries) sizes.push([size, weight])
          return Stream.empty
        }
      })
      yield* read(source)
      assert.deepStrictEqual(sizes, [[9, 3]])
    }).pipe(Effect.scoped)
  )

  it.effect("fails with invalid settings when it is used, under its name", () =>
    Effect.gen(function* () {
      const source = words({ inputs: "./in", maxEntries: 0, batchRecords: 1.5 })
      const uses = [
        Effect.asVoid(SourceHarness.of(source).fingerprint),
        Effect.asVoid(SourceHarness.of(source).partitions),
        Effect.asVoid(read(source))
      ]
      for (const use of uses) {
        const { message } = yield* Effect.flip(use)
        assert.strictEqual(
          message,
          "words: batchRecords must be a whole number of at least 1, but is 1.5; maxEntries must be a whole number of at least 1, but is 0"
        )
      }
    })
  )

  it.effect("rejects a partition that is not among the inputs", () =>
    Effect.gen(function* () {
      const at = yield* folder({ "a.txt": "a" })
      const reading = SourceHarness.of(words({ inputs: [at] })).read({ id: "other", fingerprint: "" })
      const error = yield* Effect.flip(Stream.runDrain(reading))
      assert.strictEqual(error.reason._tag, "InvalidPosition")
      assert.include(error.message, "there is no such partition among the inputs")
    }).pipe(Effect.scoped)
  )

  it.effect("makes batches one by one and closes its files", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      const batch = (location: string): Source.Batch => ({
        records: [],
        rejected: [],
        position: 0,
        bytes: 0,
        location
      })
      const batches = Source.batches(
        Effect.gen(function* () {
          yield* Effect.acquireRelease(
            Effect.sync(() => events.push("open")),
            () => Effect.sync(() => events.push("close"))
          )
          let left = 3
          return Effect.sync(() => {
            events.push(`make ${left}`)
            return left-- > 0 ? batch(`${left}`) : undefined
          })
        })
      )
      yield* Stream.runForEach(batches, ({ location }) => Effect.sync(() => events.push(`take ${location}`)))
      assert.deepStrictEqual(events, [
        "open",
        "make 3",
        "take 2",
        "make 2",
        "take 1",
        "make 1",
        "take 0",
        "make 0",
        "close"
      ])
      yield* Stream.runDrain(Stream.take(batches, 1))
      assert.deepStrictEqual(events.slice(9), ["open", "make 3", "close"])
    })
  )

  it("recognises an empty batch", () => {
    const nothing: Source.Batch = {
      records: [],
      rejected: [],
      position: 0,
      bytes: 0,
      location: "",
      notes: {}
    }
    assert.isTrue(Source.isEmpty(nothing))
    assert.isFalse(Source.isEmpty({ ...nothing, bytes: 1 }))
    assert.isFalse(Source.isEmpty({ ...nothing, notes: { a: 1 } }))
    assert.isFalse(Source.isEmpty({ ...nothing, records: [{ _tag: "user", id: Ids.UserId.make("u") }] }))
  })

  it.effect("streams content from any byte, in pieces that may be kept", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/large.zip`
      const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, i) => i % 251))
      yield* fs.writeFile(path, zipOf("large", bytes))
      const file = yield* Archives.fromFile(path, 0)
      const archive = yield* Archives.openZip(file, "large.zip", ArchiveSource.DEFAULTS)
      for (const from of [0, 1, 300_000, bytes.length]) {
        const pieces = yield* Stream.runCollect(Archives.content(archive, 0, from))
        assert.isTrue(Buffer.concat(pieces).equals(bytes.subarray(from)), `from ${from}`)
      }
    })
  )

  it.effect("reads a small file into memory, and needs no open file for it afterwards", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/small`
      const content = Buffer.from(Array.from({ length: 2_500_000 }, (_, i) => i % 251))
      yield* fs.writeFile(path, content)
      const file = yield* Effect.scoped(
        Effect.gen(function* () {
          const opened = yield* Archives.fromFile(path, content.length)
          assert.isTrue(content.subarray(0, 10).equals(yield* opened.read(0, 10)))
          assert.isTrue(content.subarray(2_000_000).equals(yield* opened.read(2_000_000, 600_000)))
          return opened
        })
      )
      assert.isTrue(file.isInMemory())
      assert.isTrue(content.subarray(900_000, 1_900_000).equals(yield* file.read(900_000, 1_000_000)))
    })
  )

  it.effect("reads only what is there of a file that becomes shorter", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = `${yield* fs.makeTempDirectoryScoped()}/shorter`
      yield* fs.writeFile(path, Buffer.alloc(1_500_000, 1))
      const before: typeof fs.open = (name, options) =>
        Effect.map(fs.open(name, options), (file) => ({
          ...file,
          stat: Effect.map(file.stat, (info) => ({ ...info, size: ByteSize.bytes(3_000_000) })),
          read: (buffer, at) => file.read(buffer, at)
        }))
      const file = yield* Archives.fromFile(path, 4_000_000).pipe(
        Effect.provideService(FileSystem.FileSystem, { ...fs, open: before })
      )
      assert.strictEqual((yield* file.read(1_400_000, 200_000)).length, 100_000)
      assert.strictEqual((yield* file.read(2_500_000, 200_000)).length, 0)
      assert.isFalse(file.isInMemory())
    })
  )
})
