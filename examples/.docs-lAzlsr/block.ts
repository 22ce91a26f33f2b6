import { Addresses, Migration } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { SendbirdApi, SendbirdSource } from "@chatferry/source-sendbird"
import { SendbirdEmulator } from "@chatferry/testkit"
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted } from "effect"

const program = Effect.gen(function* () {
  const sendbird = yield* SendbirdEmulator.start({ data: { messages: 100, features: { recentChannels: 1 } } })
  const config: SendbirdSource.ApiConfig = {
    applicationId: sendbird.applicationId,
    apiToken: Redacted.make(sendbird.apiToken),
    from: sendbird.from,
    to: sendbird.to,
    messages: { excludeSenderIds: ["robot"] },
    enrich: { members: true, messages: false },
    directory: "./sendbird-exports",
    baseUrl: sendbird.baseUrl,
    pollEvery: ["10 millis", "1 second"]
  }
  yield* Console.log(SendbirdApi.format(yield* SendbirdApi.plan(config)))
  yield* Migration.run({
    id: "from-the-api",
    source: SendbirdSource.api(config),
    sink: NdjsonSink.make({ directory: "./ndjson" })
  })
})
const http = Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))
const services = Layer.mergeAll(NodeServices.layer, http)
program.pipe(Effect.scoped, Effect.provide(services), NodeRuntime.runMain)
