/**
 * An upload of import files to Stream, as a process that tests can kill. The
 * secret is read from STREAM_API_SECRET.
 *
 *     node --conditions=@chatferry/source test/streamUpload.program.ts BASE-URL API-KEY DIRECTORY STATE-DIRECTORY
 */
import { Program } from "@chatferry/core"
import { StreamImportApi } from "@chatferry/sink-stream-import"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, Layer, Redacted } from "effect"

const [baseUrl = "", apiKey = "", directory = "", stateDirectory = ""] = process.argv.slice(2)

const upload = StreamImportApi.upload({
  apiKey,
  apiSecret: Redacted.make(process.env["STREAM_API_SECRET"] ?? ""),
  baseUrl,
  directory,
  stateDirectory,
  mode: "upsert",
  pollEvery: ["5 millis", "20 millis"],
  retryEvery: ["5 millis", "50 millis"],
  onState: () => Effect.void
})

upload.pipe(
  Effect.catchTag("SinkError", (error) => {
    const { reason } = error
    const inner = "cause" in reason && reason.cause instanceof Error ? ` (${reason.cause.message})` : ""
    return Effect.andThen(Console.error(`${error.message}${inner}`), new Program.Ended({ code: 3 }))
  }),
  Effect.tap((report) => Console.log(StreamImportApi.format(report))),
  Effect.tap(({ status }) => (status === "completed" ? Effect.void : new Program.Ended({ code: 3 }))),
  Effect.provide(Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)),
  NodeRuntime.runMain
)
