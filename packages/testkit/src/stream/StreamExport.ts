/**
 * Generates exports in Stream's format from a seed.
 *
 * The same options give the same bytes on any machine. Only a few bytes are kept
 * for each channel and user, so an export can be larger than memory.
 * All content is fictional. Options choose between formats that Stream does not
 * document, above all the lines of the second version.
 *
 * The generator itself counts what a reader must find (`Truth`), rather than
 * reading the export back.
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
 * How often each feature occurs, as shares from 0 to 1.
 *
 * @category configuration
 * @since 0.1.0
 */
export type Features = StreamFeatures

/**
 * The contents of the app. Every field has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options extends StreamSettings {}

/**
 * The layout of a file, where Stream leaves it open. Every field has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export type Layout = Given<AnyLayout>

/**
 * The parameters of an export of channels. Every field has a default, which is that of
 * Stream's API except for the version: all channels, `v1`, without truncated
 * messages, deleted channels and users.
 *
 * @category models
 * @since 0.1.0
 */
export interface Selection {
  /** `undefined` means all channels. Times in microseconds since 1970; messages sent after `since` and before `until`. */
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
 * The content of an export.
 *
 * @category models
 * @since 0.1.0
 */
export type Truth = StreamTruth

/**
 * An app that can be exported.
 *
 * @category models
 * @since 0.1.0
 */
export interface App {
  /** `type:id` of all channels, including deleted ones. */
  readonly cids: () => ReadonlyArray<string>
  /** All users, including those without any activity. */
  readonly userIds: () => ReadonlyArray<string>
  /** Chunks of about 64 KB, generated again by each iteration. An unknown user throws a RangeError. */
  readonly channels: (selection?: Selection, layout?: Layout) => Iterable<Uint8Array>
  readonly users: (userIds: ReadonlyArray<string>, layout?: Layout) => Iterable<Uint8Array>
  /**
   * Lines of a file that accompanies an export, which lacks these bans: bans from a user's future
   * channels, in the format of imports. Instead of `bare`, which could not be recognised, the envelope is `type-data`.
   */
  readonly futureBans: (layout?: Layout) => Iterable<Uint8Array>
  /**
   * A log of webhook events that accompanies an export of channels, with a line of JSON for each record. It contains only
   * data of the export, and none about banned members.
   */
  readonly events: (selection?: Selection, layout?: Layout) => Iterable<Uint8Array>
  /** The synchronous export of one user, as JSON. */
  readonly user: (userId: string, layout?: Layout) => string
  /** Counts the content of an export of channels; generates every record again. */
  readonly truth: (selection?: Selection, layout?: Layout) => Truth
}

/**
 * Describes an app without generating it. Wrong options throw `InvalidConfig`, and so do
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
 * Writes an export, such as `generate().channels()`, to a file, and compresses it
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
