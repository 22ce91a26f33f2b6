// What the API of imports offers: each call with its errors.
import { Spans } from "@chatferry/connector"
import { SinkError } from "@chatferry/core"
import { Settings as CoreSettings } from "@chatferry/core/settings"
import { StreamConnection } from "@chatferry/stream-api"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import * as Client from "./client.ts"
import * as ErrorReport from "./errorReport.ts"
import type { ImportReport, ImportTask } from "./model.ts"
import * as Upload from "./run.ts"
import * as Settings from "./settings.ts"
import * as Tasks from "./tasks.ts"

export const upload = (
  config: unknown
): Effect.Effect<
  ImportReport,
  SinkError.SinkError,
  HttpClient.HttpClient | FileSystem.FileSystem | Path.Path
> => Upload.run(config).pipe(Effect.mapError(wrapped), Spans.withSpan("StreamImportApi.import", {}))

export const list = (
  config: unknown
): Effect.Effect<ReadonlyArray<ImportTask>, SinkError.SinkError, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const given = yield* CoreSettings.decode(Settings.ListConfig, config)
    const client = yield* Client.make(StreamConnection.of(given))
    const tasks = yield* Tasks.list(client, given.offset, given.limit)
    // More than the limit means that Stream has returned the whole list.
    const wanted = tasks.length > given.limit ? tasks.slice(given.offset, given.offset + given.limit) : tasks
    return wanted.map(toImport)
  }).pipe(Effect.mapError(wrapped))

export const get = (config: unknown): Effect.Effect<ImportTask, SinkError.SinkError, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const given = yield* CoreSettings.decode(Settings.GetConfig, config)
    const client = yield* Client.make(StreamConnection.of(given))
    return toImport(yield* Tasks.get(client, given.importId))
  }).pipe(Effect.mapError(wrapped))

// internal

const NAME = "stream-import-api"

const wrapped = (reason: SinkError.SinkErrorReason) => new SinkError.SinkError({ sink: NAME, reason })

const toImport = ({ result, ...task }: Tasks.Task): ImportTask => ({ ...task, ...ErrorReport.read(result) })
