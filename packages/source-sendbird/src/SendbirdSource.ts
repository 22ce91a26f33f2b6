/**
 * Reads Sendbird data exports.
 *
 * Everything is recognised by content, never by path. Records are mapped
 * leniently (two shapes of members, times in seconds, milliseconds or text,
 * booleans as text) and come out strict. What the model does not know goes on
 * under `custom.sendbird`; what is left out is counted in the batches' notes; a
 * record that cannot be mapped is rejected and reading goes on.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { ArchiveReader, type Archives, type ArchiveSource } from "@chatferry/connector"
import { Entity, Source, type SourceError } from "@chatferry/core"
import { RejectedLine } from "@chatferry/core/run"
import type * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import * as ApiSource from "./internal/api/apiSource.ts"
import { JOURNAL } from "./internal/api/jobs.ts"
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
 * What to read, and how much to put up with.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ArchivesConfig extends ArchiveSource.LimitsConfig {
  /**
   * Path or paths of zip archives, folders or single JSON or CSV files, in the order in
   * which they are read. Below a folder, every zip archive is one partition and all other
   * files together are one. All are of one application: equal ids mean the same.
   */
  readonly inputs: string | ReadonlyArray<string>
  /**
   * Name of the source in errors and reports.
   *
   * @default sendbird-archives
   */
  readonly name?: string | undefined
  /**
   * Largest archive inside an archive in bytes, which is held in memory.
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
   * Takes signatures and other credentials out of the addresses of files and pictures. Without them files cannot be fetched.
   *
   * @default false
   */
  readonly stripSignedUrls?: boolean | undefined
  /**
   * The character between the cells of CSV exports, as it was asked for: any one but `"`.
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
 * Makes a source of exports that lie on disk, in JSON or CSV.
 *
 * An input that holds nothing of an export fails with `UnrecognisedInput`, before
 * anything is read. A damaged archive or file fails the stream with `CorruptInput`, which names
 * archive, entry and, in documents, the byte; a setting that the input exceeds fails
 * it with `LimitExceeded`. Nothing is unpacked to disk.
 *
 * @category constructors
 * @since 0.1.0
 */
export const archives = (config: ArchivesConfig): Source.Source<FileSystem.FileSystem | Path.Path> =>
  ArchiveReader.fromConfig(exported, config)

/**
 * Tells of each input, by the first bytes of its files, whether it holds anything
 * of a Sendbird export, and if not, what it seems to be.
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
 * What to have exported, where to keep it, and how much to put up with.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ApiConfig
  extends SendbirdApi.Config, Omit<ArchivesConfig, "inputs" | "name" | "csvDelimiter"> {
  /**
   * Folder for the exports and the record of what has been asked for. Keep it
   * until the migration is finished: with it no window is exported twice, and a
   * later migration reads the zips as they are. One run at a time may use it.
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
 * Makes a source that has Sendbird export everything, window by window, and
 * reads the exports as `archives` does.
 *
 * Each window is asked for once: its request id is on the disk before anything
 * else happens with it, and a request whose answer was lost is looked up before
 * it is made again. A failed export is asked for once more and then in halves.
 * While Sendbird works, batches without records tell where it stands. An error
 * names the operation and what to do; running again goes on. Links to files are
 * judged where the connection is made if `Addresses.guard` has made the client.
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
    open: ApiSource.open({ settings, apiToken, directory, limits, fingerprint: ofApi(given) })
  })
}
