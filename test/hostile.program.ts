/**
 * A source over an API, or an upload, as a process that a hostile server cannot
 * keep, fill or crash. Its settings are small, so that all limits are met soon;
 * those of memory are the defaults.
 *
 *     node --conditions=@chatferry/source test/hostile.program.ts sendbird|stream|import BASE-URL FOLDER TIMEOUT
 */
import { readFileSync } from "node:fs"
import { Addresses, Migration, Program } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportApi } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, Layer, Redacted } from "effect"

const [client = "", baseUrl = "", folder = "", timeout = ""] = process.argv.slice(2)

const limits = {
  baseUrl,
  attempts: 3,
  retryEvery: ["1 millis", "5 millis"],
  requestTimeout: Number(timeout),
  maxWait: "300 millis",
  maxPages: 60,
  pollEvery: ["5 millis", "50 millis"]
} as const

const secret = Redacted.make("c4n4ry-s3cret")

const migrations = {
  sendbird: SendbirdSource.api({
    ...limits,
    applicationId: "app",
    apiToken: secret,
    from: 0,
    to: 3_600_000,
    dataTypes: ["users"],
    enrich: { users: true, channels: true, members: true, messages: true },
    maxDownloadBytes: 4 << 20,
    exportDeadline: "2 seconds",
    directory: `${folder}/exports`
  }),
  stream: StreamSource.api({
    ...limits,
    apiKey: "key",
    apiSecret: secret,
    channels: "all",
    users: "none",
    lostAnswers: "ask again",
    maxDownloadBytes: 4 << 20,
    exportDeadline: "2 seconds",
    directory: `${folder}/exports`
  })
}

const upload = StreamImportApi.upload({
  ...limits,
  apiKey: "key",
  apiSecret: secret,
  mode: "upsert",
  importDeadline: "2 seconds",
  directory: `${folder}/import`,
  stateDirectory: `${folder}/state`
}).pipe(
  Effect.flatMap((report) => Console.log(StreamImportApi.format(report))),
  Effect.catch(({ message }) => Effect.andThen(Console.error(message), new Program.Ended({ code: 3 })))
)

const migrate = (source: (typeof migrations)["sendbird" | "stream"]) =>
  Program.run(
    Migration.run({
      id: "hostile",
      source,
      sink: NdjsonSink.make({ directory: `${folder}/ndjson` }),
      stateDirectory: `${folder}/state`
    }),
    { command: "again" }
  )

process.on("exit", () => {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync("/proc/self/status", "utf8")) ?? []
  process.stderr.write(`peak RSS ${kilobytes} kB\n`)
})

const program =
  client === "import" ? upload : migrate(client === "stream" ? migrations.stream : migrations.sendbird)

program.pipe(
  Effect.asVoid,
  Effect.provide(
    Layer.mergeAll(
      NodeServices.layer,
      Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))
    )
  ),
  NodeRuntime.runMain
)
