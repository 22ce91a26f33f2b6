/**
 * One export that a service makes on request, from nothing to its file.
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
 * The state of the export of an order, or of a part of one. The journal has
 * it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Piece<Part, End extends string> {
  readonly part: Part
  /** `asking`: whether the service has got the request is not known. `End`: it comes to this, and has no file. */
  readonly state: "new" | "asking" | "asked" | "ready" | End
  /** The service's own id of the export. */
  readonly id: string | null
  /** Requests whose answers were lost, after which it was asked for again. */
  readonly lost: number
  /** Exports of exactly this part that failed. */
  readonly failures: number
  /** Exports of it that are gone or of no use. */
  readonly discarded: ReadonlyArray<string>
  /** Tells a file that was begun from another one. */
  readonly etag: string | null
  /** Size of the file when it is ready. */
  readonly bytes: number
}

/**
 * An export on its way.
 *
 * @category models
 * @since 0.1.0
 */
export interface Job<Order, Part, End extends string> extends Piece<Part, End> {
  readonly order: Order
  /** How progress and errors call it, without ids. */
  readonly location: string
}

/**
 * What a look at an export finds.
 *
 * @category models
 * @since 0.1.0
 */
export type Look<End extends string> =
  /** `status`: where the service says that it stands. */
  | { readonly _tag: "working"; readonly status: string }
  | { readonly _tag: "done"; readonly url: Redacted.Redacted | undefined }
  | { readonly _tag: "ended"; readonly end: End }
  /** The service does not know it (any more). */
  | { readonly _tag: "gone" }
  | {
      readonly _tag: "failed"
      /** In the service's words; empty when it says nothing. */
      readonly problem: string
      /** It would fail again: its parts are asked for at once. */
      readonly isFinal?: boolean
      /** It comes to this, because it has no parts. */
      readonly end?: End | undefined
    }

/**
 * What is known before an export is asked for: there is one, it comes to
 * something without being asked for, or the answer to a request is given up for
 * lost. `undefined`: nothing.
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
 * An export whose file is there.
 *
 * @category models
 * @since 0.1.0
 */
export interface Ready<Order, Part, End extends string> {
  readonly job: Job<Order, Part, End>
  readonly file: string
  /** Settings name it: it may be the export of something else. */
  readonly isNamed: boolean
  /** Forgets an export that settings name: what was asked for before is known no better then. */
  readonly disown: Effect.Effect<void, SourceError.SourceErrorReason, FileSystem.FileSystem>
}
