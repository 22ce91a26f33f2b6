import { createHash } from "node:crypto"
import { Ledger } from "@chatferry/core"
import { Publication, Sha256 } from "@chatferry/core/files"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, FileSystem, Option, Scope } from "effect"
import * as OutputMarker from "../../src/internal/output/marker.ts"

const contextOf = (directory: string) => ({
  migrationId: "m",
  runId: "run",
  receipt: Option.none(),
  stateDirectory: `${directory}-state`
})

const publication = (directory: string): Publication.Publication => ({
  sink: "lines",
  directory,
  context: contextOf(directory),
  completion: { migrationId: "m", source: "s", fingerprint: "f", ledger: Ledger.empty },
  files: [
    { path: "b.ndjson", records: 2 },
    { path: "a.ndjson", records: 1 }
  ],
  ledger: Ledger.empty,
  details: { dialect: "jsonl" }
})

/** Ledgers before a sink that got three users, and of its results. */
const books = (read: number, written: number) => {
  const [before, after] = [Ledger.open(), Ledger.open()]
  before.read("user", 3)
  before.written("user", 3)
  after.read("user", read)
  after.written("user", written)
  return { before: before.snapshot(), after: after.snapshot() }
}

const staged = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped()
  const scope = yield* Scope.make()
  yield* Scope.provide(
    Publication.prepare({ sink: "lines", directory: folder, context: contextOf(folder) }),
    scope
  )
  yield* Scope.close(scope, Exit.void)
  yield* fs.writeFileString(`${folder}/b.ndjson.part`, "1\n2\n")
  yield* fs.writeFileString(`${folder}/a.ndjson.part`, "3\n")
  return folder
})

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")

it.layer(NodeServices.layer)("Publication", (it) => {
  it.effect.each([
    { name: "that it was given and has not received", read: 2, written: 2, missing: 1 },
    { name: "that it does not account for", read: 3, written: 1, missing: 2 },
    { name: "that nobody gave it", read: 4, written: 4, missing: -1 }
  ])("publishes nothing for a sink that has records $name", ({ missing, read, written }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* staged
      const { after, before } = books(read, written)
      const of = publication(folder)
      const completion = { ...of.completion, ledger: before, mustBalance: true }
      const names = (yield* fs.readDirectory(folder)).toSorted()
      const error = yield* Effect.flip(Publication.publish({ ...of, completion, ledger: after }))
      assert.include(error.reason, { _tag: "OutOfBalance", where: "lines", kind: "user", missing })
      assert.deepStrictEqual((yield* fs.readDirectory(folder)).toSorted(), names)
      const right = books(3, 3).after
      const { files } = yield* Publication.publish({ ...of, completion, ledger: right })
      assert.strictEqual(files.length, 2)
    })
  )

  it.effect("renames the files and lists them, in order, with their size and hash", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* staged
      const { files } = yield* Publication.publish(publication(folder))
      assert.deepStrictEqual(files, [
        { path: "b.ndjson", bytes: 4, sha256: sha256("1\n2\n"), records: 2 },
        { path: "a.ndjson", bytes: 2, sha256: sha256("3\n"), records: 1 }
      ])
      assert.deepStrictEqual((yield* fs.readDirectory(folder)).toSorted(), [
        "a.ndjson",
        "b.ndjson",
        "manifest.json"
      ])
      const manifest: unknown = JSON.parse(yield* fs.readFileString(`${folder}/manifest.json`))
      assert.deepInclude(manifest as object, {
        format: "chatferry-manifest/1",
        migration: "m",
        sink: { name: "lines", dialect: "jsonl" },
        files
      })
    })
  )

  it.effect("ends with the same manifest after a stop between two renames", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [whole, cut] = [yield* staged, yield* staged]
      yield* Publication.publish(publication(whole))
      yield* fs.rename(`${cut}/b.ndjson.part`, `${cut}/b.ndjson`)
      yield* Publication.publish(publication(cut))
      yield* Publication.publish(publication(cut))
      assert.strictEqual(
        yield* fs.readFileString(`${cut}/manifest.json`),
        yield* fs.readFileString(`${whole}/manifest.json`)
      )
    })
  )

  it.effect("leaves nothing of a run that was stopped before its marker existed", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* staged
      yield* fs.writeFileString(`${folder}/unfinished.json.earlier.part.tmp`, "{")
      yield* Publication.publish(publication(folder))
      assert.notInclude((yield* fs.readDirectory(folder)).join(" "), "unfinished")
    })
  )

  it.effect("does not publish a file that something else wrote to", () =>
    Effect.gen(function* () {
      const folder = yield* staged
      const files = [{ path: "b.ndjson", records: 2, bytes: 3 }]
      const error = yield* Effect.flip(Publication.publish({ ...publication(folder), files }))
      assert.include(error.message, "b.ndjson.part has 4 bytes, but 3 were written")
    })
  )

  it.effect.each([
    { name: "no byte", content: "", says: "is empty, but 2 records were written" },
    { name: "a line more", content: "1\n2\n3\n", says: "has 3 lines, but 2 were written" },
    { name: "a line less", content: "1\n", says: "has 1 lines, but 2 were written" },
    { name: "a line that was cut off", content: "1\n2\n3", says: "has 3 lines, but 2 were written" }
  ])("does not publish two records in a file with $name", ({ content, says }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* staged
      yield* fs.writeFileString(`${folder}/b.ndjson.part`, content)
      assert.include((yield* Effect.flip(Publication.publish(publication(folder)))).message, says)
      assert.isFalse(yield* fs.exists(`${folder}/b.ndjson`))
    })
  )

  it.effect("does not list a file of an earlier attempt that has other content of the same size", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* staged
      const of = { path: "b.ndjson", records: 2, bytes: 4 }
      const sha256 = Sha256.hex(["1\n2\n"])
      yield* fs.remove(`${folder}/b.ndjson.part`)
      yield* fs.writeFileString(`${folder}/b.ndjson`, "1\n3\n")
      const publish = Publication.publish({ ...publication(folder), files: [{ ...of, sha256 }] })
      const { message, reason } = yield* Effect.flip(publish)
      assert.include(reason, { _tag: "StagedDataDamaged", path: `${folder}/b.ndjson` })
      assert.include(message, "does not have the content that was written")
      assert.isFalse(yield* fs.exists(`${folder}/manifest.json`))
      yield* fs.writeFileString(`${folder}/b.ndjson`, "1\n2\n")
      yield* publish
    })
  )

  it.effect("does not rename a file after another run has taken over the folder", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* staged
      yield* fs.remove(`${folder}/unfinished.json`)
      assert.include(
        (yield* Effect.flip(Publication.publish(publication(folder)))).message,
        "holds files whose unfinished.json is gone; this is migration m, run run"
      )
      const other = { ...contextOf(`${folder}-other`), migrationId: "n", runId: "other" }
      yield* Publication.prepare({ sink: "lines", directory: folder, context: other })
      assert.include(
        (yield* Effect.flip(Publication.publish(publication(folder)))).message,
        "holds the unfinished output of migration n, run other; this is migration m, run run"
      )
      assert.isTrue(yield* fs.exists(`${folder}/b.ndjson.part`))
    }).pipe(Effect.scoped)
  )

  it.effect("gives a folder to only one of two concurrent runs", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      for (let i = 0; i < 20; i++) {
        const owners = yield* Effect.forEach(
          ["a", "b", "c"],
          (runId) => OutputMarker.claim(folder, { migrationId: "m", runId }),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(owners.map((one) => typeof one === "object" && one.runId)).size, 1)
        yield* OutputMarker.release(folder)
      }
      assert.deepStrictEqual(yield* fs.readDirectory(folder), [])
    })
  )

  it.effect("removes the files of a run that was killed while it created its marker", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      yield* OutputMarker.claim(folder, { migrationId: "m", runId: "a" })
      yield* fs.link(`${folder}/unfinished.json`, `${folder}/unfinished.json.a.part`)
      yield* OutputMarker.claim(folder, { migrationId: "m", runId: "a" })
      assert.deepStrictEqual(yield* fs.readDirectory(folder), ["unfinished.json"])
    })
  )

  it.effect("rejects a folder with a damaged marker, and says what to do", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      for (const content of ["", "\0\0\0\0", '{"format":"chatferry-unfinished/1"}']) {
        const folder = yield* fs.makeTempDirectoryScoped()
        yield* fs.writeFileString(`${folder}/unfinished.json`, content)
        const error = yield* Effect.flip(
          Publication.prepare({ sink: "s", directory: folder, context: contextOf(folder) })
        )
        assert.include(error.message, "unfinished.json is damaged")
        assert.include(error.message, "Or choose another output folder.")
      }
    }).pipe(Effect.scoped)
  )

  it.effect("recognises the output of another migration by its manifest, even when it resumes", () =>
    Effect.gen(function* () {
      const folder = yield* staged
      yield* Publication.publish(publication(folder))
      const receipt = Option.some(null)
      const other = { ...contextOf(`${folder}-other`), migrationId: "n", runId: "other", receipt }
      const error = yield* Effect.flip(
        Effect.scoped(Publication.prepare({ sink: "s", directory: folder, context: other }))
      )
      assert.include(error.message, "already holds the result of the finished migration m")
      yield* Publication.prepare({
        sink: "s",
        directory: folder,
        context: { ...contextOf(folder), receipt }
      })
      yield* Publication.publish(publication(folder))
    }).pipe(Effect.scoped)
  )

  it.effect("treats anything but a file in place of the manifest as foreign output", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      yield* fs.makeDirectory(`${folder}/manifest.json`)
      const error = yield* Effect.flip(
        Publication.prepare({ sink: "s", directory: folder, context: contextOf(folder) })
      )
      assert.include(error.message, "already holds the result of a finished migration")
    }).pipe(Effect.scoped)
  )

  it.effect.each([
    { name: "another sink writes into it", second: "./", files: [], says: "two sinks write into" },
    {
      name: "it holds a file of that name",
      second: "other/",
      files: ["kept.txt"],
      says: "already holds a file kept.txt"
    }
  ])("rejects a folder if $name", ({ files, says, second }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* staged
      yield* Publication.prepare({ sink: "one", directory: folder, context: contextOf(folder) })
      yield* fs.makeDirectory(`${folder}/other`)
      yield* fs.writeFileString(`${folder}/other/kept.txt`, "precious")
      const error = yield* Effect.flip(
        Publication.prepare({
          sink: "two",
          directory: `${folder}/${second}`,
          context: contextOf(folder),
          files
        })
      )
      assert.include(error.message, says)
    }).pipe(Effect.scoped)
  )

  it.effect("publishes nothing under a final name if a staged file is missing", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* staged
      yield* fs.remove(`${folder}/a.ndjson.part`)
      const error = yield* Effect.flip(Publication.publish(publication(folder)))
      assert.include(error.reason, {
        _tag: "StagedDataDamaged",
        path: `${folder}/a.ndjson`,
        problem: "is gone"
      })
      assert.deepStrictEqual(yield* fs.readDirectory(folder), ["b.ndjson.part", "unfinished.json"])
    })
  )
})
