/**
 * Has Stream export an app over its API, and writes a file per kind. The secret
 * is read from STREAM_API_SECRET.
 *
 *     node --conditions=@chatferry/source examples/08-stream-export-api.ts --api-key KEY --out DIR [--channel CID]… [--since TIME] [--ask-again] [--plan] [--base-url URL]
 *
 * Without `--channel`, all channels and all users are exported. `--plan` shows
 * what would be asked for and asks for nothing. Run it again with the same
 * arguments to go on after a kill: no export is made twice. When Stream's answer
 * to a request was lost, it says so; `--ask-again` has it made again.
 */
import { Addresses, Migration, Program, Progress } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamApi, StreamSource } from "@chatferry/source-stream"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Config, Console, Effect, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import { commandLine } from "./commandLine.ts"

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
      const config: StreamSource.ApiConfig = {
        apiKey,
        apiSecret: yield* Config.Redacted("STREAM_API_SECRET"),
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
      const migration = Migration.run({
        id: "stream-api",
        source: StreamSource.api(config),
        sink: NdjsonSink.make({ directory: `${out}/ndjson` }),
        stateDirectory: `${out}/.chatferry`,
        progress: Progress.auto
      })
      yield* Program.run(migration, { command: `STREAM_API_SECRET=… ${commandLine}` })
    })
)

// Links that the service gives are judged where the connection is made, too.
const http = Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))

Command.run(command, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.mergeAll(NodeServices.layer, http)),
  NodeRuntime.runMain
)
