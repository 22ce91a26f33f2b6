/** Exports over the APIs of emulators, including those of the quickstart. */
import { Addresses } from "@chatferry/connector"
import { Migration, Sink } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import { SendbirdEmulator } from "@chatferry/testkit/sendbird"
import { StreamEmulator } from "@chatferry/testkit/stream"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, type PlatformError, Redacted, type Scope } from "effect"
import { type Case, ID, type Locations, type Services, type Stops } from "../case.ts"
import * as Inputs from "../inputs.ts"
import { NOW } from "../now.ts"
import * as Sinks from "../sinks.ts"

type ApiSource = ReturnType<typeof SendbirdSource.api>

/** Starts a service and runs a migration from it. Its address is different each time, and does not occur in any line. */
const ofService = (
  name: string,
  start: (at: Locations) => Effect.Effect<ApiSource, PlatformError.PlatformError, Services | Scope.Scope>,
  {
    sink = Sinks.all,
    stops = []
  }: {
    readonly sink?: (out: string) => Sink.Sink<Services>
    readonly stops?: ReadonlyArray<Stops>
  } = {}
): Case => ({
  name: `api: ${name}`,
  input: nothing,
  stops,
  prepare: (at) =>
    Effect.map(start(at), (source) =>
      Migration.run({
        id: ID,
        source,
        sink: sink(at.out),
        policy: { checkpointRecords: 500 },
        stateDirectory: at.state
      }).pipe(Effect.provide(http))
    )
})

const nothing = Inputs.files(() => ({}))

// Links from a service are checked where the connection is made, as in the quickstart.
const http = Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))

const WEEK = 7 * 86_400_000

const fromSendbird =
  (options: SendbirdEmulator.Options, settings: Partial<SendbirdSource.ApiConfig> = {}) =>
  (at: Locations) =>
    Effect.map(SendbirdEmulator.start({ exportPolls: 1, slowMillis: 5, ...options }), (app) =>
      SendbirdSource.api({
        applicationId: app.applicationId,
        apiToken: Redacted.make(app.apiToken),
        baseUrl: app.baseUrl,
        from: app.from,
        to: app.to,
        pollEvery: ["1 millis", "10 millis"],
        retryEvery: ["1 millis", "10 millis"],
        directory: `${at.state}/exports`,
        ...settings
      })
    )

const fromStream =
  (options: StreamEmulator.Options, settings: Partial<StreamSource.ApiConfig> = {}) =>
  (at: Locations) =>
    Effect.map(StreamEmulator.start({ taskLooks: 1, slowMillis: 5, ...options }), (app) =>
      StreamSource.api({
        apiKey: app.apiKey,
        apiSecret: Redacted.make(app.apiSecret),
        baseUrl: app.baseUrl,
        batchSize: 10,
        pollEvery: ["1 millis", "10 millis"],
        retryEvery: ["1 millis", "10 millis"],
        directory: `${at.state}/exports`,
        ...settings
      })
    )

/** As in examples/quickstart.ts, except for the time. */
const quickstart = ofService(
  "the quickstart's migration",
  fromSendbird(
    {
      data: { seed: 1, messages: 20_000, windows: 8, start: NOW - 8 * WEEK, features: { recentChannels: 1 } }
    },
    { enrich: true }
  ),
  {
    sink: (out) =>
      Sink.tee([
        StreamImportSink.make({ name: "stream-jsonl", directory: `${out}/stream-jsonl`, dialect: "jsonl" }),
        StreamImportSink.make({
          name: "stream-json",
          directory: `${out}/stream-json`,
          dialect: "json-array"
        }),
        NdjsonSink.make({ directory: `${out}/ndjson` })
      ])
  }
)

const data = {
  seed: 91,
  messages: 800,
  windows: 4,
  features: { recentChannels: 1, apiOnlyReactions: 0.3, apiOnlyThreads: 0.3 }
}

// Without failed exports: which half contains a record would depend on the order of requests.
const faults = { rateLimited: 0.05, serverError: 0.1, cutBody: 0.1, truncatedZip: 0.1, expiredLink: 0.1 }

const app = { seed: 92, messages: 800, channels: 40, users: 40 }

export const apiCases: ReadonlyArray<Case> = [
  quickstart,
  ofService("sendbird", fromSendbird({ data }), { stops: ["growing"] }),
  ofService("sendbird, enriched, with faults", fromSendbird({ data, faults }, { enrich: true })),
  ofService("sendbird, tables", fromSendbird({ data }, { format: "csv", timezone: "Asia/Seoul" })),
  ofService(
    "sendbird, messages alone",
    fromSendbird({ data }, { dataTypes: ["messages"], messages: { windowDays: 3 } })
  ),
  // Not stopped: after a lost response the run asks what to do, because Stream has no list of tasks.
  ofService("stream, second version", fromStream({ data: app })),
  ofService("stream, first version", fromStream({ data: app }, { version: "v1", exportUsers: false })),
  ofService(
    "stream, packed, with faults",
    fromStream(
      { data: app, packing: "gz", faults: { serverError: 0.1, truncatedFile: 0.1, wrongLength: 0.1 } },
      { users: "none", includeTruncatedMessages: true, clearDeletedMessageText: true }
    )
  )
]
