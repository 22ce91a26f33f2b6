import { ArchiveReader, type Archives, ArchiveSource } from "@chatferry/connector"
import { Ids, type Source } from "@chatferry/core"
import { BatchBuilder } from "@chatferry/core/run"
import { SourceHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Option, Stream } from "effect"
import { cut } from "../../src/internal/archives/cut.ts"
import { openAhead } from "../../src/internal/reading/openAhead.ts"

const MIB = 1 << 20

/** A file of `mib` MiB with one user. */
const file = (id: string, mib: number, letter = "x") =>
  `${JSON.stringify({ id, pad: letter.repeat(mib * MIB - 40) }).padEnd(mib * MIB - 1)}\n`

/** Segments of the files a and b, of c, and of d. */
const files = {
  "a.jsonl": file("a", 1),
  "b.jsonl": file("b", 1),
  "c.jsonl": file("c", 5),
  "d.jsonl": file("d", 1),
  "e.txt": "nothing of it"
}

const usersOf = (
  inputs: string,
  before?: (files: ArchiveReader.Files) => Effect.Effect<unknown, ArchiveReader.Reason>
) =>
  ArchiveReader.make({
    name: "users",
    kinds: ["user"],
    inputs,
    limits: ArchiveSource.DEFAULTS,
    expected: "an export of users",
    fingerprint: (parts) => ({ inputs: parts.map(({ id }) => id) }),
    recognise: ({ name }) => (name.endsWith(".jsonl") ? "lines" : "ignore"),
    documents: {
      lines: ArchiveReader.lines<ArchiveReader.Base>(({ id }, { out }) =>
        out.push({ _tag: "user", id: Ids.UserId.make(String(id)) })
      )
    },
    ...(before !== undefined && { before }),
    context: () => ({ out: new BatchBuilder.BatchBuilder() })
  })

const folder = (content: SourceHarness.Files) => SourceHarness.folderOf(content)
const zip = (content: SourceHarness.Files) =>
  SourceHarness.folderOf({ "all.zip": SourceHarness.zipOf(content) })

const segmentsOf = (inputs: string, before?: Parameters<typeof usersOf>[1]) =>
  Effect.scoped(Effect.flatMap(usersOf(inputs, before).open, ({ segments }) => segments))

const idsOf = (batches: ReadonlyArray<Source.Batch>) =>
  SourceHarness.joined(batches).records.map((record) => ("id" in record ? record.id : ""))

/** Counts how often each file is opened. */
const counting = Effect.map(FileSystem.FileSystem, (fs) => {
  const opens = new Map<string, number>()
  const counted: FileSystem.FileSystem = {
    ...fs,
    open: (path, options) => {
      const name = path.slice(path.lastIndexOf("/") + 1)
      opens.set(name, (opens.get(name) ?? 0) + 1)
      return fs.open(path, options)
    }
  }
  return { counted, opens }
})

describe("a cut", () => {
  const rangesOf = (sizes: ReadonlyArray<number>) =>
    cut(sizes.map((size, i) => ({ name: `${i}`, size, weight: size, fingerprint: "" }))).map(
      ({ from, to }) => [from, to]
    )

  it("is after the entry that makes a range large enough", () => {
    assert.deepStrictEqual(rangesOf([MIB, MIB, 5 * MIB, MIB, 0]), [
      [0, 2],
      [2, 3],
      [3, 5]
    ])
  })

  it("is not made in a small archive", () => {
    assert.deepStrictEqual(rangesOf([MIB, 1000, 0]), [[0, 3]])
    assert.deepStrictEqual(rangesOf([0]), [[0, 1]])
  })

  it("makes about 1,000 ranges of a large archive at most", () => {
    const count = rangesOf(Array.from({ length: 100_000 }, () => MIB)).length
    assert.isAbove(count, 500)
    assert.isAtMost(count, 1000)
  })

  it("does not move if a later entry grows a little", () => {
    const sizes = Array.from({ length: 10_000 }, () => MIB)
    const before = rangesOf(sizes)
    assert.deepStrictEqual(rangesOf([...sizes.slice(0, -1), 5 * MIB]), before)
  })
})

it.layer(NodeServices.layer)("segments", (it) => {
  it.effect.each([
    { name: "folder", written: folder },
    { name: "zip", written: zip }
  ])("of a $name are runs of its files whose bytes add up to it", ({ written }) =>
    Effect.gen(function* () {
      const inputs = yield* written(files)
      const found = yield* segmentsOf(inputs)
      assert.deepStrictEqual(
        found.map(({ no, range }) => [no, range]),
        [
          [0, [0, 2]],
          [1, [2, 3]],
          [2, [3, 5]]
        ]
      )
      const bytes = found.map((segment) => segment.bytes ?? 0)
      assert.isTrue(bytes.every((one) => one > 0))
      assert.strictEqual(
        bytes.reduce((sum, one) => sum + one, 0),
        found[0]?.partition.bytes
      )
      const { notes, batches } = yield* SourceHarness.readAll(usersOf(inputs))
      assert.deepStrictEqual(idsOf(batches), ["a", "b", "c", "d"])
      assert.deepStrictEqual(notes, { ignored_entry: 1 })
      assert.deepStrictEqual(
        batches.map(({ location }) => location),
        ["file 1 of 5", "file 2 of 5", "file 3 of 5", "file 4 of 5", ""]
      )
    })
  )

  it.effect("of a small input are whole", () =>
    Effect.gen(function* () {
      const found = yield* segmentsOf(yield* folder({ "a.jsonl": file("a", 1), "e.txt": "nothing of it" }))
      assert.deepStrictEqual(
        found.map(({ no, range }) => [no, range]),
        [[0, null]]
      )
    })
  )

  it.effect.each([
    { name: "folder", written: folder },
    { name: "zip", written: zip }
  ])("of a $name keep their fingerprints if later files change", ({ written }) =>
    Effect.gen(function* () {
      const printed = (content: SourceHarness.Files) =>
        Effect.map(Effect.flatMap(written(content), segmentsOf), (found) =>
          found.map(({ fingerprint }) => fingerprint)
        )
      const [first, second, third] = yield* printed(files)
      assert.strictEqual(new Set([first, second, third, undefined]).size, 4)
      const [same, changed, later] = yield* printed({ ...files, "c.jsonl": file("c", 6) })
      assert.deepStrictEqual([same, later], [first, third])
      assert.notStrictEqual(changed, second)
    })
  )

  it.effect("of a zip all change with any file if reading depends on other files", () =>
    Effect.gen(function* () {
      const before = () => Effect.void
      const inputs = yield* zip(files)
      const found = yield* segmentsOf(inputs, before)
      assert.deepStrictEqual(
        found.map(({ fingerprint }) => fingerprint),
        [undefined, undefined, undefined]
      )
      const batches = yield* Effect.scoped(
        Effect.flatMap(usersOf(inputs, before).open, ({ read }) =>
          Effect.forEach(found, (segment) => Stream.runCollect(read(segment, Option.none())))
        )
      )
      assert.deepStrictEqual(idsOf(batches.flat()), ["a", "b", "c", "d"])
    })
  )

  it.effect("are not read if the files are not those that were listed", () =>
    Effect.gen(function* () {
      const listed = yield* segmentsOf(yield* zip(files))
      const [, second] = listed
      assert(second !== undefined)
      const others = usersOf(yield* zip({ ...files, "c.jsonl": file("c", 5, "y") }))
      const problemOf = (segment: Source.Segment) =>
        Effect.map(
          Effect.flip(
            Effect.scoped(
              Effect.flatMap(others.open, ({ read }) => Stream.runDrain(read(segment, Option.none())))
            )
          ),
          ({ message }) => message
        )
      assert.include(yield* problemOf(second), "has changed")
      assert.include(yield* problemOf({ ...second, range: [4, 9] }), "has changed")
      assert.include(yield* problemOf({ ...second, range: "2-3" }), "it was not written by this source")
    })
  )

  it.effect("do not read the directory of their archive again", () =>
    Effect.gen(function* () {
      const { counted, opens } = yield* counting
      yield* Effect.provideService(
        SourceHarness.readAll(usersOf(yield* zip(files))),
        FileSystem.FileSystem,
        counted
      )
      // For its first bytes, its directory and its content.
      assert.strictEqual(opens.get("all.zip"), 3)
    })
  )

  it.effect("examine the files that are read before all others once", () =>
    Effect.gen(function* () {
      let times = 0
      const before = ({ json, names }: ArchiveReader.Files) => {
        times++
        return Effect.as(json("groups.json"), names.length)
      }
      const inputs = yield* folder({ ...files, "groups.json": "{}" })
      const { batches } = yield* SourceHarness.readAll(usersOf(inputs, before))
      assert.deepStrictEqual(idsOf(batches), ["a", "b", "c", "d"])
      assert.strictEqual(times, 1)
    })
  )

  it.effect("do not open files of the next one ahead", () =>
    Effect.gen(function* () {
      const empty = { next: Effect.succeed(undefined) }
      const opened: Array<string> = []
      const archive: Archives.Archive = {
        location: "all.zip",
        separator: "!",
        isSealed: true,
        entries: ["a", "b", "c"].map((name) => ({ name, size: 1, weight: 1, fingerprint: "" })),
        open: (index) =>
          Effect.sync(() => {
            opened.push(`${index} alone`)
            return empty
          }),
        openTogether: ({ from, to }) =>
          Effect.sync(() => {
            opened.push(`${from} to ${to}`)
            return Array.from({ length: to - from }, () => empty)
          })
      }
      const ahead = openAhead(archive, 2, yield* Effect.scope)
      yield* ahead.open(0, 0)
      yield* ahead.open(1, 0)
      assert.deepStrictEqual(opened, ["0 alone", "1 to 2"])
      // Content can be read once.
      yield* ahead.open(1, 0)
      assert.deepStrictEqual(opened, ["0 alone", "1 to 2", "1 alone"])
    }).pipe(Effect.scoped)
  )
})
