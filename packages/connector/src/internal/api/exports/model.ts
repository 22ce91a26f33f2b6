// A service that makes exports, and what is read of them.
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
 * How long an export is waited for, and how much is fetched.
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
 * Counts by code, as in `Batch.notes`.
 *
 * @category models
 * @since 0.1.0
 */
export type Notes = Readonly<Record<string, number>>

/**
 * What is read of the file of an export.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reading<R = Services> {
  readonly batches: Stream.Stream<Source.Batch, SourceError.SourceErrorReason, R>
  /** Asked once all of the batches have been read. */
  readonly notes?: (() => Notes) | undefined
}

/**
 * A service that makes exports, and what is asked of it. Functions that get a job
 * get it as it is then.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service<Order, Part, End extends string> extends Limits {
  /** Before the dot in the names of spans. */
  readonly name: string
  readonly retryPolicy: RetryPolicy
  readonly baseUrl: string
  /** Orders whose exports are under way at a time. */
  readonly exportsInFlight: number
  readonly part: Schema.Codec<Part>
  readonly ends: ReadonlyArray<End>
  /** Of an order, which is its partition's id, or of a part of it. */
  readonly locationOf: (order: Order, part?: Part) => string
  /** How errors call it where somebody has to look at it; its place. */
  readonly nameOf?: (job: Job<Order, Part, End>) => string
  readonly journalOf: (order: Order) => {
    readonly file: string
    readonly head: { readonly format: string } & Readonly<Record<string, string>>
    /** All of the order. */
    readonly part: Part
    /** Whether parts are those of this order; by default they are. */
    readonly isOurs?: (parts: ReadonlyArray<Part>) => boolean
  }
  readonly fileOf: (order: Order, part: Part) => string
  /** Smaller parts that are the same together; `undefined` where there are none. */
  readonly split: (part: Part) => readonly [Part, ...Array<Part>] | undefined
  /** The id of one that is made already, if settings give it; by default they do not. */
  readonly named?: (job: Job<Order, Part, End>) => Effect.Effect<string | undefined, Reason>
  /** Asked each time before it is asked for: `job.state` is `asking` where the answer to a request was lost. */
  readonly before: (job: Job<Order, Part, End>) => Effect.Effect<Before<End>, Reason>
  /** Has it made and gives its id. Requests are made one at a time, so that a kill leaves one at most whose answer nobody has heard. */
  readonly post: <E>(
    job: Job<Order, Part, End>,
    operation: string,
    onInFlight: OnInFlight<E>
  ) => Effect.Effect<string, RequestError | OutcomeUnknown | E>
  /** What a request that was refused comes to; `undefined`: its parts are asked for, if there are any. By default the run stops. */
  readonly refused?: (
    job: Job<Order, Part, End>,
    refusal: SourceError.RequestRefused
  ) => Effect.Effect<End | undefined, Reason>
  readonly look: (job: Job<Order, Part, End>, id: string) => Effect.Effect<Look<End>, Reason>
  /** Why the run stops where one comes to an end; by default it does not. */
  readonly stops?: (job: Job<Order, Part, End>) => Reason | undefined
  /** Why the run stops where the service does not know an export that settings name; by default another one is asked for. */
  readonly unknown?: (job: Job<Order, Part, End>) => Reason
  /** The reason with which the run stops when an export fails that cannot be split any further. */
  readonly failed: (job: Job<Order, Part, End>, operation: string, problem: string) => Reason
  readonly hints: {
    /** What to do where no answer to a request came. */
    readonly unanswered: string
    /** What to do where each export is gone or cannot be downloaded. */
    readonly lost: string
  }
  /** What is wrong with a file that is all there. */
  readonly problemIn: (
    job: Job<Order, Part, End>,
    file: string,
    bytes: number,
    operation: string
  ) => Effect.Effect<string | undefined, Reason, Services>
  /** What happened to it as a whole; counted once, after its records. By default nothing. */
  readonly notesOf?: (job: Job<Order, Part, End>) => Notes
  /** Reads a file after a position that one of its batches had. */
  readonly read: (ready: Ready<Order, Part, End>, position: Option.Option<Source.Position>) => Reading
  /** Fails unless what had been read of a file when one of its batches had this read digest is still there as it was. */
  readonly retrace: (file: string, readDigest: Schema.Json) => Effect.Effect<void, Reason, Files>
}

/**
 * Reads orders as partitions.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExportJobs<Order> {
  /** Has an order exported, unless an earlier run has, and reads it. It ends what it has begun for those that come next when it ends. */
  readonly read: (
    orders: ReadonlyArray<Order>,
    partition: string,
    position: Option.Option<Source.Position>
  ) => Stream.Stream<Source.Batch, Reason, Services>
  /** As `Source.retrace`, by what is on the disk: the service is not asked. An export that was made again, or whose file is gone, is not compared. */
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
