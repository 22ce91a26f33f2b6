/**
 * Lists files that need authorisation or expire, so that they can be saved in time.
 *
 * An import that fetches files later gets only those that anyone can fetch at that
 * time. This sink runs next to others in `Sink.tee` and lists the files that it
 * cannot fetch: `attachments.ndjson` has a line per file, grouped by channel, and
 * `attachments-summary.json` has counts and bytes per channel and in total. A file
 * is listed with host and path. Query strings, which contain signatures and tokens,
 * are never written, not even to the state folder.
 *
 * A message may be read several times, because windows of exports overlap. Each
 * position in a message is one file, as the source described it last.
 *
 * Memory does not grow with the number of files, only with the number of hosts and
 * the length of a line. Entries are stored in a database in the state folder, which
 * is about as large as the list. Sorting temporarily needs the same space again.
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
 * The settings of the attachment inventory.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface AttachmentInventoryConfig {
  /** Folder for `attachments.ndjson`, `attachments-summary.json` and `manifest.json`. It is created if it does not exist. */
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
 * The schema of a line of `attachments.ndjson`. Its `reasons` are
 * `needs_authorisation` if the source says so, `signed_link` if the link contains a
 * signature or another credential, and `expires_at` if the link states its expiry.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Entry = Model.Entry
/**
 * One listed file.
 *
 * @category models
 * @since 0.1.0
 */
export type Entry = Model.Entry

/**
 * The schema of `attachments-summary.json`. Channels without such files are not
 * included. The others are in the order of their ids.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Summary = Model.Summary
/**
 * The counts of listed files per channel and in total.
 *
 * @category models
 * @since 0.1.0
 */
export type Summary = Model.Summary

/**
 * Makes the sink. It takes messages. A message without a file that needs
 * authorisation or expires is dropped as `no_restricted_file`, and a repeated
 * message is merged as `repeated_message`. In reports and in the manifest, the
 * records of `attachments.ndjson` are the messages whose files it lists.
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
 * Reads the summary of a finished run from a folder. It is held in memory as a whole,
 * about 250 bytes per listed channel.
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
 * Formats a summary as text for a terminal: the total, the `most` channels with the
 * most files, and the hosts. Control characters in ids are replaced. The same summary
 * always gives the same text.
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

// A list of files need not contain other fields of messages, so leaving them out is not a loss.
const FIELDS = Sink.allOf(["message"])

const decodeSummary = Json.decode(Model.Summary)
