/**
 * Reads partitions whose content a service exports on request, such as one window
 * or one batch of an export API.
 *
 * An order is the request for one partition. It becomes one export or, if exports
 * of the whole fail, several exports of its parts, whose files are read in order.
 * Each export is requested once: a journal records every request before it is made
 * and every result before anything else happens, and an export whose file is on
 * disk is not polled again. While the service works, batches without records
 * report progress, and the exports of the next orders are requested.
 *
 * A provider defines how its service is called, what its responses mean, and how a
 * file is read.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { Setting, Settings as CoreSettings } from "@chatferry/core/settings"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { ExportJobs, Limits, Service } from "../internal/api/exports/model.ts"
import * as Partition from "../internal/api/exports/partition.ts"
import * as Download from "./Download.ts"

/**
 * The settings of a source of exports, except the number of concurrent exports.
 * Each setting has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Config {
  /**
   * Time between two polls of an export. It starts with the first value and grows by
   * half up to the second.
   *
   * @default 2 seconds and 1 minute
   */
  readonly pollEvery?: readonly [first: Duration.Input, most: Duration.Input] | undefined
  /**
   * How long an export may take, and how long the download of its file may take.
   *
   * @default 1 day each
   */
  readonly exportDeadline?: Duration.Input | undefined
  /**
   * Largest export file in bytes.
   *
   * @default 64 GiB
   */
  readonly maxDownloadBytes?: number | undefined
}

/**
 * The settings of `Config` as schema fields. None of them changes the records that
 * are read.
 *
 * @category configuration
 * @since 0.1.0
 */
export const fields = {
  pollEvery: CoreSettings.incidental(CoreSettings.withDefault(Setting.pauses, ["2 seconds", "1 minute"])),
  exportDeadline: CoreSettings.incidental(CoreSettings.withDefault(Setting.millis, "1 day")),
  maxDownloadBytes: CoreSettings.incidental(CoreSettings.withDefault(Setting.whole(), Download.MAX_BYTES))
}

export type { Limits, Notes, Reading, Service, ExportJobs } from "../internal/api/exports/model.ts"

/**
 * Makes the limits from a decoded configuration with these fields.
 *
 * @category constructors
 * @since 0.1.0
 */
export const limitsOf = (decoded: Schema.Struct.Type<typeof fields>): Limits => ({
  pollMillis: decoded.pollEvery,
  deadlineMillis: decoded.exportDeadline,
  maxDownloadBytes: decoded.maxDownloadBytes
})

/**
 * Makes the export jobs of one reader of a source.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <Order, Part, End extends string>(
  service: Service<Order, Part, End>
): Effect.Effect<ExportJobs<Order>> => Partition.make(service)
