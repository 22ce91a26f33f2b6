import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import { pigeon, type Settings } from "../pigeon.ts"
import { type EntryOptions, zipOf, type ZipOptions } from "./zipOf.ts"

const listed = (ids: ReadonlyArray<string>) => JSON.stringify({ people: ids.map((id) => ({ id, name: id })) })

const users = (count: number, from = 0) => listed(Array.from({ length: count }, (_, i) => `u${from + i}`))

const entry = (options: Partial<EntryOptions> = {}): EntryOptions => ({
  name: "users.json",
  content: users(3),
  ...options
})

const other = entry({ name: "other.json", content: users(2, 10) })

/** More than the size that is inflated at once. */
const large = users(300_000)

const readFiles = (files: SourceHarness.Files, settings: Omit<Settings, "inputs"> = {}) =>
  Effect.flatMap(SourceHarness.folderOf(files), (inputs) =>
    SourceHarness.readAll(pigeon({ inputs, maxNestedBytes: 16 << 20, ...settings }))
  ).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

const read = (zip: Buffer, settings: Omit<Settings, "inputs"> = {}) => readFiles({ "a.zip": zip }, settings)

const ids = (zip: Buffer) =>
  Effect.map(read(zip), ({ records }) => records.map((record) => ("id" in record ? record.id : "")))

describe("zip archives that are read", () => {
  it.live.each<{ name: string; entries: ReadonlyArray<EntryOptions>; options?: ZipOptions }>([
    { name: "deflated entries", entries: [entry()] },
    { name: "stored entries", entries: [entry({ isStored: true })] },
    { name: "sizes after the content", entries: [entry({ hasDescriptor: true })] },
    { name: "zip64 sizes", entries: [entry({ isZip64: true })] },
    { name: "a zip64 end record", entries: [entry()], options: { isZip64: true } },
    { name: "a comment", entries: [entry()], options: { comment: "made PK\u0005\u0006 by hand" } },
    {
      name: "folders among the entries",
      entries: [{ name: "x/", content: "", isStored: true }, entry({ name: "x/u.json" })]
    }
  ])("reads $name", ({ entries, options }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ids(zipOf(entries, options)), ["u0", "u1", "u2"])
    })
  )

  it.live.each([
    { name: "deflated", isStored: false },
    { name: "stored", isStored: true }
  ])("streams a large $name entry", ({ isStored }) =>
    Effect.gen(function* () {
      const found = yield* ids(zipOf([entry({ content: large, isStored, name: "large.json" }), other]))
      assert.strictEqual(found.length, 300_002)
      assert.strictEqual(found[299_999], "u299999")
    })
  )

  it.live("gives all records of an entry before the error of the next one, which is already open", () =>
    Effect.gen(function* () {
      const content = (from: number) => users(6000, from)
      const zip = zipOf([
        entry({ name: "1.json", content: content(0) }),
        entry({ name: "2.json", content: content(10_000) }),
        entry({ name: "3.json", content: content(20_000), crc: 1 })
      ])
      const inputs = yield* SourceHarness.folderOf({ "a.zip": zip })
      const source = pigeon({ inputs, batchRecords: 1 })
      const [partition] = yield* SourceHarness.of(source).partitions
      assert.isDefined(partition)
      let seen = 0
      const error = yield* Effect.flip(
        Stream.runForEach(SourceHarness.of(source).read(partition, Option.none()), ({ records }) =>
          Effect.sync(() => {
            seen += records.length
          })
        )
      )
      assert.include(error.message, "export/a.zip!3.json")
      assert.strictEqual(seen, 12_000)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("reads entries in the order of the bytes of their names, wherever they are", () =>
    Effect.gen(function* () {
      const names = ["b.json", "é.json", "B.json", "a/z.json", "a.json"]
      const content = (name: string) => listed([name])
      const zip = zipOf(names.map((name) => entry({ name, content: content(name) })))
      assert.deepStrictEqual(yield* ids(zip), ["B.json", "a.json", "a/z.json", "b.json", "é.json"])
    })
  )

  it.live("fails if nested archives do not contain any part of an export", () =>
    Effect.gen(function* () {
      const photos = zipOf([{ name: "b/photo.jpg", content: Uint8Array.of(0xff, 0xd8) }])
      const archive = zipOf([
        { name: "photos.zip", content: photos },
        { name: "a.txt", content: "Hello" }
      ])
      const error = yield* Effect.flip(readFiles({ "x.zip": archive }))
      assert.match(error.message, /looks like a Pigeon export: 1 \.jpg, 1 \.txt, 1 \.zip\. Check/u)
      const users = zipOf([{ name: "users.json", content: listed([]) }])
      yield* readFiles({
        "x.zip": zipOf([
          { name: "photos.zip", content: photos },
          { name: "u.zip", content: users }
        ])
      })
    })
  )

  it.live("reads an archive inside an archive", () =>
    Effect.gen(function* () {
      const inner = zipOf([entry()])
      const outer = zipOf([other, entry({ name: "inner", content: inner, isStored: true })])
      assert.deepStrictEqual(yield* ids(outer), ["u0", "u1", "u2", "u10", "u11"])
    })
  )
})

const corrupted = (content: string) => {
  const zip = zipOf([entry({ content })])
  // Somewhere in the middle of the compressed data.
  const at = Math.floor(zip.indexOf("PK\u0001\u0002") / 2)
  zip[at] = (zip[at] as number) ^ 0xff
  return zip
}

describe("entries that are inflated together", () => {
  /** Three in front of the entries that are tested, because the first one is inflated alone. */
  const before = [0, 1, 2].map((i) => entry({ name: `a${i}.json`, content: listed([`a${i}`]) }))
  const inFront = ["a0", "a1", "a2"]

  it.live("are read in order, whatever is between them", () =>
    Effect.gen(function* () {
      const zip = zipOf([
        ...before,
        entry({ name: "b.txt", content: "" }),
        entry({ name: "c.json", content: listed(["c"]), isStored: true }),
        entry({ name: "d.json", content: listed(["d"]) }),
        entry({ name: "e.json", content: large }),
        entry({ name: "f.json", content: listed(["f"]), hasDescriptor: true }),
        ...Array.from({ length: 2000 }, (_, i) => entry({ name: `g${1000 + i}.txt`, content: "" })),
        entry({ name: "h.json", content: listed(["h"]) })
      ])
      const found = yield* ids(zip)
      assert.deepStrictEqual(found.slice(0, 6), [...inFront, "c", "d", "u0"])
      assert.deepStrictEqual(found.slice(-3), ["u299999", "f", "h"])
    })
  )

  it.live.each<{ name: string; damaged: EntryOptions; says: RegExp }>([
    { name: "a wrong checksum", damaged: entry({ crc: 1 }), says: /CRC-32/u },
    { name: "too small a size", damaged: entry({ size: 5 }), says: /larger than its declared/u },
    { name: "too large a size", damaged: entry({ size: 5000 }), says: /instead of the declared 5000/u },
    { name: "bytes after its data", damaged: entry({ garbage: Buffer.from("x") }), says: /after the end/u },
    { name: "another name of its own", damaged: entry({ localName: "susers.jso" }), says: /differs/u }
  ])("give all records in front of one with $name", ({ damaged, says }) =>
    Effect.gen(function* () {
      const inputs = yield* SourceHarness.folderOf({ "a.zip": zipOf([...before, damaged]) })
      const source = SourceHarness.of(pigeon({ inputs, batchRecords: 1 }))
      const [partition] = yield* source.partitions
      assert.isDefined(partition)
      const found: Array<string> = []
      const error = yield* Effect.flip(
        Stream.runForEach(source.read(partition, Option.none()), ({ records }) =>
          Effect.sync(() => {
            for (const record of records) if ("id" in record) found.push(record.id)
          })
        )
      )
      assert.match(error.message, says)
      assert.include(error.message, "export/a.zip!users.json")
      assert.deepStrictEqual(found, inFront)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})

describe("zip archives that are rejected", () => {
  it.live.each<{ name: string; zip: Buffer; says: RegExp }>([
    { name: "is truncated", zip: zipOf([entry()]).subarray(0, -30), says: /no end record/u },
    {
      name: "is truncated inside its end record",
      zip: zipOf([entry()], { comment: "abc" }).subarray(0, -2),
      says: /truncated/u
    },
    { name: "is empty", zip: Buffer.alloc(0), says: /no end record/u },
    {
      name: "has no entries",
      zip: zipOf([]),
      says: /there are no files in the archive at export\/a\.zip\./u
    },
    {
      name: "has only folders",
      zip: zipOf([entry({ name: "users/", content: "" })]),
      says: /no files in the archive/u
    },
    {
      name: "has only files of an operating system",
      zip: zipOf([
        entry({ name: ".DS_Store", content: "Bud1" }),
        entry({ name: "__MACOSX/._users.json", content: "x" })
      ]),
      says: /the archive contains only files that an operating system left/u
    },
    {
      name: "has an archive without entries in it",
      zip: zipOf([entry(), entry({ name: "inner.zip", content: zipOf([]) })]),
      says: /no files in the archive at export\/a\.zip!inner\.zip/u
    },
    { name: "is text", zip: Buffer.from("not a zip archive at all, really"), says: /no end record/u },
    { name: "has trailing bytes", zip: zipOf([entry()], { suffix: "xyz" }), says: /3 bytes after the end/u },
    {
      name: "has a prefix",
      zip: zipOf([entry()], { prefix: "#!/bin/sh" }),
      says: /9 bytes that belong to no entry/u
    },
    { name: "is one of several disks", zip: zipOf([entry()], { disk: 1 }), says: /one part of several/u },
    {
      name: "lists fewer entries than it has",
      zip: zipOf([entry(), other], { count: 1 }),
      says: /more entries/u
    },
    {
      name: "lists more entries than it has",
      zip: zipOf([entry()], { count: 2 }),
      says: /entry 1 of the directory/u
    },
    { name: "has a wrong checksum", zip: zipOf([entry({ crc: 1 })]), says: /CRC-32/u },
    {
      name: "has a wrong checksum of stored data",
      zip: zipOf([entry({ crc: 1, isStored: true })]),
      says: /CRC-32/u
    },
    {
      name: "has a wrong checksum of a large entry",
      zip: zipOf([entry({ content: large, crc: 1 })]),
      says: /CRC-32/u
    },
    { name: "declares too little", zip: zipOf([entry({ size: 5 })]), says: /larger than its declared/u },
    { name: "declares too much", zip: zipOf([entry({ size: 5000 })]), says: /instead of the declared 5000/u },
    {
      name: "declares too little of a large entry",
      zip: zipOf([entry({ content: large, size: 5_000_000 })]),
      says: /larger than its declared/u
    },
    {
      name: "declares too much of a large entry",
      zip: zipOf([entry({ content: large, size: 50_000_000 })]),
      says: /instead of the declared/u
    },
    {
      name: "has two sizes for stored data",
      zip: zipOf([entry({ isStored: true, size: 5 })]),
      says: /two different sizes/u
    },
    {
      name: "has damaged data",
      zip: corrupted(users(1000)),
      says: /damaged|CRC-32|declared|ends too early/u
    },
    {
      name: "has damaged data in a large entry",
      zip: corrupted(large),
      says: /damaged|CRC-32|declared|ends too early/u
    },
    {
      name: "has bytes after the compressed data",
      zip: zipOf([entry({ garbage: Buffer.from("hidden") })]),
      says: /after the end of the compressed/u
    },
    {
      name: "has bytes after large compressed data",
      zip: zipOf([entry({ content: large, garbage: Buffer.from("hidden") })]),
      says: /after the end of the compressed/u
    },
    { name: "is encrypted", zip: zipOf([entry({ flags: 0x801 })]), says: /encrypted/u },
    { name: "has an unknown method", zip: zipOf([entry({ method: 14 })]), says: /method 14/u },
    {
      name: "has a symbolic link",
      zip: zipOf([entry({ attributes: (0o120777 << 16) >>> 0 })]),
      says: /symbolic link/u
    },
    { name: "has an absolute name", zip: zipOf([entry({ name: "/etc/x.json" })]), says: /absolute/u },
    { name: "has a drive in a name", zip: zipOf([entry({ name: "C:x.json" })]), says: /absolute/u },
    {
      name: "has .. in a name",
      zip: zipOf([entry({ name: "a/../../x.json" })]),
      says: /out of the archive/u
    },
    { name: "has a backslash in a name", zip: zipOf([entry({ name: "a\\x.json" })]), says: /backslash/u },
    { name: "has a NUL in a name", zip: zipOf([entry({ name: "a\0.json" })]), says: /NUL/u },
    { name: "has an empty name", zip: zipOf([entry({ name: "" })]), says: /no name/u },
    { name: "has a duplicate name", zip: zipOf([entry(), entry()]), says: /two entries/u },
    {
      name: "has overlapping entries",
      zip: zipOf([entry(), entry({ name: "b.json", offset: 0, localName: "b.json" })]),
      says: /overlaps/u
    },
    { name: "points outside itself", zip: zipOf([entry({ offset: 1_000_000 })]), says: /outside/u },
    {
      name: "has another name in the entry",
      zip: zipOf([entry({ localName: "susers.jso" })]),
      says: /differs/u
    },
    { name: "has content in a folder", zip: zipOf([entry({ name: "x/" })]), says: /folder with content/u }
  ])("rejects an archive that $name", ({ says, zip }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(read(zip))
      assert.strictEqual(error.reason._tag, "CorruptInput")
      assert.match(error.message, says)
      assert.match(error.message, /export\/a\.zip/u)
    })
  )

  it.live.each<{ name: string; zip: Buffer; config: object; setting: string }>([
    { name: "entries", zip: zipOf([entry(), other]), config: { maxEntries: 1 }, setting: "maxEntries" },
    {
      name: "directory bytes",
      zip: zipOf([entry()]),
      config: { maxDirectoryBytes: 20 },
      setting: "maxDirectoryBytes"
    },
    { name: "entry bytes", zip: zipOf([entry()]), config: { maxEntryBytes: 20 }, setting: "maxEntryBytes" },
    { name: "inflation", zip: zipOf([entry({ content: " ".repeat(9e6) })]), config: {}, setting: "maxRatio" },
    {
      name: "nested bytes",
      zip: zipOf([entry({ name: "inner.zip", content: zipOf([entry()]), isStored: true })]),
      config: { maxNestedBytes: 100 },
      setting: "maxNestedBytes"
    }
  ])("rejects more $name than the setting allows", ({ config, setting, zip }) =>
    Effect.gen(function* () {
      const { reason } = yield* Effect.flip(read(zip, config))
      assert(reason._tag === "LimitExceeded")
      assert.strictEqual(reason.setting, setting)
    })
  )

  it.live("rejects archives that are nested without end", () =>
    Effect.gen(function* () {
      let zip = zipOf([entry()])
      for (let i = 0; i < 6; i++) zip = zipOf([entry({ name: "inner.zip", content: zip, isStored: true })])
      const error = yield* Effect.flip(read(zip))
      assert.match(error.message, /nested more than/u)
    })
  )

  it.live("names the archive, the entry and the byte of malformed JSON", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(read(zipOf([entry({ content: '{"people":[{"id":"u1"},]}' })])))
      assert.match(error.message, /export\/a\.zip!users\.json \(byte \d+\)/u)
    })
  )
})

describe("names of entries", () => {
  // A control sequence that clears a terminal.
  const name = "a\u001b[2J\u0007\n\u009bm.json"
  const printed = String.raw`export/a.zip!a\u001b[2J\u0007\u000a\u009bm.json`

  it.live("do not bring control characters into locations, not even in nested archives", () =>
    Effect.gen(function* () {
      const content = JSON.stringify({ people: [{}] })
      const inner = zipOf([entry({ name, content })])
      const zip = zipOf([entry({ name, content }), entry({ name: `${name}.zip`, content: inner })])
      const { batches, rejected } = yield* read(zip)
      const locations = [
        ...rejected.map(({ location }) => location),
        ...batches.map(({ location }) => location)
      ]
      assert.isAbove(locations.length, 2)
      for (const location of locations) assert.notMatch(location ?? "", /\p{Cc}/u)
      assert.include(rejected[0]?.location, `${printed}:people[0]`)
    })
  )

  it.live.each([
    { name: "content that is not JSON", of: entry({ name, content: "{" }) },
    { name: "a wrong checksum", of: entry({ name, crc: 1 }) }
  ])("do not bring control characters into errors about $name", ({ of }) =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(read(zipOf([of])))
      assert.include(message, printed)
      assert.notMatch(message, /\p{Cc}/u)
    })
  )
})
