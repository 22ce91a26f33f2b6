/**
 * Reads Stream Chat exports.
 *
 * Channel exports of both versions and exports of users are recognised by
 * content, never by name. Records are read leniently and mapped to strict entities.
 * Custom fields are kept under `custom.stream`, as are fields of Stream that the
 * model lacks. Dropped values are counted in the batches' notes, and a record that
 * cannot be mapped is rejected while reading continues.
 *
 * An export has a list of users only if it was requested, so a user nested in another
 * record is emitted as a user record, unless the same user was emitted unchanged
 * recently. Sinks merge records that are emitted more than once.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { ArchiveReader, type Archives, ArchiveSource } from "@chatferry/connector"
import { type Entity, Source, type SourceError } from "@chatferry/core"
import { RejectedLine } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import * as Settings from "./internal/api/settings.ts"
import { consequences, consequencesOfApi } from "./internal/consequences.ts"
import { filesOf } from "./internal/reading/files.ts"
import { rejected } from "./internal/reading/rejected.ts"
import { judge } from "./internal/recognise/recognise.ts"
import * as Config from "./internal/settings/config.ts"
import { ofApi, ofSource } from "./internal/settings/fingerprint.ts"
import type { Limits } from "./internal/settings/limits.ts"
import type * as StreamApi from "./StreamApi.ts"

/**
 * Configures which exports to read, and the safety limits.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface FilesConfig extends ArchiveSource.LimitsConfig {
  /**
   * Path or paths of exported files, plain or gzip, folders of them, or zip archives,
   * in the order in which they are read. Below a folder, every zip archive is one
   * partition and all other files together are one. All inputs must belong to one
   * app, because equal ids mean the same record.
   */
  readonly inputs: string | ReadonlyArray<string>
  /**
   * Name of the source in errors and reports.
   *
   * @default stream-files
   */
  readonly name?: string | undefined
  /**
   * Removes signatures and other credentials from the addresses of files and pictures. Files cannot be fetched without them.
   *
   * @default false
   */
  readonly stripSignedUrls?: boolean | undefined
  /**
   * Takes the devices of users or leaves them out. Ids of devices are tokens of push services, which are secrets. A
   * target can send to a device only with the credentials of the app for which it was registered.
   *
   * @default leave out
   */
  readonly devices?: "leave out" | "take" | undefined
}

/**
 * The schema of `FilesConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const FilesConfig = Config.FilesConfig

/**
 * Makes a source from exports on disk. An input without any part of an export fails
 * with `UnrecognisedInput` before anything is read.
 *
 * @category constructors
 * @since 0.1.0
 */
export const files = (config: FilesConfig): Source.Source<FileSystem.FileSystem | Path.Path> =>
  ArchiveReader.fromConfig(exported, config)

/**
 * Reports for each input, from the first bytes of its files, whether it holds part of
 * a Stream export and, if not, what it appears to be.
 *
 * @category operations
 * @since 0.1.0
 */
export const recognise = (
  config: FilesConfig
): Effect.Effect<
  ReadonlyArray<ArchiveSource.Recognised>,
  SourceError.SourceError,
  FileSystem.FileSystem | Path.Path
> => ArchiveReader.recognise(exported, config)

/**
 * Configures what to export, where to keep it, and the safety limits.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ApiConfig
  extends
    StreamApi.Config,
    Pick<
      FilesConfig,
      "batchRecords" | "devices" | "maxElementBytes" | "maxEntryBytes" | "maxRatio" | "stripSignedUrls"
    > {
  /**
   * Folder for the exports and, in a subfolder, the lists of channels and users and
   * the journals of requests. Keep it until the migration is finished, so that nothing
   * is exported twice. `files` can read it directly. Only one run at a time may use
   * the folder.
   */
  readonly directory: string
  /**
   * Name of the source in errors and reports.
   *
   * @default stream-api
   */
  readonly name?: string | undefined
}

/**
 * The schema of `ApiConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const ApiConfig = Config.ApiConfig

/**
 * Makes a source that requests exports of channels and users from Stream, batch by
 * batch, and reads them as `files` does.
 *
 * Channels and users that the settings do not name are listed when the partitions
 * are read. The list stays on disk, so that every run has the same partitions. Each
 * batch is requested once: the id of its task is on disk before it is used. Stream has
 * no list of tasks, so the run stops when a response is lost, unless `lostAnswers`
 * allows it to ask again. A failed export is requested once more, then in halves.
 * While Stream prepares an export, batches without records report progress. An error
 * names the operation and what to do, and the next run resumes. If `Addresses.guard`
 * made the client, it checks the addresses of files when it connects.
 *
 * @category constructors
 * @since 0.1.0
 */
export const api = (
  config: ApiConfig
): Source.Source<HttpClient.HttpClient | FileSystem.FileSystem | Path.Path> =>
  Source.fromConfig({ schema: ApiConfig, config, name: Config.API_NAME, kinds: KINDS }, fromApi)

// internal

const fromApi = (
  given: typeof ApiConfig.Type
): Source.Source<HttpClient.HttpClient | FileSystem.FileSystem | Path.Path> => {
  const { directory, name } = given
  const settings = Settings.of(given)
  const limits: Limits = { ...UNUSED, ...given }
  return Source.make({
    name,
    kinds: KINDS,
    consequences: consequencesOfApi,
    rejected: RejectedLine.reader(name, rejected(limits)),
    open: Effect.flatMap(apiSource, ({ open }) =>
      open({ settings, directory, limits, fingerprint: ofApi(given) })
    )
  })
}

/** Limits of zip archives, which the API does not return. */
const UNUSED = ArchiveSource.DEFAULTS

const KINDS: ReadonlySet<Entity.Kind> = new Set<Entity.Kind>([
  "user",
  "channel",
  "member",
  "message",
  "reaction"
])

const exported = {
  schema: FilesConfig,
  name: Config.FILES_NAME,
  kinds: KINDS,
  of: (given: typeof FilesConfig.Type) => ({
    ...filesOf(given),
    name: given.name,
    kinds: KINDS,
    consequences,
    inputs: given.inputs,
    expected: "a Stream export",
    judge,
    fingerprint: (parts: ReadonlyArray<Archives.Part>) => ofSource(parts, given),
    rejected: rejected(given)
  })
}

/** Most sources read files, so what asks the API is loaded when a source that needs it is opened. */
const apiSource = Effect.promise(() => import("./internal/api/apiSource.ts"))
