/**
 * Uploads finished import files to Stream and has them imported.
 *
 * Files are imported one after the other in the order of the manifest, because
 * later ones refer to earlier ones. Each is checked against the manifest,
 * uploaded straight from the disk and followed until Stream is done with it.
 * How far each has come is kept in a journal, so that a run that was stopped at
 * any instant goes on: no import is created twice.
 *
 * Stream's own SDKs call these endpoints internal. The tasks of import v2 are
 * not used, because what their states mean is not documented.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { Spans } from "@chatferry/connector"
import { SinkError } from "@chatferry/core"
import { Settings as CoreSettings } from "@chatferry/core/settings"
import { StreamConnection } from "@chatferry/stream-api"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import * as Client from "./internal/upload/client.ts"
import * as ErrorReport from "./internal/upload/errorReport.ts"
import * as Format from "./internal/upload/format.ts"
import type { ImportReport, ImportTask, StateEvent } from "./internal/upload/model.ts"
import * as Upload from "./internal/upload/run.ts"
import * as Settings from "./internal/upload/settings.ts"
import * as Tasks from "./internal/upload/tasks.ts"

/**
 * Which app, and how to reach it. Addresses with `/api/v2` at the end work too.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Connection extends StreamConnection.Config {}

/**
 * The schema of `Connection`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const Connection = Settings.ConnectionConfig

/**
 * What to upload, and how it is to be imported. Wrong settings fail before anything is asked.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface UploadConfig extends Connection {
  /** Folder that a stream-import sink has finished. */
  readonly directory: string
  /** Folder for the journal, locked while the upload runs. Who loses it imports everything again. */
  readonly stateDirectory: string
  /** What becomes of things that are there already: `upsert` overwrites their fields, `insert` leaves them alone. */
  readonly mode: "upsert" | "insert"
  /** With `upsert`: custom fields that the import does not have stay. Left out, Stream replaces all custom fields. */
  readonly mergeCustom?: boolean | undefined
  /**
   * Largest file that Stream takes.
   *
   * @default 300,000,000
   */
  readonly maxFileBytes?: number | undefined
  /**
   * Uploads files again whose import failed in an earlier run. For failures that were not the file's fault, such as a role that was missing.
   *
   * @default false
   */
  readonly retryFailed?: boolean | undefined
  /**
   * Time between two looks at an import: it begins with the first, grows by half and ends with the second.
   *
   * @default 5 seconds and 1 minute
   */
  readonly pollEvery?: readonly [first: Duration.Input, most: Duration.Input] | undefined
  /**
   * How long a run waits for one import; Stream may confirm it by hand.
   *
   * @default 7 days
   */
  readonly importDeadline?: Duration.Input | undefined
  /**
   * Most pages of the list in which an import is looked up whose answer was lost.
   *
   * @default 20,000
   */
  readonly maxPages?: number | undefined
  /** Called with each state in which a file is seen. Left out, it is logged, with what to do where Stream waits for a confirmation. */
  readonly onState?: ((event: StateEvent) => Effect.Effect<void>) | undefined
}

/**
 * The schema of `UploadConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const UploadConfig = Settings.UploadConfig

/**
 * Which imports to list. What `upload` takes may be there too.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ListConfig extends Connection {
  /**
   * Most imports, up to 100.
   *
   * @default 10
   */
  readonly limit?: number | undefined
  /**
   * Imports before the first one wanted.
   *
   * @default 0
   */
  readonly offset?: number | undefined
}

/**
 * The schema of `ListConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const ListConfig = Settings.ListConfig

/**
 * Which import to show. What `upload` takes may be there too.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface GetConfig extends Connection {
  readonly importId: string
}

/**
 * The schema of `GetConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const GetConfig = Settings.GetConfig

export type {
  StateEvent,
  SourceIds,
  ItemError,
  FileReport,
  ImportReport,
  ImportTask
} from "./internal/upload/model.ts"

/**
 * Imports all files of a folder. An import that Stream refuses is a report with
 * the status `failed`, whose errors name the source's own records; a service
 * that does not do what it is asked fails with `RequestRefused` or
 * `RequestFailed`. Run it again to go on. Addresses to upload to are judged where
 * the connection is made if `Addresses.guard` has made the client.
 *
 * @category running
 * @since 0.1.0
 */
export const upload = (
  config: UploadConfig
): Effect.Effect<
  ImportReport,
  SinkError.SinkError,
  HttpClient.HttpClient | FileSystem.FileSystem | Path.Path
> => Upload.run(config).pipe(Effect.mapError(wrapped), Spans.withSpan("StreamImportApi.import", {}))

/**
 * Lists imports of the app, in Stream's order. Stream documents neither limit nor
 * offset: where it passes over them, its whole list is cut here.
 *
 * @category operations
 * @since 0.1.0
 */
export const list = (
  config: ListConfig
): Effect.Effect<ReadonlyArray<ImportTask>, SinkError.SinkError, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const given = yield* CoreSettings.decode(Settings.ListConfig, config)
    const client = yield* Client.make(StreamConnection.of(given))
    const tasks = yield* Tasks.list(client, given.offset, given.limit)
    // More than the limit is all there is.
    const wanted = tasks.length > given.limit ? tasks.slice(given.offset, given.offset + given.limit) : tasks
    return wanted.map(toImport)
  }).pipe(Effect.mapError(wrapped))

/**
 * Shows one import.
 *
 * @category operations
 * @since 0.1.0
 */
export const get = (
  config: GetConfig
): Effect.Effect<ImportTask, SinkError.SinkError, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const given = yield* CoreSettings.decode(Settings.GetConfig, config)
    const client = yield* Client.make(StreamConnection.of(given))
    return toImport(yield* Tasks.get(client, given.importId))
  }).pipe(Effect.mapError(wrapped))

/**
 * Writes a report for people: a line per file, and its first errors.
 *
 * @category formatting
 * @since 0.1.0
 */
export const format = (report: ImportReport): string => Format.format(report)

// internal

const NAME = "stream-import-api"

const wrapped = (reason: SinkError.SinkErrorReason) => new SinkError.SinkError({ sink: NAME, reason })

const toImport = ({ result, ...task }: Tasks.Task): ImportTask => ({ ...task, ...ErrorReport.read(result) })
