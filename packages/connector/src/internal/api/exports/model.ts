// A service that makes exports, and the records that are read from them.
import type { Source, SourceError } from "@chatferry/core"
import type * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Option from "effect/Option"
import type * as Path from "effect/Path"
import type * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { OnInFlight, RequestError, OutcomeUnknown } from "../../../api/ApiClient.ts"
import type { Before, Job, Look, Ready } from "../../../api/ExportJob.ts"
import type { Backoff, RetryPolicy } from "../../../api/RetryPolicy.ts"

/**
 * The limits of waiting for an export and of downloading it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limits {
  readonly pollMillis: Backoff
  readonly deadlineMillis: number
  readonly maxDownloadBytes: number
}

/**
 * Counts of notes by code, as in `Batch.notes`.
 *
 * @category models
 * @since 0.1.0
 */
export type Notes = Readonly<Record<string, number>>

/**
 * The reading of one export file.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reading<R = Services> {
  readonly batches: Stream.Stream<Source.Batch, SourceError.SourceErrorReason, R>
  /** Called once all batches have been read. */
  readonly notes?: (() => Notes) | undefined
}

/**
 * A service that makes exports, as a provider defines it. Functions receive a job in
 * its current state.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service<Order, Part, End extends string> extends Limits {
  /** The part of the spans' names before the dot. */
  readonly name: string
  readonly retryPolicy: RetryPolicy
  readonly baseUrl: string
  /** The number of orders that are exported at the same time. */
  readonly exportsInFlight: number
  readonly part: Schema.Codec<Part>
  readonly ends: ReadonlyArray<End>
  /** The location of an order, which is its partition's id, or of a part of the order. */
  readonly locationOf: (order: Order, part?: Part) => string
  /**
   * The name of an export in errors that ask a user to look at it.
   *
   * @default its location
   */
  readonly nameOf?: (job: Job<Order, Part, End>) => string
  readonly journalOf: (order: Order) => {
    readonly file: string
    readonly head: { readonly format: string } & Readonly<Record<string, string>>
    /** The part that covers the whole order. */
    readonly part: Part
    /**
     * Whether the parts in a journal belong to this order.
     *
     * @default true for all parts
     */
    readonly isOurs?: (parts: ReadonlyArray<Part>) => boolean
  }
  readonly fileOf: (order: Order, part: Part) => string
  /** Splits a part into smaller parts that are equal to it together; `undefined` if it cannot be split. */
  readonly split: (part: Part) => readonly [Part, ...Array<Part>] | undefined
  /** The id of an existing export that settings name. By default there is none. */
  readonly named?: (job: Job<Order, Part, End>) => Effect.Effect<string | undefined, Reason>
  /** Called before each request for an export: `job.state` is `asking` if the response to an earlier request was lost. */
  readonly before: (job: Job<Order, Part, End>) => Effect.Effect<Before<End>, Reason>
  /** Requests an export and returns its id. Requests are made one at a time, so that a kill leaves at most one with an unknown outcome. */
  readonly post: <E>(
    job: Job<Order, Part, End>,
    operation: string,
    onInFlight: OnInFlight<E>
  ) => Effect.Effect<string, RequestError | OutcomeUnknown | E>
  /** The final state after a rejected request; `undefined`: its parts are requested, if there are any. By default the run stops. */
  readonly rejected?: (
    job: Job<Order, Part, End>,
    rejection: SourceError.RequestRejected
  ) => Effect.Effect<End | undefined, Reason>
  readonly look: (job: Job<Order, Part, End>, id: string) => Effect.Effect<Look<End>, Reason>
  /** Makes the reason to stop the run at a final state. By default the run continues. */
  readonly stops?: (job: Job<Order, Part, End>) => Reason | undefined
  /** Makes the reason to stop the run if the service does not know an export that settings name. By default another export is requested. */
  readonly unknown?: (job: Job<Order, Part, End>) => Reason
  /** Makes the reason to stop the run if an export fails that cannot be split any further. */
  readonly failed: (job: Job<Order, Part, End>, operation: string, problem: string) => Reason
  readonly hints: {
    /** What to do if a request is never answered. */
    readonly outcomeUnknown: string
    /** What to do if each export is gone or cannot be downloaded. */
    readonly lost: string
  }
  /** What is wrong with a complete file. */
  readonly problemIn: (
    job: Job<Order, Part, End>,
    file: string,
    bytes: number,
    operation: string
  ) => Effect.Effect<string | undefined, Reason, Services>
  /** Notes on the export as a whole, counted once after its records. By default there are none. */
  readonly notesOf?: (job: Job<Order, Part, End>) => Notes
  /** Reads a file after the position of one of its batches. */
  readonly read: (ready: Ready<Order, Part, End>, position: Option.Option<Source.Position>) => Reading
  /** Fails if content up to this read digest of one of the file's batches has changed. */
  readonly retrace: (file: string, readDigest: Schema.Json) => Effect.Effect<void, Reason, Files>
}

/**
 * Reads orders as partitions.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExportJobs<Order> {
  /** Exports an order, unless an earlier run has, and reads it. When it ends, it stops the work on the next orders. */
  readonly read: (
    orders: ReadonlyArray<Order>,
    partition: string,
    position: Option.Option<Source.Position>
  ) => Stream.Stream<Source.Batch, Reason, Services>
  /** As `Source.retrace`, with the files on disk and without requests. An export that was made again, or whose file is gone, is not compared. */
  readonly retrace: (
    orders: ReadonlyArray<Order>,
    partition: string,
    readDigest: Schema.Json
  ) => Effect.Effect<void, Reason, Files>
}

// internal

type Reason = SourceError.SourceErrorReason
type Files = FileSystem.FileSystem | Path.Path
type Services = Files | HttpClient.HttpClient
