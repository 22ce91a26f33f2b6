/**
 * The main use, on generated data: starts a Sendbird on this machine, has it export
 * an application over its API, turns the exports into Stream import files of both
 * dialects and NDJSON in one pass, and has a Stream on this machine import them.
 *
 *     npx -y pnpm@12 quickstart
 */
import { Addresses } from "@chatferry/connector"
import { Migration, Program, Sink } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportApi, StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdApi, SendbirdSource } from "@chatferry/source-sendbird"
import { SendbirdEmulator } from "@chatferry/testkit/sendbird"
import { StreamEmulator } from "@chatferry/testkit/stream"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Clock, Console, Effect, FileSystem, Layer, Redacted } from "effect"

const FOLDER = "quickstart-output"
const WEEK = 7 * 86_400_000

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  yield* fs.remove(FOLDER, { recursive: true, force: true })

  yield* Console.log(
    "Starting a Sendbird on this machine, with about 20,000 messages of the last 8 weeks …\n"
  )
  const start = (yield* Clock.currentTimeMillis) - 8 * WEEK
  const sendbird = yield* SendbirdEmulator.start({
    data: { seed: 1, messages: 20_000, windows: 8, start, features: { recentChannels: 1 } },
    exportPolls: 1
  })
  const config: SendbirdSource.ApiConfig = {
    applicationId: sendbird.applicationId,
    apiToken: Redacted.make(sendbird.apiToken),
    baseUrl: sendbird.baseUrl,
    from: sendbird.from,
    to: sendbird.to,
    enrich: true,
    pollEvery: ["10 millis", "100 millis"],
    directory: `${FOLDER}/sendbird-exports`
  }
  yield* Console.log(SendbirdApi.format(yield* SendbirdApi.plan(config)))

  yield* Console.log("\nMigrating it to Stream import files in both dialects and to NDJSON …\n")
  const migration = Migration.run({
    id: "quickstart",
    source: SendbirdSource.api(config),
    sink: Sink.tee([
      StreamImportSink.make({ name: "stream-jsonl", directory: `${FOLDER}/stream-jsonl`, dialect: "jsonl" }),
      StreamImportSink.make({
        name: "stream-json",
        directory: `${FOLDER}/stream-json`,
        dialect: "json-array"
      }),
      NdjsonSink.make({ directory: `${FOLDER}/ndjson` })
    ]),
    stateDirectory: `${FOLDER}/.chatferry`
  })
  yield* Program.run(migration, { command: "npx -y pnpm@12 quickstart" })

  yield* Console.log("\nUploading the import to a Stream on this machine …\n")
  const stream = yield* StreamEmulator.start({ channelTypes: { messaging: 20_000, livestream: 20_000 } })
  const report = yield* StreamImportApi.upload({
    apiKey: stream.apiKey,
    apiSecret: Redacted.make(stream.apiSecret),
    baseUrl: stream.baseUrl,
    directory: `${FOLDER}/stream-jsonl`,
    stateDirectory: `${FOLDER}/.chatferry/upload`,
    mode: "upsert",
    pollEvery: ["10 millis", "100 millis"],
    onState: ({ file, state }) => Console.log(`${file}: ${state}`)
  })
  yield* Console.log(`\n${StreamImportApi.format(report)}`)
  if (report.status === "failed") return yield* Program.end(3)

  yield* Console.log(`
Next:
  look at   ${FOLDER}/stream-jsonl/manifest.json and the files it lists
  read      docs/providers/stream.md for what was changed on the way and why
  run       npx -y pnpm@12 sendbird-to-stream YOUR-EXPORT.zip --out OUT
  or        npx -y pnpm@12 sendbird-api --help`)
})

// Links that the service gives are also checked where the connection is made.
const http = Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))

program.pipe(Effect.scoped, Effect.provide(Layer.mergeAll(NodeServices.layer, http)), NodeRuntime.runMain)
