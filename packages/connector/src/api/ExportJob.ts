/**
 * Models one export that a service makes on request, from its request to its file.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type { SourceError } from "@chatferry/core"
import type * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Redacted from "effect/Redacted"

/**
 * The state of the export of an order, or of a part of an order, as the journal stores it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Piece<Part, End extends string> {
  readonly part: Part
  /** `asking`: it is unknown whether the service received the request. `End`: a final state without a file. */
  readonly state: "new" | "asking" | "asked" | "ready" | End
  /** The service's id of the export. */
  readonly id: string | null
  /** Requests whose responses were lost and that were made again. */
  readonly lost: number
  /** Exports of exactly this part that failed. */
  readonly failures: number
  /** ids of exports of this part that are gone or unusable. */
  readonly discarded: ReadonlyArray<string>
  /** The ETag of a partly downloaded file. */
  readonly etag: string | null
  /** Size of the file once it is ready. */
  readonly bytes: number
}

/**
 * An export in progress.
 *
 * @category models
 * @since 0.1.0
 */
export interface Job<Order, Part, End extends string> extends Piece<Part, End> {
  readonly order: Order
  /** The name of the export in progress and errors, without ids. */
  readonly location: string
}

/**
 * What polling an export returns.
 *
 * @category models
 * @since 0.1.0
 */
export type Look<End extends string> =
  /** `status`: the progress that the service reports. */
  | { readonly _tag: "working"; readonly status: string }
  | { readonly _tag: "done"; readonly url: Redacted.Redacted | undefined }
  | { readonly _tag: "ended"; readonly end: End }
  /** The service does not know the export, or no longer does. */
  | { readonly _tag: "gone" }
  | {
      readonly _tag: "failed"
      /** In the service's words; empty when it says nothing. */
      readonly problem: string
      /** The export would fail again, so its parts are requested at once. */
      readonly isFinal?: boolean | undefined
      /** The final state of an export that has no parts. */
      readonly end?: End | undefined
    }

/**
 * What is known before an export is requested: it exists already, it ends without
 * a request, or the response to an earlier request counts as lost. `undefined`:
 * nothing is known.
 *
 * @category models
 * @since 0.1.0
 */
export type Before<End extends string> =
  | { readonly _tag: "found"; readonly id: string }
  | { readonly _tag: "ended"; readonly end: End }
  | { readonly _tag: "lost" }
  | undefined

/**
 * An export whose file is on disk.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ready<Order, Part, End extends string> {
  readonly job: Job<Order, Part, End>
  readonly file: string
  /** Settings name the export, so it may belong to something else. */
  readonly isNamed: boolean
  /** Forgets an export that settings name. The state of an earlier request remains unknown. */
  readonly disown: Effect.Effect<void, SourceError.SourceErrorReason, FileSystem.FileSystem>
}
