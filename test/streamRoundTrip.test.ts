import { Ledger, Migration, Sink } from "@chatferry/core"
import { StreamImportApi, StreamImportSink, StreamImportValidator } from "@chatferry/sink-stream-import"
import { StreamSource } from "@chatferry/source-stream"
import { SourceHarness } from "@chatferry/testkit"
import { StreamEmulator, StreamExport } from "@chatferry/testkit/stream"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Option, Redacted, Schema, Stream } from "effect"
import { without } from "./model/paths.ts"
import { differences } from "./roundTrip/judge.ts"
import { exported } from "./roundTrip/source.ts"
import { readBack } from "./roundTrip/target.ts"
import { runs } from "./runs.ts"

const Exports = Schema.Struct({
  seed: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 })),
  version: Schema.Literals(["v1", "v2"]),
  through: Schema.Literals(["the API", "files"]),
  includesTruncated: Schema.Boolean,
  includesDeleted: Schema.Boolean,
  exportsUsers: Schema.Boolean,
  documents: Schema.Literals(["array", "channels", "concatenated"]),
  envelope: Schema.Literals(["type-data", "type-item", "type-name", "single-key", "bare"]),
  memberName: Schema.Literals(["member", "channel_member"]),
  reads: Schema.Boolean,
  invites: Schema.Literals(["invite", "invited"]),
  hasEvents: Schema.Boolean,
  custom: Schema.Literals(["flat", "nested"]),
  times: Schema.Literals(["rfc3339", "nanoseconds"]),
  packing: Schema.Literals(["none", "gz"])
})

const dialects = ["jsonl", "json-array"] as const
const importFile = { jsonl: "import.jsonl", "json-array": "import.json" } as const

/** What is rare in an app, as often as it takes to meet it in a small one. */
const features = {
  truncated: 0.2,
  deletedChannels: 0.1,
  bannedMembers: 0.05,
  archived: 0.1,
  hidden: 0.1,
  privacy: 0.2,
  push: 0.3,
  mutes: 0.15,
  invited: 0.2,
  channelMutes: 0.15,
  futureBans: 0.15,
  groupMentions: 0.05,
  restricted: 0.03,
  pins: 0.05,
  attachments: 0.3,
  translations: 0.1,
  polls: 0.02
}

it.live.prop(
  "whatever an export of Stream carries is in the app that it is imported into, by files of either dialect, but for what the map of fields says",
  [Exports],
  ([
    {
      exportsUsers,
      hasEvents,
      includesDeleted,
      includesTruncated,
      packing,
      seed,
      through,
      version,
      ...layout
    }
  ]) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const data = { seed, messages: 250, channels: 20, users: 25, features }
      const selection = { version, includesDeleted, includesTruncated, exportsUsers }
      const app = yield* StreamEmulator.start({ data, layout, packing, taskLooks: 1 })
      const file = `${folder}/export.${version === "v1" ? "json" : "jsonl"}${packing === "gz" ? ".gz" : ""}`
      const generated = StreamExport.generate(data)
      const [bans, events] = [`${folder}/bans.jsonl`, `${folder}/events.jsonl`]
      yield* StreamExport.writeFile(file, generated.channels(selection, layout))
      yield* StreamExport.writeFile(bans, generated.futureBans(layout))
      yield* StreamExport.writeFile(events, generated.events(selection, layout))
      // Some apps have no future ban, and a run that finds nothing fails.
      const hasBans = (yield* fs.stat(bans)).size > 0n
      const inputs = [file, ...(hasBans ? [bans] : []), ...(hasEvents ? [events] : [])]
      const sources = {
        files: StreamSource.files({ inputs, devices: "take" }),
        "the API": StreamSource.api({
          apiKey: app.apiKey,
          apiSecret: Redacted.make(app.apiSecret),
          baseUrl: app.baseUrl,
          channels: app.cids(),
          users: "none",
          version,
          includeSoftDeletedChannels: includesDeleted,
          includeTruncatedMessages: includesTruncated,
          exportUsers: exportsUsers,
          directory: `${folder}/exports`,
          pollEvery: ["1 millis", "5 millis"],
          retryEvery: ["1 millis", "5 millis"]
        })
      }
      const report = yield* Migration.run({
        id: "round-trip",
        source: sources[through],
        sink: Sink.tee(
          dialects.map((dialect) =>
            StreamImportSink.make({
              name: dialect,
              directory: `${folder}/${dialect}`,
              dialect,
              distinctChannels: "member_ids",
              deletedContent: "keep",
              userRoles: "any",
              channelRoles: "any"
            })
          )
        ),
        stateDirectory: `${folder}/state`
      })
      assert.strictEqual(report.status, "completed")
      const { distinct } = app.truth(selection)
      for (const { ledger, sink } of report.sinks) {
        assert.deepStrictEqual(Ledger.imbalance(ledger), [], sink)
        for (const kind of ["channel", "member", "message", "reaction"] as const)
          assert.strictEqual(ledger.kinds[kind].written, distinct[kind], `${sink} ${kind}`)
        assert.isAtLeast(ledger.kinds.user.written, distinct.user)
      }
      const source = yield* exported(data, { ...selection, reads: layout.reads, through })
      for (const dialect of dialects) {
        const directory = `${folder}/${dialect}`
        const files = [`${directory}/${importFile[dialect]}`]
        const checked = yield* StreamImportValidator.validate({ files })
        assert.isTrue(checked.isValid, StreamImportValidator.format(checked))
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
          directory,
          stateDirectory: `${folder}/upload-${dialect}`,
          mode: "upsert",
          pollEvery: ["1 millis", "5 millis"],
          onState: () => Effect.void
        })
        assert.strictEqual(imported.status, "completed", StreamImportApi.format(imported))
        const target = yield* readBack(other, yield* fs.readFileString(`${directory}/id-map.ndjson`))
        const found = differences(source, target, dialect)
        assert.isEmpty(found, `${dialect}: ${found.slice(0, 20).join("\n")}`)
      }
    }).pipe(Effect.scoped, Effect.provide(Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici))),
  runs(2, 60)
)

it.effect(
  "version 1 says all that version 2 says, but for reactions before the latest ten of a message",
  () =>
    Effect.gen(function* () {
      const data = { seed: 5, messages: 600, features: { ...features, manyReactions: 0.3 } }
      const all = { includesDeleted: true, includesTruncated: true, exportsUsers: true, reads: true }
      const [one, two] = yield* Effect.all(
        (["v1", "v2"] as const).map((version) => exported(data, { ...all, version, through: "files" }))
      )
      const missing = Array.from(two?.keys() ?? []).filter((key) => one?.has(key) !== true)
      assert.isAbove(missing.length, 0)
      for (const key of missing) assert.match(key, /^reaction /u)
      for (const [key, entity] of one ?? []) {
        // Only version 1 shows fewer reactions than it counts.
        assert.deepStrictEqual(
          without(two?.get(key), "reactionCounts"),
          without(entity, "reactionCounts"),
          key
        )
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
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
      const partitions = yield* SourceHarness.of(source).partitions
      const batches = yield* Effect.forEach(partitions, (partition) =>
        Stream.runCollect(SourceHarness.of(source).read(partition, Option.none()))
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
