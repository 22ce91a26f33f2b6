import { Ledger, Migration, Sink } from "@chatferry/core"
import { StreamImportApi, StreamImportSink, StreamImportValidator } from "@chatferry/sink-stream-import"
import { StreamSource } from "@chatferry/source-stream"
import { StreamEmulator, type StreamExport, Reading } from "@chatferry/testkit"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Option, Redacted, Schema, Stream } from "effect"

const Exports = Schema.Struct({
  seed: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 })),
  version: Schema.Literals(["v1", "v2"]),
  documents: Schema.Literals(["array", "channels", "concatenated"]),
  envelope: Schema.Literals(["type-data", "type-item", "type-name", "single-key", "bare"]),
  memberName: Schema.Literals(["member", "channel_member"]),
  custom: Schema.Literals(["flat", "nested"]),
  times: Schema.Literals(["rfc3339", "nanoseconds"]),
  packing: Schema.Literals(["none", "gz"])
})

it.live.prop(
  "whatever an export of Stream carries comes back as valid import files of both dialects, which Stream imports",
  [Exports],
  ([{ packing, seed, version, ...layout }]) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const app = yield* StreamEmulator.start({
        data: { seed, messages: 250, channels: 20, users: 25 },
        layout,
        packing,
        taskLooks: 1
      })
      const policies = { distinctChannels: "member_ids", userRoles: "any", channelRoles: "any" } as const
      const report = yield* Migration.run({
        id: "round-trip",
        source: StreamSource.api({
          apiKey: app.apiKey,
          apiSecret: Redacted.make(app.apiSecret),
          baseUrl: app.baseUrl,
          channels: app.cids(),
          users: "none",
          version,
          directory: `${folder}/exports`,
          pollEvery: ["1 millis", "5 millis"],
          retryEvery: ["1 millis", "5 millis"]
        }),
        sink: Sink.tee([
          StreamImportSink.make({
            ...policies,
            name: "lines",
            directory: `${folder}/lines`,
            dialect: "jsonl"
          }),
          StreamImportSink.make({
            ...policies,
            name: "array",
            directory: `${folder}/array`,
            dialect: "json-array"
          })
        ]),
        stateDirectory: `${folder}/state`
      })
      assert.strictEqual(report.status, "completed")
      const { distinct } = app.truth({ version })
      for (const { ledger, sink } of report.sinks) {
        assert.deepStrictEqual(Ledger.imbalance(ledger), [], sink)
        const written = Object.fromEntries(
          (["channel", "member", "message", "reaction"] as const).map((kind) => [
            kind,
            ledger.kinds[kind].written
          ])
        )
        assert.deepStrictEqual(
          written,
          {
            channel: distinct.channel,
            member: distinct.member,
            message: distinct.message,
            reaction: distinct.reaction
          },
          sink
        )
        assert.isAtLeast(ledger.kinds.user.written, distinct.user)
      }
      for (const file of ["lines/import.jsonl", "array/import.json"]) {
        const checked = yield* StreamImportValidator.validate({ files: [`${folder}/${file}`] })
        assert.isTrue(checked.isValid, StreamImportValidator.format(checked))
      }
      const other = yield* StreamEmulator.start({
        userRoles: ["user", "admin", "guest", "anonymous", "moderator", "vip"],
        channelTypes: {
          messaging: 20_000,
          livestream: 20_000,
          team: 20_000,
          gaming: 20_000,
          commerce: 20_000
        }
      })
      const imported = yield* StreamImportApi.upload({
        apiKey: other.apiKey,
        apiSecret: Redacted.make(other.apiSecret),
        baseUrl: other.baseUrl,
        directory: `${folder}/lines`,
        stateDirectory: `${folder}/upload`,
        mode: "upsert",
        pollEvery: ["1 millis", "5 millis"],
        onState: () => Effect.void
      })
      assert.strictEqual(imported.status, "completed", StreamImportApi.format(imported))
      assert.strictEqual(other.messages().length, distinct.message)
    }).pipe(Effect.scoped, Effect.provide(Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici))),
  { arbitrary: { runs: 20 }, timeout: 120_000 }
)

it.live.each(["v1", "v2"] as const)(
  "some channels of %s with all users come without a reject, whatever else the users did",
  (version) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const app = yield* StreamEmulator.start({
        data: { seed: 8, messages: 3000, channels: 60, users: 60 },
        taskLooks: 1
      })
      const report = yield* Migration.run({
        id: "some-channels",
        source: StreamSource.api({
          apiKey: app.apiKey,
          apiSecret: Redacted.make(app.apiSecret),
          baseUrl: app.baseUrl,
          channels: app.cids().slice(0, 20),
          messagesSince: Date.UTC(2024, 3, 1),
          includeSoftDeletedChannels: true,
          version,
          directory: `${folder}/exports`,
          pollEvery: ["1 millis", "5 millis"]
        }),
        sink: StreamImportSink.make({ directory: `${folder}/import`, dialect: "jsonl" }),
        stateDirectory: `${folder}/state`
      })
      const { kinds } = report.sinks[0]?.ledger ?? Ledger.empty
      assert.strictEqual(kinds.user.written, app.userIds().length)
      assert.isAbove(kinds.message.written, 0)
      assert.isAbove(kinds.reaction.dropped["unknown_message"] ?? 0, 0)
      for (const kind of Ledger.ledgerKinds) assert.deepStrictEqual(kinds[kind].rejected, {}, kind)
    }).pipe(Effect.scoped, Effect.provide(Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)))
)

const options: ReadonlyArray<{
  readonly name: string
  readonly config: Partial<StreamSource.ApiConfig>
  readonly selection: StreamExport.Selection
}> = [
  { name: "none", config: {}, selection: {} },
  {
    name: "truncated messages",
    config: { includeTruncatedMessages: true },
    selection: { includesTruncated: true }
  },
  {
    name: "deleted channels",
    config: { includeSoftDeletedChannels: true },
    selection: { includesDeleted: true }
  },
  { name: "a list of users", config: { exportUsers: true }, selection: { exportsUsers: true } }
]

it.live.each(options)("an export with $name has exactly what it should", ({ config, selection }) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = `${yield* fs.makeTempDirectoryScoped()}/exports`
    const app = yield* StreamEmulator.start({
      data: { seed: 3, messages: 600, channels: 40, users: 40 },
      taskLooks: 1
    })
    const middle = Date.UTC(2024, 3, 1)
    const counts: Array<number> = []
    for (const period of [{}, { messagesSince: middle }, { messagesUntil: middle }]) {
      const source = StreamSource.api({
        apiKey: app.apiKey,
        apiSecret: Redacted.make(app.apiSecret),
        baseUrl: app.baseUrl,
        channels: app.cids(),
        users: "none",
        version: "v2",
        directory: `${directory}-${Object.keys(period).join("")}`,
        pollEvery: ["1 millis", "5 millis"],
        ...config,
        ...period
      })
      const partitions = yield* Reading.of(source).partitions
      const batches = yield* Effect.forEach(partitions, (partition) =>
        Stream.runCollect(Reading.of(source).read(partition, Option.none()))
      )
      const records = batches.flat(2).flatMap((batch) => batch.records)
      const idsOf = (kind: "channel" | "message") =>
        new Set(records.flatMap((record) => (record._tag === kind ? [record.id] : []))).size
      const times = {
        ...("messagesSince" in period ? { since: middle * 1000 } : {}),
        ...("messagesUntil" in period ? { until: middle * 1000 } : {})
      }
      const channels = app.cids().map((cid) => Object.assign({ cid }, times))
      const { distinct } = app.truth({ ...selection, version: "v2", channels })
      counts.push(idsOf("message"))
      assert.deepStrictEqual([idsOf("channel"), idsOf("message")], [distinct.channel, distinct.message])
    }
    const [all = 0, since = 0, until = 0] = counts
    assert.strictEqual(since + until, all)
    assert.isAbove(Math.min(since, until), 0)
    assert.deepStrictEqual(app.doubleExports(), [])
  }).pipe(Effect.scoped, Effect.provide(Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)))
)
