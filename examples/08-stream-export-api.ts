/**
 * Has Stream export an app over its API, and writes a file per kind. The secret
 * is read from STREAM_API_SECRET.
 *
 *     npx -y pnpm@12 stream-export-api --api-key KEY --out DIR [--channel CID]… [--since TIME] [--ask-again] [--plan] [--base-url URL]
 *
 * Without `--channel`, all channels and all users are exported. `--plan` shows
 * what would be requested and requests nothing, without the secret. Run it again with the same
 * arguments to resume after a kill: no export is made twice. If Stream's response
 * to a request was lost, it says so; `--ask-again` has it sent again.
 */
import { Addresses } from "@chatferry/connector"
import { Migration, Program } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamApi, StreamSource } from "@chatferry/source-stream"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import { commandLine, version } from "./commandLine.ts"

const command = Command.make(
  "08-stream-export-api",
  {
    apiKey: Flag.String("api-key"),
    out: Flag.String("out"),
    channels: Flag.String("channel").pipe(Flag.atLeast(0)),
    since: Flag.String("since").pipe(Flag.optional),
    isAskedAgain: Flag.Boolean("ask-again").pipe(Flag.withDefault(false)),
    isPlan: Flag.Boolean("plan").pipe(Flag.withDefault(false)),
    baseUrl: Flag.String("base-url").pipe(Flag.optional)
  },
  ({ apiKey, baseUrl, channels, isAskedAgain, isPlan, out, since }) =>
    Effect.gen(function* () {
      const config: Omit<StreamSource.ApiConfig, "apiSecret"> = {
        apiKey,
        channels: channels.length === 0 ? "all" : channels,
        users: channels.length === 0 ? "all" : "none",
        lostAnswers: isAskedAgain ? "ask again" : "stop",
        directory: `${out}/stream-exports`,
        ...(since._tag === "Some" ? { messagesSince: since.value } : {}),
        ...(baseUrl._tag === "Some" ? { baseUrl: baseUrl.value } : {})
      }
      if (isPlan) {
        yield* Console.log(StreamApi.format(yield* StreamApi.plan(config)))
        return
      }
      const migration = Effect.gen(function* () {
        const apiSecret = yield* Program.secret(
          "STREAM_API_SECRET",
          "the secret is in Stream's dashboard, in the app's Chat Overview"
        )
        return yield* Migration.run({
          id: "stream-api",
          source: StreamSource.api({ ...config, apiSecret }),
          sink: NdjsonSink.make({ directory: `${out}/ndjson` }),
          stateDirectory: `${out}/.chatferry`
        })
      })
      yield* Program.run(migration, { command: commandLine, variables: ["STREAM_API_SECRET"] })
    })
)

// Links that the service gives are also checked where the connection is made.
const http = Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))

Command.run(command, { version }).pipe(
  Effect.provide(Layer.mergeAll(NodeServices.layer, http)),
  NodeRuntime.runMain
)
