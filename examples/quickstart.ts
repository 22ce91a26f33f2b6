import { Migration, Program, Progress, Sink } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SendbirdExport } from "@chatferry/testkit"
/**
 * The main job on made-up data: writes a Sendbird export, then turns it into
 * Stream import files of both dialects and NDJSON, in one pass.
 *
 *     npx -y pnpm@12 quickstart
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, FileSystem } from "effect"

const FOLDER = "quickstart-output"

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  yield* fs.remove(FOLDER, { recursive: true, force: true })
  yield* Console.log("Writing a made-up Sendbird export of about 20,000 messages …")
  yield* SendbirdExport.writeZips(`${FOLDER}/sendbird-export`, { seed: 1, messages: 20_000, overlap: 0.05 })

  yield* Console.log("Migrating it to Stream import files in both dialects and to NDJSON …\n")
  const migration = Migration.run({
    id: "quickstart",
    source: SendbirdSource.archives({ inputs: [`${FOLDER}/sendbird-export`] }),
    sink: Sink.tee([
      StreamImportSink.make({ name: "stream-jsonl", directory: `${FOLDER}/stream-jsonl`, dialect: "jsonl" }),
      StreamImportSink.make({
        name: "stream-json",
        directory: `${FOLDER}/stream-json`,
        dialect: "json-array"
      }),
      NdjsonSink.make({ directory: `${FOLDER}/ndjson` })
    ]),
    stateDirectory: `${FOLDER}/.chatferry`,
    progress: Progress.auto
  })
  yield* Program.run(migration, { command: "npx -y pnpm@12 quickstart" })

  yield* Console.log(`
Next:
  look at   ${FOLDER}/stream-jsonl/manifest.json and the files it lists
  read      docs/providers/stream.md for what was changed on the way and why
  run       npx -y pnpm@12 sendbird-to-stream YOUR-EXPORT.zip --out OUT`)
})

program.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
