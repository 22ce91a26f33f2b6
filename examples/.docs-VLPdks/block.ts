import { Addresses, Migration } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamApi, StreamSource } from "@chatferry/source-stream"
import { StreamEmulator } from "@chatferry/testkit"
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted } from "effect"

const program = Effect.gen(function* () {
  const stream = yield* StreamEmulator.start({ data: { messages: 100, channels: 30 } })
  const config: StreamSource.ApiConfig = {
    apiKey: stream.apiKey,
    apiSecret: Redacted.make(stream.apiSecret),
    channels: "all",
    users: "all",
    messagesSince: "2024-01-01T00:00:00Z",
    usersOverLimit: "leave out",
    directory: "./stream-exports",
    baseUrl: stream.baseUrl,
    pollEvery: ["10 millis", "1 second"]
  }
  yield* Console.log(StreamApi.format(yield* StreamApi.plan(config)))
  yield* Migration.run({
    id: "from-stream",
    source: StreamSource.api(config),
    sink: NdjsonSink.make({ directory: "./ndjson" })
  })
})
const http = Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))
const services = Layer.mergeAll(NodeServices.layer, http)
program.pipe(Effect.scoped, Effect.provide(services), NodeRuntime.runMain)
