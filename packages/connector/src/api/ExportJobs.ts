/**
 * Partitions whose content a service makes on request, such as one window or one
 * batch of an export API.
 *
 * What is asked for as one partition is an order. It becomes one export or, where
 * exports of the whole fail, several of its parts, whose files are read one after
 * the other. Each is asked for once: what has been asked for is on the disk
 * before it is asked for, what came of it before anything else happens, and one
 * whose file is there is not looked at again. While the service works, batches
 * without records tell where it stands, and the exports of orders that come next
 * are asked for.
 *
 * A provider says how its service is asked, what its answers mean, and how a file
 * is read.
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
 * The settings of a source of exports besides how many are asked for at a time;
 * each has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Config {
  /**
   * Time between two looks at an export: it begins with the first, grows by half
   * and ends with the second.
   *
   * @default 2 seconds and 1 minute
   */
  readonly pollEvery?: readonly [first: Duration.Input, most: Duration.Input] | undefined
  /**
   * How long an export may take, and then the download of its file.
   *
   * @default 1 day each
   */
  readonly exportDeadline?: Duration.Input | undefined
  /**
   * Largest file of an export in bytes.
   *
   * @default 64 GiB
   */
  readonly maxDownloadBytes?: number | undefined
}

/**
 * The same as fields of a configuration that is a schema. None of them changes
 * what is read.
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
 * The limits of a configuration with these fields.
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
 * Makes the jobs of one reader of a source.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <Order, Part, End extends string>(
  service: Service<Order, Part, End>
): Effect.Effect<ExportJobs<Order>> => Partition.make(service)
