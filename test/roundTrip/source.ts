/** The content of a generated app in its plainest export, whatever the layout of the migrated one. */
import { StreamSource } from "@chatferry/source-stream"
import { SourceHarness } from "@chatferry/testkit"
import { StreamExport } from "@chatferry/testkit/stream"
import { Effect, FileSystem } from "effect"
import { joined } from "./joined.ts"

interface Exported extends StreamExport.Selection {
  readonly version: "v1" | "v2"
  readonly reads: boolean
  /** The API does not give devices, which contain push tokens, or bans from future channels. */
  readonly through: "the API" | "files"
}

export const exported = (data: StreamExport.Options, { reads, through, ...selection }: Exported) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const file = `${folder}/export.${selection.version === "v1" ? "json" : "jsonl"}`
    const app = StreamExport.generate(data)
    yield* StreamExport.writeFile(file, app.channels(selection, { reads }))
    yield* StreamExport.writeFile(`${folder}/bans.jsonl`, app.futureBans())
    const source =
      through === "files"
        ? StreamSource.files({ inputs: [file, `${folder}/bans.jsonl`], devices: "take" })
        : StreamSource.files({ inputs: [file] })
    const { records, rejected } = yield* SourceHarness.readAll(source)
    if (rejected.length > 0) return yield* Effect.die(rejected[0])
    return joined(records)
  })
