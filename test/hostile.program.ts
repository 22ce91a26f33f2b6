/**
 * A source over an API, or an upload, as a process that a hostile server cannot
 * block, fill or crash. Its settings are small, so that all limits are reached soon;
 * those for memory are the defaults. With several servers it uses one after the
 * other, and prints how it ended after each.
 *
 *     node --conditions=@chatferry/source test/hostile.program.ts sendbird|stream|import FOLDER (BASE-URL TIMEOUT)...
 */
import { readFileSync } from "node:fs"
import { Addresses } from "@chatferry/connector"
import { Migration, Program, type Source } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportApi } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, Layer, Redacted } from "effect"

const [client, root = "", ...pairs] = process.argv.slice(2)

const secret = Redacted.make("c4n4ry-s3cret")

interface Location {
  readonly baseUrl: string
  readonly folder: string
  readonly timeout: number
}

const limitsOf = ({ baseUrl, timeout }: Location) =>
  ({
    baseUrl,
    attempts: 3,
    retryEvery: ["1 millis", "5 millis"],
    requestTimeout: timeout,
    maxWait: "300 millis",
    maxPages: 60,
    pollEvery: ["5 millis", "50 millis"]
  }) as const

const sendbird = (location: Location) =>
  SendbirdSource.api({
    ...limitsOf(location),
    applicationId: "app",
    apiToken: secret,
    from: 0,
    to: 3_600_000,
    dataTypes: ["users"],
    enrich: { users: true, channels: true, members: true, messages: true },
    maxDownloadBytes: 4 << 20,
    exportDeadline: "2 seconds",
    directory: `${location.folder}/exports`
  })

const stream = (location: Location) =>
  StreamSource.api({
    ...limitsOf(location),
    apiKey: "key",
    apiSecret: secret,
    channels: "all",
    users: "none",
    lostAnswers: "ask again",
    maxDownloadBytes: 4 << 20,
    exportDeadline: "2 seconds",
    directory: `${location.folder}/exports`
  })

const upload = (location: Location) =>
  StreamImportApi.upload({
    ...limitsOf(location),
    apiKey: "key",
    apiSecret: secret,
    mode: "upsert",
    importDeadline: "2 seconds",
    directory: `${location.folder}/import`,
    stateDirectory: `${location.folder}/state`
  }).pipe(
    Effect.flatMap((report) => Console.log(StreamImportApi.format(report))),
    Effect.catch(({ message }) => Effect.andThen(Console.error(message), new Program.Ended({ code: 3 })))
  )

const migrate = <R>(source: Source.Source<R>, { folder }: Location) =>
  Program.run(
    Migration.run({
      id: "hostile",
      source,
      sink: NdjsonSink.make({ directory: `${folder}/ndjson` }),
      stateDirectory: `${folder}/state`
    }),
    { command: "again" }
  )

const meet = (location: Location) => {
  if (client === "import") return upload(location)
  return Effect.asVoid(
    client === "stream" ? migrate(stream(location), location) : migrate(sendbird(location), location)
  )
}

const between = (code: number) =>
  Effect.andThen(Console.log(`ended: ${code}`), Console.error(`ended: ${code}`))

process.on("exit", () => {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync("/proc/self/status", "utf8")) ?? []
  process.stderr.write(`peak RSS ${kilobytes} kB\n`)
})

const locations = Array.from({ length: pairs.length / 2 }, (_, i) => ({
  baseUrl: pairs[2 * i] ?? "",
  folder: `${root}/${i}`,
  timeout: Number(pairs[2 * i + 1])
}))

// The last one ends the process as it would on its own.
Effect.forEach(
  locations,
  (location, i) =>
    i === locations.length - 1
      ? meet(location)
      : Effect.matchEffect(meet(location), {
          onFailure: ({ code }) => between(code),
          onSuccess: () => between(0)
        }),
  { discard: true }
).pipe(
  Effect.provide(
    Layer.mergeAll(
      NodeServices.layer,
      Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))
    )
  ),
  NodeRuntime.runMain
)
