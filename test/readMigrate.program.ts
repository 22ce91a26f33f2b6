/**
 * A migration to NDJSON from any input on disk, as a process that tests can kill.
 *
 *     node --conditions=@chatferry/source test/readMigrate.program.ts sendbird|stream|ndjson INPUT OUT
 */
import { Migration, Program } from "@chatferry/core"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"

const [provider = "", input = "", out = ""] = process.argv.slice(2)

const sources = {
  sendbird: SendbirdSource.archives({ inputs: [input] }),
  stream: StreamSource.files({ inputs: [input] }),
  ndjson: NdjsonSource.make({ inputs: input })
}

const migration = Migration.run({
  id: "read",
  source: sources[provider as keyof typeof sources],
  sink: NdjsonSink.make({ directory: `${out}/ndjson` }),
  policy: { checkpointRecords: 200 },
  stateDirectory: `${out}/state`
})

Program.run(migration, { command: "again" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
