/**
 * Uploads finished import files to Stream and imports them.
 *
 * Files are imported one after the other in the order of the manifest, because
 * later files refer to earlier ones. Each file is checked against the manifest,
 * uploaded from disk and followed until Stream has imported it. A journal
 * records the progress of each file, so that a run can resume wherever it
 * stopped, and no import is created twice.
 *
 * Stream's own SDKs call these endpoints internal. The tasks of import v2 are
 * not used, because their states are not documented.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type { SinkError } from "@chatferry/core"
import type { StreamConnection } from "@chatferry/stream-api"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import * as Format from "./internal/upload/format.ts"
import type { ImportReport, ImportTask, StateEvent } from "./internal/upload/model.ts"
import * as Settings from "./internal/upload/settings.ts"

/**
 * The app and how to reach it. Addresses that end with `/api/v2` work too.
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
 * What to upload, and how to import it. Invalid settings fail before the first request.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface UploadConfig extends Connection {
  /** The output folder of a stream-import sink that has finished. */
  readonly directory: string
  /** Folder for the journal, locked while the upload runs. Without the journal, the next run imports everything again. */
  readonly stateDirectory: string
  /** What happens to objects that already exist: `upsert` overwrites their fields, `insert` leaves them unchanged. */
  readonly mode: "upsert" | "insert"
  /** With `upsert`: keep custom fields that the import does not have. If left out, Stream replaces all custom fields. */
  readonly mergeCustom?: boolean | undefined
  /**
   * Largest file that Stream accepts.
   *
   * @default 300,000,000
   */
  readonly maxFileBytes?: number | undefined
  /**
   * Uploads files again whose import failed in an earlier run. Meant for failures that the file did not cause, such as a missing role.
   *
   * @default false
   */
  readonly retryFailed?: boolean | undefined
  /**
   * Time between two polls of an import: it starts at the first value and grows by half each time, up to the second.
   *
   * @default 5 seconds and 1 minute
   */
  readonly pollEvery?: readonly [first: Duration.Input, most: Duration.Input] | undefined
  /**
   * How long a run waits for one import. Stream may confirm imports by hand.
   *
   * @default 7 days
   */
  readonly importDeadline?: Duration.Input | undefined
  /**
   * Most pages of the list of imports to search for an import whose response was lost.
   *
   * @default 20,000
   */
  readonly maxPages?: number | undefined
  /** Called with each new state of a file. If left out, states are logged, with what to do when Stream waits for a confirmation. */
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
 * Which imports to list. The options of `upload` are allowed too.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ListConfig extends Connection {
  /**
   * Most imports to list, up to 100.
   *
   * @default 10
   */
  readonly limit?: number | undefined
  /**
   * Number of imports to skip.
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
 * Which import to show. The options of `upload` are allowed too.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface GetConfig extends Connection {
  /** The id of the import in Stream. */
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
 * Imports all files of a folder. If Stream rejects an import, the report has the
 * status `failed`, and its errors name the records of the source. If a request
 * fails, the effect fails with `RequestRejected` or `RequestFailed`: run it again
 * to resume. With a client of `Addresses.guard`, the addresses for uploads are
 * checked when the connection is made.
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
> => Effect.flatMap(calls, ({ upload }) => upload(config))

/**
 * Lists imports of the app, in Stream's order. Stream documents neither limit nor
 * offset: if it ignores them, its whole list is cut here.
 *
 * @category operations
 * @since 0.1.0
 */
export const list = (
  config: ListConfig
): Effect.Effect<ReadonlyArray<ImportTask>, SinkError.SinkError, HttpClient.HttpClient> =>
  Effect.flatMap(calls, ({ list }) => list(config))

/**
 * Shows one import.
 *
 * @category operations
 * @since 0.1.0
 */
export const get = (
  config: GetConfig
): Effect.Effect<ImportTask, SinkError.SinkError, HttpClient.HttpClient> =>
  Effect.flatMap(calls, ({ get }) => get(config))

/**
 * Formats a report as text: a line per file, with its first errors.
 *
 * @category formatting
 * @since 0.1.0
 */
export const format = (report: ImportReport): string => Format.format(report)

// internal

/** Most programs do not send requests to Stream, so what sends them is loaded with the first request. */
const calls = Effect.promise(() => import("./internal/upload/calls.ts"))
