/**
 * Reads Sendbird data exports.
 *
 * Files are recognised by content, never by path. Records are read leniently (two
 * shapes of members, times in seconds, milliseconds or text, booleans as text) and
 * mapped to strict entities. Fields that the model lacks are kept under
 * `custom.sendbird`, dropped values are counted in the batches' notes, and a record
 * that cannot be mapped is rejected while reading continues.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { ArchiveReader, type Archives, type ArchiveSource } from "@chatferry/connector"
import { Entity, Source, type SourceError } from "@chatferry/core"
import { RejectedLine } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import { JOURNAL } from "./internal/api/request.ts"
import * as Settings from "./internal/api/settings.ts"
import { consequences } from "./internal/consequences.ts"
import { filesOf } from "./internal/reading/files.ts"
import { rejected } from "./internal/reading/rejected.ts"
import { judgeOf } from "./internal/recognise/recognise.ts"
import * as Config from "./internal/settings/config.ts"
import { ofApi, ofSource } from "./internal/settings/fingerprint.ts"
import type { Limits } from "./internal/settings/limits.ts"
import type * as SendbirdApi from "./SendbirdApi.ts"

/**
 * Configures which exports to read, and the safety limits.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ArchivesConfig extends ArchiveSource.LimitsConfig {
  /**
   * Path or paths of zip archives, folders or single JSON or CSV files, in the order in
   * which they are read. Below a folder, every zip archive is one partition and all other
   * files together are one. All inputs must belong to one application, since equal ids mean the same record.
   */
  readonly inputs: string | ReadonlyArray<string>
  /**
   * Name of the source in errors and reports.
   *
   * @default sendbird-archives
   */
  readonly name?: string | undefined
  /**
   * Largest size in bytes of an archive inside an archive, which is held in memory.
   *
   * @default 256 MiB
   */
  readonly maxNestedBytes?: number | undefined
  /**
   * Keeps `phone_number` and `discovery_keys` of users.
   *
   * @default false
   */
  readonly keepPersonalFields?: boolean | undefined
  /**
   * Removes signatures and other credentials from the addresses of files and pictures. Files cannot be fetched without them.
   *
   * @default false
   */
  readonly stripSignedUrls?: boolean | undefined
  /**
   * The character between the cells of CSV exports, as requested from Sendbird: any character except `"`.
   *
   * @default ,
   */
  readonly csvDelimiter?: string | undefined
}

/**
 * The schema of `ArchivesConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const ArchivesConfig = Config.ArchivesConfig

/**
 * Makes a source from exports on disk, in JSON or CSV.
 *
 * An input without any part of an export fails with `UnrecognisedInput` before
 * anything is read. A damaged archive or file fails the stream with `CorruptInput`, which names
 * the archive, the entry and, in documents, the byte. An input that exceeds a limit fails
 * the stream with `LimitExceeded`. Nothing is unpacked to disk.
 *
 * @category constructors
 * @since 0.1.0
 */
export const archives = (config: ArchivesConfig): Source.Source<FileSystem.FileSystem | Path.Path> =>
  ArchiveReader.fromConfig(exported, config)

/**
 * Reports for each input, from the first bytes of its files, whether it holds part of
 * a Sendbird export and, if not, what it appears to be.
 *
 * @category operations
 * @since 0.1.0
 */
export const recognise = (
  config: ArchivesConfig
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
  extends SendbirdApi.Config, Omit<ArchivesConfig, "inputs" | "name" | "csvDelimiter"> {
  /**
   * Folder for the exports and the journal of requests. Keep it until the migration
   * is finished, so that no window is exported twice. A later migration can read the
   * zip archives directly. Only one run at a time may use the folder.
   */
  readonly directory: string
  /**
   * Name of the source in errors and reports.
   *
   * @default sendbird-api
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
 * Makes a source that requests exports from Sendbird, window by window, and reads
 * them as `archives` does.
 *
 * Each window is requested once: its request id is on disk before it is used, and a
 * request whose response was lost is looked up before it is made again. A failed
 * export is requested once more, then in halves. While Sendbird prepares an export,
 * batches without records report progress. An error names the operation and what to
 * do, and the next run resumes. If `Addresses.guard` made the client, it checks the
 * addresses of files when it connects.
 *
 * @category constructors
 * @since 0.1.0
 */
export const api = (
  config: ApiConfig
): Source.Source<HttpClient.HttpClient | FileSystem.FileSystem | Path.Path> =>
  Source.fromConfig({ schema: ApiConfig, config, name: Config.API_NAME, kinds: KINDS }, fromApi)

// internal

const isOwn = (name: string) => name.endsWith(JOURNAL)

const KINDS: ReadonlySet<Entity.Kind> = new Set(Entity.kinds)

const exported = {
  schema: ArchivesConfig,
  name: Config.ARCHIVES_NAME,
  kinds: KINDS,
  of: (given: typeof ArchivesConfig.Type) => ({
    ...filesOf(given),
    name: given.name,
    kinds: KINDS,
    consequences,
    inputs: given.inputs,
    isOwn,
    expected: "a Sendbird export",
    judge: judgeOf(given),
    fingerprint: (parts: ReadonlyArray<Archives.Part>) => ofSource(parts, given),
    rejected: rejected(given)
  })
}

const fromApi = (
  given: typeof ApiConfig.Type
): Source.Source<HttpClient.HttpClient | FileSystem.FileSystem | Path.Path> => {
  const { apiToken, directory, name } = given
  const settings = Settings.of(given)
  const limits: Limits = { ...given, csvDelimiter: settings.csvDelimiter }
  return Source.make({
    name,
    kinds: KINDS,
    consequences,
    rejected: RejectedLine.reader(name, rejected(limits)),
    open: Effect.flatMap(apiSource, ({ open }) =>
      open({ settings, apiToken, directory, limits, fingerprint: ofApi(given) })
    )
  })
}

/** Most sources read archives, so what asks the API is loaded when a source that needs it is opened. */
const apiSource = Effect.promise(() => import("./internal/api/apiSource.ts"))
