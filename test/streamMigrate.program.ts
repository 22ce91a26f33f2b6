/**
 * A migration over Stream's export API into a Stream import, as a process that
 * tests can kill. The secret is read from STREAM_API_SECRET; the policy for
 * lost responses from LOST_ANSWERS, and known tasks from TASK_IDS.
 *
 *     node --conditions=@chatferry/source test/streamMigrate.program.ts BASE-URL API-KEY OUT
 */
import { Migration, Program } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { StreamSource } from "@chatferry/source-stream"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const [baseUrl = "", apiKey = "", out = ""] = process.argv.slice(2)

const lostAnswers = process.env["LOST_ANSWERS"] === "ask again" ? "ask again" : "stop"
const taskIds = JSON.parse(process.env["TASK_IDS"] ?? "{}") as Record<string, string>

const migration = Migration.run({
  id: "stream",
  source: StreamSource.api({
    apiKey,
    apiSecret: Redacted.make(process.env["STREAM_API_SECRET"] ?? ""),
    baseUrl,
    channels: "all",
    users: "none",
    batchSize: 5,
    lostAnswers,
    taskIds,
    directory: `${out}/exports`,
    pollEvery: ["5 millis", "20 millis"],
    retryEvery: ["5 millis", "50 millis"]
  }),
  sink: StreamImportSink.make({ directory: `${out}/stream`, dialect: "jsonl" }),
  policy: { checkpointRecords: 200 },
  stateDirectory: `${out}/state`
})

Program.run(migration, { command: "again" }).pipe(
  Effect.provide(Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)),
  NodeRuntime.runMain
)
