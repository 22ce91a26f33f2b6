/**
 * Lists files that need authorisation or expire, so that they can be saved in
 * time.
 *
 * An import that fetches files later finds only those that anyone can fetch at
 * that time. This sink stands beside others in `Sink.tee` and writes down which
 * ones are not: `attachments.ndjson` with a line per file, by channel, and
 * `attachments-summary.json` with counts and bytes per channel and in total. A
 * file is listed with host and path; query strings, where signatures and tokens
 * are, are never written, not even to the state folder.
 *
 * A message may come several times, as windows of exports overlap. What stands
 * at one place of one message is one file, as the source described it last.
 *
 * Memory does not grow with the number of files, only with that of hosts and
 * the length of a line. Entries wait in a database in the state folder, about
 * as large as the list that is written, which needs as much again for a while
 * to be sorted.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { Sink } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import { type Phase } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Schema from "effect/Schema"
import * as Config from "./internal/config.ts"
import { consequences } from "./internal/consequences.ts"
import { format as formatSummary } from "./internal/format.ts"
import * as Model from "./internal/model.ts"
import { ENTRIES, list, publish, SUMMARY } from "./internal/publish.ts"
import type { Settings } from "./internal/settings.ts"
import * as Stage from "./internal/stage.ts"

/**
 * Where to write.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface AttachmentInventoryConfig {
  /** Folder for `attachments.ndjson`, `attachments-summary.json` and `manifest.json`; made if it is not there. */
  readonly directory: string
  /**
   * Name in reports and errors.
   *
   * @default attachment-inventory
   */
  readonly name?: string | undefined
}

/**
 * The schema of `AttachmentInventoryConfig`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const AttachmentInventoryConfig = Config.Config

/**
 * A line of `attachments.ndjson`. Its `reasons` are `needs_authorisation` when
 * the source says so, `signed_link` when the link carries a signature or
 * another credential, and `expires_at` when the link says when it ends.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Entry = Model.Entry
/**
 * @category models
 * @since 0.1.0
 */
export type Entry = Model.Entry

/**
 * What `attachments-summary.json` holds. Channels without such files are not
 * in it; the others are in the order of their ids.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Summary = Model.Summary
/**
 * @category models
 * @since 0.1.0
 */
export type Summary = Model.Summary

/**
 * Makes the sink. It takes messages; a message without a file that needs
 * authorisation or expires is dropped as `no_restricted_file`, and one that came
 * before is merged as `repeated_message`. The records of `attachments.ndjson` in
 * reports and in the manifest are the messages it lists files of.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sink = (config: AttachmentInventoryConfig): Sink.Sink<FileSystem.FileSystem | Path.Path> =>
  Sink.fromConfig(
    { schema: AttachmentInventoryConfig, config, name: Config.NAME, fields: FIELDS },
    (settings) => ({
      name: settings.name,
      fields: FIELDS,
      consequences,
      fingerprint: { format: Model.FORMAT },
      divide: () => ({
        directory: settings.directory,
        files: [ENTRIES, SUMMARY],
        phases: [{ name: "list", after: [], parts: 1, open: (task) => open(settings, task) }],
        publish
      })
    })
  )

/**
 * Reads the summary that a finished run left in a folder. The whole of it is
 * held in memory, about 250 bytes per channel that has such files.
 *
 * @category operations
 * @since 0.1.0
 */
export const readSummary = Effect.fnUntraced(function* (
  directory: string
): Effect.fn.Return<
  Summary,
  PlatformError.PlatformError | Json.InvalidJson | Schema.SchemaError,
  FileSystem.FileSystem | Path.Path
> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  return yield* decodeSummary(yield* fs.readFileString(path.join(directory, SUMMARY)))
})

/**
 * Writes a summary as text for a terminal: all channels together, the ones with
 * the most files, `most` of them (default 10), and the hosts. Characters of ids
 * that a terminal would act on are replaced. Same summary, same text.
 *
 * @category conversions
 * @since 0.1.0
 */
export const format = (summary: Summary, most = 10): string => formatSummary(summary, most)

// internal

const open = Effect.fnUntraced(function* (settings: Settings, task: Phase.Task) {
  const services = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
  const stage = yield* Stage.open(settings, task)
  const writer: Phase.Writer = {
    write: stage.write,
    flush: stage.commit,
    end: Effect.flatMap(stage.commit, (receipt) => list(settings, task, stage, receipt)).pipe(
      Effect.provideContext(services)
    )
  }
  return writer
})

// A list of files is not where anybody looks for texts: what it leaves out is not lost with it.
const FIELDS = Sink.allOf(["message"])

const decodeSummary = Json.decode(Model.Summary)
