/**
 * Makes exports as Stream writes them, from a seed.
 *
 * The same options give the same bytes on any machine, and nothing is kept but
 * some bytes for each channel and user, so an export can be larger than memory.
 * Everything is made up. What Stream does not document, above all what a line
 * of the second version looks like, can be chosen.
 *
 * What a reader must find is counted by the generator itself (`Truth`), not by
 * reading back.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as PlatformError from "effect/PlatformError"
import * as Stream from "effect/Stream"
import * as Schemas from "../internal/options.ts"
import { type Given, over } from "../internal/random/over.ts"
import { type StreamApp, streamApp } from "../internal/stream/generator/app.ts"
import type { StreamFeatures } from "../internal/stream/generator/features.ts"
import type { StreamSettings } from "../internal/stream/generator/plan.ts"
import {
  defaultLayout,
  type Layout as AnyLayout,
  type StreamSelection
} from "../internal/stream/generator/selection.ts"
import { plain, second } from "../internal/stream/generator/shape.ts"
import type { StreamCounts, StreamTruth } from "../internal/stream/generator/tally.ts"
import { gzip } from "../internal/zipWriter.ts"

/**
 * How often each thing occurs: shares of at least 0 and at most 1.
 *
 * @category configuration
 * @since 0.1.0
 */
export type Features = StreamFeatures

/**
 * What the app holds. Every field has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options extends StreamSettings {}

/**
 * How a file is laid out, where Stream leaves it open. Every field has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export type Layout = Given<AnyLayout>

/**
 * What an export of channels asks for. Every field has a default, those of
 * Stream's API but for the version: all channels, `v1`, without truncated
 * messages, deleted channels and users.
 *
 * @category models
 * @since 0.1.0
 */
export interface Selection {
  /** Without `channels`, all. Times in microseconds since 1970; messages said after `since`, before `until`. */
  readonly channels?: StreamSelection["channels"] | undefined
  readonly version?: "v1" | "v2" | undefined
  readonly includesTruncated?: boolean | undefined
  readonly includesDeleted?: boolean | undefined
  readonly clearsDeletedText?: boolean | undefined
  readonly exportsUsers?: boolean | undefined
}

/**
 * One number for each kind of record.
 *
 * @category models
 * @since 0.1.0
 */
export type Counts = StreamCounts

/**
 * What is in an export.
 *
 * @category models
 * @since 0.1.0
 */
export type Truth = StreamTruth

/**
 * An app of which exports can be made.
 *
 * @category models
 * @since 0.1.0
 */
export interface App {
  /** `type:id` of all channels, deleted ones too. */
  readonly cids: () => ReadonlyArray<string>
  /** All users, whether somebody has ever seen them or not. */
  readonly userIds: () => ReadonlyArray<string>
  /** Chunks of some 64 KB, made again by each iteration. Users that do not exist are refused with a RangeError. */
  readonly channels: (selection?: Selection, layout?: Layout) => Iterable<Uint8Array>
  readonly users: (userIds: ReadonlyArray<string>, layout?: Layout) => Iterable<Uint8Array>
  /**
   * Lines of a file that stands beside an export, which does not say it: bans from the channels that somebody is yet to
   * make, as imports have them. A bare object would not say what it is: there the envelope is `type-data`.
   */
  readonly futureBans: (layout?: Layout) => Iterable<Uint8Array>
  /**
   * A log of events beside an export of channels, a line of JSON for each record, as webhooks get them. It says nothing
   * that the export does not say, and nothing of members who are banned.
   */
  readonly events: (selection?: Selection, layout?: Layout) => Iterable<Uint8Array>
  /** The synchronous export of one user, as JSON. */
  readonly user: (userId: string, layout?: Layout) => string
  /** Counts what is in an export of channels; makes every record once more. */
  readonly truth: (selection?: Selection, layout?: Layout) => Truth
}

/**
 * Describes an app without making it. Wrong options throw `InvalidConfig`, and so do
 * wrong selections and layouts.
 *
 * @category constructors
 * @since 0.1.0
 */
export const generate = (options: Options = {}): App => {
  Schemas.judge(Schemas.StreamExport, options)
  const of = streamApp(options)
  return {
    cids: of.cids,
    userIds: of.userIds,
    channels: (selection, layout) => of.exportChannels(selected(of, selection), laidOut(layout)),
    users: (ids, layout) =>
      of.exportUsers(
        ids.map((id) => numberOf(of, id)),
        laidOut(layout)
      ),
    futureBans: (layout) => {
      const { envelope, ...rest } = laidOut(layout)
      return of.futureBans({ ...rest, envelope: envelope === "bare" ? "type-data" : envelope })
    },
    events: (selection, layout) => of.events(selected(of, selection), laidOut(layout)),
    user: (id, layout) => {
      const shape = { ...(layout?.custom === "nested" ? second : plain), ...pickedTimes(layout) }
      return JSON.stringify({ ...of.userDocument(numberOf(of, id), shape), duration: "12.34ms" })
    },
    truth: (selection, layout) => of.truth(selected(of, selection), laidOut(layout))
  }
}

/**
 * Writes an export, such as `generate().channels()`, to a file, and packs it
 * with gzip if its name ends in `.gz`.
 *
 * @category running
 * @since 0.1.0
 */
export const writeFile = (
  path: string,
  bytes: Iterable<Uint8Array>
): Effect.Effect<void, PlatformError.PlatformError, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => {
    const chunks = path.endsWith(".gz")
      ? Stream.fromAsyncIterable(gzip(bytes), (cause) => cause).pipe(Stream.orDie)
      : Stream.fromIterable(bytes).pipe(Stream.rechunk(1))
    return Stream.run(chunks, fs.sink(path))
  })

// internal

const laidOut = (layout: Layout = {}): AnyLayout => {
  Schemas.judge(Schemas.StreamLayout, layout)
  return over(defaultLayout, layout)
}

const pickedTimes = (layout: Layout = {}) => ({ times: layout.times ?? defaultLayout.times })

const selected = (of: StreamApp, selection: Selection = {}): StreamSelection => {
  Schemas.judge(Schemas.StreamSelection, selection)
  const {
    channels = of.cids().map((cid) => ({ cid })),
    clearsDeletedText = false,
    exportsUsers = false,
    includesDeleted = false,
    includesTruncated = false,
    version = "v1"
  } = selection
  return { channels, version, includesTruncated, includesDeleted, clearsDeletedText, exportsUsers }
}

const numberOf = (of: StreamApp, id: string): number => {
  const found = of.userOf(id)
  if (found === undefined) throw new RangeError("There is no user with this id")
  return found
}
