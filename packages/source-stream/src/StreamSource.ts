/**
 * Reads Stream Chat exports.
 *
 * Channel exports of both versions and exports of users are recognised by
 * content, never by name. Records are mapped leniently and come out strict.
 * Custom fields go on under `custom.stream`, as does what Stream knows and the
 * model does not; what is left out is counted in the batches' notes; a record
 * that cannot be mapped is rejected and reading goes on.
 *
 * An export has no list of users unless it was asked for: whoever is shown by
 * another record is given as a user of their own, unless they were shown the
 * same way lately. Sinks join what is given more than once.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { ArchiveReader, type Archives, ArchiveSource } from "@chatferry/connector"
import { type Entity, Source, type SourceError } from "@chatferry/core"
import { RejectedLine } from "@chatferry/core/run"
import type * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import * as ApiSource from "./internal/api/apiSource.ts"
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
 * What to read, and how much to put up with.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface FilesConfig extends ArchiveSource.LimitsConfig {
  /**
   * Path or paths of exported files, plain or gzip, folders of them, or zip archives,
   * in the order in which they are read. Below a folder, every zip archive is one
   * partition and all other files together are one. All are of one app: equal ids
   * mean the same.
   */
  readonly inputs: string | ReadonlyArray<string>
  /**
   * Name of the source in errors and reports.
   *
   * @default stream-files
   */
  readonly name?: string | undefined
  /**
   * Takes signatures and other credentials out of the addresses of files and pictures. Without them files cannot be fetched.
   *
   * @default false
   */
  readonly stripSignedUrls?: boolean | undefined
  /**
   * Whether users have their devices, whose ids are the tokens of push services: secrets. A target can send to them
   * only with the credentials of the app that they were registered for.
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
 * Makes a source of exports that lie on disk. An input that holds nothing of an
 * export fails with `UnrecognisedInput`, before anything is read.
 *
 * @category constructors
 * @since 0.1.0
 */
export const files = (config: FilesConfig): Source.Source<FileSystem.FileSystem | Path.Path> =>
  ArchiveReader.fromConfig(exported, config)

/**
 * Tells of each input, by the first bytes of its files, whether it holds anything
 * of a Stream export, and if not, what it seems to be.
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
 * What to have exported, where to keep it, and how much to put up with.
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
   * Folder for the exports and, below it, the lists of what there is and the
   * record of what has been asked for. Keep it until the migration is finished:
   * with it nothing is exported twice, and `files` reads it as it is. One run at
   * a time may use it.
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
 * Makes a source that has Stream export channels and users, batch by batch, and
 * reads the exports as `files` does.
 *
 * Where no list is given, what there is gets listed when partitions are asked
 * for; the list stays on disk, so that every run has the same partitions. Each
 * batch is asked for once: the task's id is on the disk before anything else
 * happens with it. Stream has no list of tasks: after an answer that was lost
 * the run stops, unless `lostAnswers` lets it ask again. A failed export is asked
 * for once more and then in halves. While Stream works, batches without
 * records tell where it stands. An error names the operation and what to do;
 * running again goes on. Links to files are judged where the connection is made
 * if `Addresses.guard` has made the client.
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
    open: ApiSource.open({ settings, directory, limits, fingerprint: ofApi(given) })
  })
}

/** Of zip archives, which the API does not give. */
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
