// Every configuration that users write in code, and a use of it.
import { Migration, Program, type Sink, Source, SourceError, Transform } from "@chatferry/core"
import { Executor } from "@chatferry/core/run"
import { Settings } from "@chatferry/core/settings"
import { AttachmentInventory } from "@chatferry/sink-attachments"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { StreamImportApi, StreamImportSink, StreamImportValidator } from "@chatferry/sink-stream-import"
import { SendbirdApi, SendbirdSource } from "@chatferry/source-sendbird"
import { StreamApi, StreamSource } from "@chatferry/source-stream"
import { SourceHarness, SinkHarness } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Console, Effect, Layer, Option, Redacted, type Schema, Stream } from "effect"
import * as HttpClient from "effect/http/HttpClient"

export interface Case {
  /** Module and interface. */
  readonly name: string
  readonly schema: Schema.ConstraintDecoder<unknown> & { readonly fields: Schema.Struct.Fields }
  /** The minimum that works. */
  readonly valid: object
  /** Uses the wrong configuration as a user would, and gives the message of the failure. */
  readonly failure: (config: object) => Effect.Effect<string, unknown>
}

/** Requests to a service or the disk despite a wrong configuration. */
const asked = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make(() => Effect.die("a service was asked"))
)
const services = Layer.merge(NodeServices.layer, asked)

const messageOf = <A, E extends Error, R>(use: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(use), ({ message }) => message)

/** The same failure, whichever method of the source is called first. */
const sourceFailure =
  <R>(make: (config: never) => Source.Source<R>) =>
  (config: object) =>
    Effect.gen(function* () {
      const source = make(config as never)
      assert(source.check !== undefined)
      const partition = { id: "", fingerprint: "" }
      const messages = yield* Effect.forEach(
        [
          Effect.mapError(source.check, SourceError.named(source.name)),
          Effect.asVoid(SourceHarness.of(source).fingerprint),
          Effect.asVoid(SourceHarness.of(source).partitions),
          Effect.asVoid(Stream.runDrain(SourceHarness.of(source).read(partition, Option.none())))
        ],
        messageOf
      )
      assert.strictEqual(new Set(messages).size, 1)
      return messages[0] ?? ""
    }).pipe(Effect.provide(services as Layer.Layer<R>))

const sinkFailure =
  <R>(make: (config: never) => Sink.Sink<R>) =>
  (config: object) =>
    Effect.gen(function* () {
      const sink = make(config as never)
      const message = yield* messageOf(Effect.scoped(SinkHarness.open(sink, "/nowhere/state")))
      assert(sink.check !== undefined)
      assert.strictEqual(yield* messageOf(sink.check), message)
      return message
    }).pipe(Effect.provide(services as Layer.Layer<R>))

const failure =
  <R>(use: (config: never) => Effect.Effect<unknown, Error, R>) =>
  (config: object) =>
    messageOf(use(config as never)).pipe(Effect.provide(services as Layer.Layer<R>))

const secret = Redacted.make("hunter2")
const stream = { apiKey: "key", apiSecret: secret }
const sendbird = {
  applicationId: "APP-1",
  apiToken: secret,
  from: "2024-01-01T00:00:00Z",
  to: "2024-02-01T00:00:00Z"
}
const memory = Source.fromEntities("memory", [])
const nowhere = NdjsonSink.make({ directory: "/nowhere/out" })

export const cases: ReadonlyArray<Case> = [
  {
    name: "Migration.Options",
    schema: Migration.Options,
    valid: { id: "test", source: memory, sink: nowhere, transforms: [Transform.filter("all", () => true)] },
    failure: failure((options: Migration.Options<never, never, never, never, never>) =>
      Migration.run(options)
    )
  },
  {
    name: "Source.StreamOptions",
    schema: Source.StreamOptions,
    valid: {},
    failure: (options) => messageOf(Stream.runDrain(Source.stream(memory, options)))
  },
  {
    name: "Source.ConcatOptions",
    schema: Source.ConcatOptions,
    valid: { ids: "separate" },
    failure: (options) =>
      messageOf(Source.concat("joined", [memory], options as Source.ConcatOptions).check ?? Effect.void)
  },
  {
    name: "Migration.Policy",
    schema: Migration.Policy,
    valid: {},
    failure: (policy) =>
      messageOf(Migration.run({ id: "test", source: memory, sink: nowhere, policy })).pipe(
        Effect.provide(services)
      )
  },
  {
    name: "Executor.LocalOptions",
    schema: Executor.LocalOptions,
    valid: { threads: 2, module: "file:///migration.ts" },
    failure: (options) =>
      messageOf(
        Executor.local(options as Executor.LocalOptions).run({ id: "test", source: memory, sink: nowhere })
      ).pipe(Effect.provide(services))
  },
  {
    name: "Program.Options",
    schema: Program.Options,
    valid: { command: "again" },
    failure: (options) =>
      Effect.gen(function* () {
        const printed: Array<string> = []
        const console = yield* Console.Console
        const ended = yield* Effect.flip(
          Program.run(Effect.die("it ran"), options as Program.Options).pipe(
            Effect.provideService(Console.Console, {
              ...console,
              error: (text: string) => void printed.push(text)
            })
          )
        )
        assert.strictEqual(ended.code, 1)
        return printed.join("\n")
      }).pipe(Effect.provide(services))
  },
  {
    name: "SendbirdSource.ArchivesConfig",
    schema: SendbirdSource.ArchivesConfig,
    valid: { inputs: "./export" },
    failure: sourceFailure(SendbirdSource.archives)
  },
  {
    name: "SendbirdSource.ApiConfig",
    schema: SendbirdSource.ApiConfig,
    valid: { ...sendbird, directory: "/nowhere/exports" },
    failure: sourceFailure(SendbirdSource.api)
  },
  {
    name: "SendbirdApi.Config",
    schema: SendbirdApi.Config,
    valid: sendbird,
    failure: failure((config) => Settings.decode(SendbirdApi.Config, config))
  },
  {
    name: "SendbirdApi.PlanConfig",
    schema: SendbirdApi.PlanConfig,
    valid: { ...sendbird, apiToken: undefined },
    failure: failure(SendbirdApi.plan)
  },
  {
    name: "SendbirdApi.ListConfig",
    schema: SendbirdApi.ListConfig,
    valid: { applicationId: "APP-1", apiToken: secret },
    failure: failure((config) => Stream.runDrain(SendbirdApi.list(config, "users")))
  },
  {
    name: "AttachmentInventory.AttachmentInventoryConfig",
    schema: AttachmentInventory.AttachmentInventoryConfig,
    valid: { directory: "/nowhere/out" },
    failure: sinkFailure(AttachmentInventory.sink)
  },
  {
    name: "StreamSource.FilesConfig",
    schema: StreamSource.FilesConfig,
    valid: { inputs: ["./export"] },
    failure: sourceFailure(StreamSource.files)
  },
  {
    name: "StreamSource.ApiConfig",
    schema: StreamSource.ApiConfig,
    valid: { ...stream, directory: "/nowhere/exports" },
    failure: sourceFailure(StreamSource.api)
  },
  {
    name: "StreamApi.Config",
    schema: StreamApi.Config,
    valid: stream,
    failure: failure((config) => Settings.decode(StreamApi.Config, config))
  },
  {
    name: "StreamApi.PlanConfig",
    schema: StreamApi.PlanConfig,
    valid: {},
    failure: failure(StreamApi.plan)
  },
  {
    name: "NdjsonSource.NdjsonSourceConfig",
    schema: NdjsonSource.NdjsonSourceConfig,
    valid: { inputs: "./in" },
    failure: sourceFailure(NdjsonSource.make)
  },
  {
    name: "NdjsonSink.NdjsonSinkConfig",
    schema: NdjsonSink.NdjsonSinkConfig,
    valid: { directory: "/nowhere/out" },
    failure: sinkFailure(NdjsonSink.make)
  },
  {
    name: "StreamImportSink.StreamImportSinkConfig",
    schema: StreamImportSink.StreamImportSinkConfig,
    valid: { directory: "/nowhere/out", dialect: "jsonl" },
    failure: sinkFailure(StreamImportSink.make)
  },
  {
    name: "StreamImportValidator.Options",
    schema: StreamImportValidator.Options,
    valid: { files: ["/nowhere/import.jsonl"] },
    failure: failure(StreamImportValidator.validate)
  },
  {
    name: "StreamImportValidator.Settings",
    schema: StreamImportValidator.Settings,
    valid: {},
    failure: (settings) =>
      failure(StreamImportValidator.validate)({ files: ["/nowhere/import.jsonl"], settings })
  },
  {
    name: "StreamImportValidator.AppSettings",
    schema: StreamImportValidator.AppSettings,
    valid: {},
    failure: (app) =>
      failure(StreamImportValidator.validate)({ files: ["/nowhere/import.jsonl"], settings: { app } })
  },
  {
    name: "StreamImportApi.UploadConfig",
    schema: StreamImportApi.UploadConfig,
    valid: { ...stream, directory: "/nowhere/out", stateDirectory: "/nowhere/state", mode: "upsert" },
    failure: failure(StreamImportApi.upload)
  },
  {
    name: "StreamImportApi.ListConfig",
    schema: StreamImportApi.ListConfig,
    valid: stream,
    failure: failure(StreamImportApi.list)
  },
  {
    name: "StreamImportApi.GetConfig",
    schema: StreamImportApi.GetConfig,
    valid: { ...stream, importId: "1" },
    failure: failure(StreamImportApi.get)
  }
]
