import { Addresses, Migration } from "@chatferry/core"
import { StreamImportApi, StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamEmulator } from "@chatferry/testkit"
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted } from "effect"

const program = Effect.gen(function* () {
  yield* Migration.run({
    id: "app",
    source: SendbirdSource.archives({ inputs: ["./sendbird-export"] }),
    sink: StreamImportSink.make({ directory: "./stream-import", dialect: "jsonl" }),
    stateDirectory: "./.chatferry"
  })
  const stream = yield* StreamEmulator.start({ channelTypes: { messaging: 20_000, livestream: 20_000 } })
  const report = yield* StreamImportApi.upload({
    apiKey: stream.apiKey,
    apiSecret: Redacted.make(stream.apiSecret), // yield* Program.secret("STREAM_API_SECRET") for a real app
    baseUrl: stream.baseUrl, // leave it out for a real app
    directory: "./stream-import",
    stateDirectory: "./.chatferry/stream-upload",
    mode: "upsert",
    pollEvery: ["10 millis", "1 second"] // leave it out as well
  })
  yield* Console.log(StreamImportApi.format(report))
  if (report.status !== "completed") return yield* Effect.die("Stream did not import it")
})

const http = Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))
program.pipe(Effect.scoped, Effect.provide(Layer.mergeAll(NodeServices.layer, http)), NodeRuntime.runMain)
