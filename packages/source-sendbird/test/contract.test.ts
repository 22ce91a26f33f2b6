import { SendbirdSource } from "@chatferry/source-sendbird"
import { SourceContract, SourceHarness } from "@chatferry/testkit"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { filesOf, once } from "../../../test/kept.ts"
import { isMany, property } from "../../../test/runs.ts"

// Together, the quick ones have each container and each format.
const shapes = [
  { shape: "zips", write: SendbirdExport.writeZips, format: "json", isQuick: true },
  { shape: "folders", write: SendbirdExport.writeFolders, format: "json", isQuick: false },
  { shape: "CSV zips", write: SendbirdExport.writeZips, format: "csv", isQuick: false },
  { shape: "CSV folders", write: SendbirdExport.writeFolders, format: "csv", isQuick: true }
] as const

/** Changes the text of all files when they are written. */
const edited = (edit: (text: string, file: SendbirdExport.ExportFile) => string) =>
  function* (files: Iterable<SendbirdExport.ExportFile>): Generator<SendbirdExport.ExportFile> {
    for (const file of files) {
      const text = Buffer.concat(Array.from(file.bytes)).toString("utf8")
      yield { ...file, bytes: [Buffer.from(edit(text, file))] }
    }
  }

const USER = "user_3"

/** Removes the id of a user from a list of users. */
const withoutId = (text: string, { archive }: SendbirdExport.ExportFile) =>
  archive === "users"
    ? text.replace(`"user_id":"${USER}"`, '"user_id":""').replace(`\n${USER},`, "\n,")
    : text

const source = (folder: string, config: Partial<SendbirdSource.ArchivesConfig> = {}) =>
  SendbirdSource.archives({ inputs: [folder], ...config })

describe.each(shapes.filter(({ isQuick }) => isMany || isQuick))(
  "a generated export in $shape keeps the source contract:",
  ({ format, write }) => {
    // Each rule has files of its own, which take longer to make than to write.
    const made = once(
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const folder = yield* fs.makeTempDirectoryScoped()
        const options = { format, messages: 400, overlap: 0.1, seed: 21 }
        const kept = new Set<string>()
        const look = edited((text) => {
          // Ids above 2^53 and texts of another script.
          for (const [id] of text.matchAll(/\b9007199\d{9}\b/gu)) kept.add(id)
          return text
        })
        const wrong = edited(withoutId)
        const { truth } = yield* write(`${folder}/one`, {
          ...options,
          through: (files) => wrong(look(files))
        })
        yield* write(`${folder}/right/one`, options)
        // What is read has a name, which is that of the folder.
        yield* write(`${folder}/elsewhere/one`, { ...options, through: wrong })
        yield* write(`${folder}/other`, { ...options, seed: 22, overlap: 0 })
        // As many bytes, but for the checksums of zips.
        const through = edited((text, file) => withoutId(text, file).replaceAll("example.com", "exbmple.com"))
        yield* write(`${folder}/replaced`, { ...options, through })
        return { files: yield* filesOf(folder), truth, kept: Array.from(kept) }
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
    )
    const fixture = Effect.gen(function* () {
      const { files, ...others } = yield* made
      return { folder: yield* SourceHarness.folderOf(files), ...others }
    })

    const rules = SourceContract.rules({
      fixture,
      source: ({ folder }, limits) => source(`${folder}/one`, limits),
      changed: ({ folder }) => [
        { what: "the input", source: source(`${folder}/other`) },
        { what: "the content of the files", source: source(`${folder}/replaced`) },
        { what: "stripSignedUrls", source: source(`${folder}/one`, { stripSignedUrls: true }) }
      ],
      moved: ({ folder }) => source(`${folder}/elsewhere/one`),
      replaced: ({ folder }, limits) => source(`${folder}/replaced`, limits),
      failing: ({ folder }) => [{ source: source(`${folder}/nowhere`), reason: "InvalidConfig" }],
      expected: ({ truth: { records } }) => ({
        records: { ...records, user: (records.user ?? 0) - 1 },
        rejected: { user: 1 }
      }),
      corrected: ({ folder }) => ({
        source: source(`${folder}/right/one`),
        originalOf: ({ original }) => ({ ...(original as object), user_id: USER })
      }),
      kept: ({ kept }) => kept,
      secrets: [SendbirdExport.secret],
      content: []
    })

    it.live.each(rules)("$name", ({ check }) => Effect.provide(check, NodeServices.layer), property)
  }
)
