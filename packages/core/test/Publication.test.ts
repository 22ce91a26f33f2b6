import { createHash } from "node:crypto"
import { Ledger, Publication } from "@chatferry/core"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"

const publication = (directory: string): Publication.Publication => ({
  sink: "lines",
  directory,
  completion: { migrationId: "m", source: "s", fingerprint: "f", ledger: Ledger.empty },
  files: [
    { path: "b.ndjson", records: 2 },
    { path: "a.ndjson", records: 1 }
  ],
  ledger: Ledger.empty,
  details: { dialect: "jsonl" }
})

const staged = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped()
  yield* fs.writeFileString(`${folder}/b.ndjson.part`, "1\n2\n")
  yield* fs.writeFileString(`${folder}/a.ndjson.part`, "3\n")
  return folder
})

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")

it.layer(NodeServices.layer)("Publication", (it) => {
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

  it.effect("ends in the same manifest when it was cut off between two renames", () =>
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

  it.effect("does not publish a file that something else wrote to", () =>
    Effect.gen(function* () {
      const folder = yield* staged
      const files = [{ path: "b.ndjson", records: 2, bytes: 3 }]
      const error = yield* Effect.flip(Publication.publish({ ...publication(folder), files }))
      assert.include(error.message, "it has 4 bytes and 3 were written")
    })
  )

  it.effect.each([
    { name: "another sink writes into it", second: "./", files: [], says: "two sinks write into" },
    {
      name: "it holds a file of that name",
      second: "other/",
      files: ["kept.txt"],
      says: "already holds a file kept.txt"
    }
  ])("refuses a folder when $name", ({ files, says, second }) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* staged
      yield* Publication.prepare({ sink: "one", directory: folder, isResumed: false })
      yield* fs.makeDirectory(`${folder}/other`)
      yield* fs.writeFileString(`${folder}/other/kept.txt`, "precious")
      const error = yield* Effect.flip(
        Publication.prepare({ sink: "two", directory: `${folder}/${second}`, isResumed: false, files })
      )
      assert.include(error.message, says)
    }).pipe(Effect.scoped)
  )

  it.effect("shows nothing under its final name when a staged file is missing", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* staged
      yield* fs.remove(`${folder}/a.ndjson.part`)
      const error = yield* Effect.flip(Publication.publish(publication(folder)))
      assert.strictEqual(error.reason._tag, "WriteFailed")
      assert.deepStrictEqual(yield* fs.readDirectory(folder), ["b.ndjson.part"])
    })
  )
})
