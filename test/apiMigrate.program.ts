/**
 * A migration over Sendbird's API into a Stream import and NDJSON, as a process
 * that tests can kill. The API token is read from SENDBIRD_API_TOKEN.
 *
 *     node --conditions=@chatferry/source test/apiMigrate.program.ts BASE-URL APPLICATION-ID FROM TO OUT
 */
import { Migration, Program, Sink } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const [baseUrl = "", applicationId = "", from = "", to = "", out = ""] = process.argv.slice(2)

const migration = Migration.run({
  id: "api",
  source: SendbirdSource.api({
    applicationId,
    apiToken: Redacted.make(process.env["SENDBIRD_API_TOKEN"] ?? ""),
    baseUrl,
    from: Number(from),
    to: Number(to),
    dataTypes: ["users", "channels", "messages"],
    enrich: true,
    directory: `${out}/exports`,
    pollEvery: ["5 millis", "20 millis"],
    retryEvery: ["5 millis", "50 millis"]
  }),
  sink: Sink.tee([
    StreamImportSink.make({ directory: `${out}/stream`, dialect: "jsonl" }),
    NdjsonSink.make({ directory: `${out}/ndjson` })
  ]),
  policy: { checkpointRecords: 200 },
  stateDirectory: `${out}/state`
})

Program.run(migration, { command: "again" }).pipe(
  Effect.provide(Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)),
  NodeRuntime.runMain
)
