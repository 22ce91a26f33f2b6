import { Archives, ArchiveSource } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import { Passage } from "@chatferry/core/run"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, type Scope } from "effect"

const LARGE = 100_000
/** Large enough that neither end is near the middle. */
const large = (name: string) => Buffer.from(`${name}\n`.repeat(LARGE / (name.length + 1)))

/** A folder of large files. Those called `.txt` are read to their end, and others are skipped. */
const folder = (names: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const at = `${yield* fs.makeTempDirectoryScoped()}/export`
    yield* fs.makeDirectory(at)
    for (const name of names) yield* fs.writeFile(`${at}/${name}`, large(name))
    return at
  })

const archiveOf = (at: string) =>
  Effect.gen(function* () {
    const [part] = yield* Archives.findParts([at])
    assert(part !== undefined)
    const { content } = yield* Archives.fingerprintPart(part, ArchiveSource.DEFAULTS)
    assert(content._tag === "files")
    return yield* Archives.fromFiles("export", content.files)
  })

const isRead = (archive: Archives.Archive) => (index: number) =>
  Effect.succeed(archive.entries[index]?.name.endsWith(".txt") === true)

const readTo = (archive: Archives.Archive, index: number, passage: Passage.Passage) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { next } = Archives.followed(yield* archive.open(index, 0), passage)
      while ((yield* next) !== undefined) passage.end()
    })
  )

/** A reader's read digest after all files. */
const readDigestOf = (archive: Archives.Archive) =>
  Effect.gen(function* () {
    const readDigest = new Archives.ReadDigest(archive)
    for (const index of archive.entries.keys()) {
      if (!(yield* isRead(archive)(index))) continue
      const passage = new Passage.Passage(0)
      yield* readTo(archive, index, passage)
      readDigest.took(index, passage.end())
    }
    return readDigest.upTo(archive.entries.length)
  })

/** Changes a single byte of a file. */
const flip = (path: string, at: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { mtime } = yield* fs.stat(path)
    const bytes = yield* fs.readFile(path)
    bytes[at] = (bytes[at] as number) ^ 1
    yield* fs.writeFile(path, bytes)
    const time = mtime._tag === "Some" ? mtime.value : new Date(0)
    yield* fs.utimes(path, time, time)
  })

const problemOf = <A>(effect: Effect.Effect<A, SourceError.SourceErrorReason, FileSystem.FileSystem>) =>
  Effect.map(Effect.flip(effect), (reason) => {
    assert.strictEqual(reason._tag, "InvalidPosition")
    return "problem" in reason ? reason.problem : ""
  })

it.layer(NodeServices.layer)("a read digest", (it) => {
  it.effect("is the same for the same files, and names the one that has changed in its middle", () =>
    Effect.gen(function* () {
      const names = ["a.txt", "b.bin", "c.txt", "d.txt"]
      const at = yield* folder(names)
      const archive = yield* archiveOf(at)
      const readDigest = yield* readDigestOf(archive)
      const retraced = yield* Archives.retrace(
        archive,
        JSON.parse(JSON.stringify(readDigest)),
        isRead(archive)
      )
      assert.deepStrictEqual(
        [retraced.index, retraced.begun, retraced.readDigest.upTo(4)],
        [4, "", readDigest]
      )
      for (const name of ["a.txt", "c.txt", "d.txt"]) {
        yield* flip(`${at}/${name}`, LARGE / 2)
        const again = yield* archiveOf(at)
        const problem = yield* problemOf(Archives.retrace(again, readDigest, isRead(again)))
        assert.strictEqual(problem, `content of export/${name} that was already read has changed`)
        yield* flip(`${at}/${name}`, LARGE / 2)
      }
    })
  )

  it.effect("ignores the middle of skipped files, but detects that one of them is now read", () =>
    Effect.gen(function* () {
      const at = yield* folder(["a.txt", "b.bin"])
      const archive = yield* archiveOf(at)
      const readDigest = yield* readDigestOf(archive)
      yield* flip(`${at}/b.bin`, LARGE / 2)
      const changed = yield* archiveOf(at)
      yield* Archives.retrace(changed, readDigest, isRead(changed))
      const problem = yield* problemOf(Archives.retrace(changed, readDigest, () => Effect.succeed(true)))
      assert.include(problem, "export/b.bin")
      const unreadable = Effect.fail(SourceError.damagedFile("export/a.txt", "it is empty"))
      assert.include(
        yield* problemOf(Archives.retrace(changed, readDigest, () => unreadable)),
        "content of export/a.txt that was already read"
      )
      yield* flip(`${at}/b.bin`, 0)
      const other = yield* archiveOf(at)
      assert.include(yield* problemOf(Archives.retrace(other, readDigest, isRead(other))), "export/b.bin")
    })
  )

  it.effect("stays short over very many files, and names those among which one has changed", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 1000 }, (_, i) => `${1000 + i}.txt`)
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder([])
      for (const name of names) yield* fs.writeFileString(`${at}/${name}`, name)
      const archive = yield* archiveOf(at)
      const readDigest = yield* readDigestOf(archive)
      assert.isBelow(readDigest.length, 300)
      yield* Archives.retrace(archive, readDigest, isRead(archive))
      yield* fs.writeFileString(`${at}/1500.txt`, "0051.txt")
      const again = yield* archiveOf(at)
      assert.strictEqual(
        yield* problemOf(Archives.retrace(again, readDigest, isRead(again))),
        "content of one of the files from export/1480.txt to export/1511.txt that was already read has changed"
      )
      yield* fs.remove(`${at}/1500.txt`)
      const fewer = yield* archiveOf(at)
      yield* problemOf(Archives.retrace(fewer, readDigest, isRead(fewer)))
    })
  )

  it.effect.each([
    null,
    5,
    "",
    "x",
    "1:0:0:",
    "1:00000000:0000000g:",
    "9:00000000:00000000:",
    "-1::00000000:"
  ])("that is malformed is rejected: %s", (text) =>
    Effect.gen(function* () {
      const archive = yield* archiveOf(yield* folder(["a.txt"]))
      yield* problemOf(Archives.retrace(archive, text, isRead(archive)))
    })
  )
})

const resume = (
  archive: Archives.Archive,
  begun: string
): Effect.Effect<
  { readonly rest: Buffer; readonly checksum: number },
  SourceError.SourceErrorReason,
  FileSystem.FileSystem
> =>
  Effect.scoped(
    Effect.gen(function* (): Effect.fn.Return<
      { readonly rest: Buffer; readonly checksum: number },
      SourceError.SourceErrorReason,
      Scope.Scope
    > {
      const opened = yield* archive.open(0, 0)
      const { chunks, passage } = yield* Archives.resume(archive, 0, begun, opened, 1000)
      const pieces: Array<Uint8Array> = []
      for (let piece = yield* chunks.next; piece !== undefined; piece = yield* chunks.next) pieces.push(piece)
      return { rest: Buffer.concat(pieces), checksum: passage.end().checksum }
    })
  )

it.layer(NodeServices.layer)("a partly read loose file", (it) => {
  const whole = Buffer.concat(Array.from({ length: 7 }, () => large("abc")))
  const begunAt = (offset: number) => {
    const passage = new Passage.Passage(whole.length)
    passage.push(whole)
    return Archives.begunAt(offset, passage.upTo(offset))
  }
  const fileOf = (content: Uint8Array) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = yield* folder([])
      yield* fs.writeFile(`${at}/a.txt`, content)
      return at
    })

  it.effect.each([0, 1, 262_143, 262_144, 262_145, 400_000, whole.length])(
    "continues after the part that had been read, with the same checksum: after %i bytes",
    (offset) =>
      Effect.gen(function* () {
        const archive = yield* archiveOf(yield* fileOf(whole))
        const { checksum, rest } = yield* resume(archive, begunAt(offset))
        assert.isTrue(rest.equals(whole.subarray(offset)))
        assert.strictEqual(Archives.begunAt(whole.length, checksum), begunAt(whole.length))
      })
  )

  it.effect("is rejected if a byte before has changed, and not if one after has", () =>
    Effect.gen(function* () {
      const at = yield* fileOf(whole)
      const begun = begunAt(400_000)
      for (const [byte, isRejected] of [
        [0, true],
        [200_000, true],
        [399_999, true],
        [400_000, false],
        [600_000, false]
      ] as const) {
        yield* flip(`${at}/a.txt`, byte)
        const reading = resume(yield* archiveOf(at), begun)
        if (isRejected) {
          assert.strictEqual(
            yield* problemOf(reading),
            "content of export/a.txt that was already read has changed"
          )
        } else yield* reading
        yield* flip(`${at}/a.txt`, byte)
      }
      const shorter = yield* archiveOf(yield* fileOf(whole.subarray(0, 399_999)))
      assert.include(yield* problemOf(resume(shorter, begun)), "export/a.txt")
      assert.include(yield* problemOf(resume(shorter, "400000")), "was not written by this source")
    })
  )
})
