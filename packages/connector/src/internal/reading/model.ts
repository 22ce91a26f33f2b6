// How a source describes its files and how they are read.
import type { SourceError } from "@chatferry/core"
import type { BatchBuilder, Corrections, RejectedLine } from "@chatferry/core/run"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Archives from "../../files/Archives.ts"
import type * as ArchiveSource from "../../files/ArchiveSource.ts"

/**
 * Why reading fails.
 *
 * @category errors
 * @since 0.1.0
 */
export type Reason = SourceError.SourceErrorReason

/**
 * Safety limits, after defaults.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Limits extends ArchiveSource.Limits {
  /** Largest archive inside an archive, which is held in memory. Without it, such archives are not opened. */
  readonly maxNestedBytes?: number | undefined
}

/**
 * A file of an archive or a folder.
 *
 * @category models
 * @since 0.1.0
 */
export interface File {
  /** The name in the archive or folder, with `/` between folders. */
  readonly name: string
  /** The archive and the name, for messages. */
  readonly location: string
  /** The size of the content, as far as it is known before it is read. */
  readonly size: number
  /** The first bytes, inflated if the file is gzip and `isGzipRead` is set. */
  readonly head: Uint8Array
  /** The head is the whole file. */
  readonly isWhole: boolean
  /** Opens the file again and returns its content after the first `from` bytes. */
  readonly open: (from: number) => Effect.Effect<Archives.Chunks, Reason, Scope.Scope>
  /** Maps an offset to the input if records before it have been corrected. `located` uses it for locations and addresses. */
  readonly inInput?: (offset: number) => number
}

/**
 * A file that seems to belong to the export but cannot be read: it is rejected as a
 * whole.
 *
 * @category models
 * @since 0.1.0
 */
export interface Unrecognised {
  readonly _tag: "unrecognised"
  readonly problem: string
}

/**
 * The format of a file, or how it is treated instead. `more`: the head is too short to
 * decide.
 *
 * @category models
 * @since 0.1.0
 */
export type Verdict<F extends string> = Settled<F> | "more"

/** A verdict that does not need more of the file. */
export type Settled<F extends string> = F | "ignore" | "reject" | "archive" | Unrecognised | Reason

/**
 * The position of a reader in a file: JSON that its format understands.
 *
 * @category models
 * @since 0.1.0
 */
export type Position = { readonly offset: number } & { readonly [field: string]: Schema.Json }

/**
 * A file that is being read.
 *
 * @category models
 * @since 0.1.0
 */
export interface Document {
  /** Receives bytes, which are valid until the next ones are requested. */
  readonly push: (chunk: Uint8Array) => void
  /** Called when all bytes have been pushed. */
  readonly end: () => void
  /**
   * Maps the next part. Returns `false` if more bytes are needed. It returns an Effect
   * only if a part needs information from elsewhere. `reasonOf` maps what it throws.
   */
  readonly next: () => boolean | Effect.Effect<boolean, Reason>
  /** The position after the last mapped part; `undefined` before the first. */
  readonly at: () => Position | undefined
  /** Whether a batch may end here. By default it always may. */
  readonly isAtCut?: () => boolean
  /** Called after the last part. */
  readonly finish?: () => void
}

/**
 * How files of one format are read.
 *
 * @category models
 * @since 0.1.0
 */
export interface Format<in C> {
  /** Opens a file at its start or at a position. Returns `undefined` if the position is not one of this format. */
  readonly open: (file: File, context: C, limits: Limits, at: Position | undefined) => Document | undefined
  /** Maps what `next` throws, other than errors of JSON, to a reason. */
  readonly reasonOf?: (cause: unknown, location: string) => Reason | undefined
  /** Maps a rejected record again or reports a problem of its line. Returns `undefined` if the line is not of this format. */
  readonly again?: (line: RejectedLine.RejectedLine, context: C, limits: Limits) => Again | undefined
  /** Returns the bytes that replace those of a corrected record that is not JSON, or `undefined` if they are not of this format. */
  readonly correct?: (
    bytes: Uint8Array,
    corrections: ReadonlyArray<Corrections.Correction>
  ) => Corrections.Replaced | undefined
}

/**
 * The result of reading the line of a rejected record again: the record was mapped,
 * the line is wrong, or the record remains rejected, with what to do.
 *
 * @category models
 * @since 0.1.0
 */
export type Again = "mapped" | { readonly problem: string } | { readonly remains: string }

/**
 * The context that every mapping has.
 *
 * @category models
 * @since 0.1.0
 */
export interface Base {
  readonly out: BatchBuilder.BatchBuilder
}

/**
 * The files of an archive, as `before` sees them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Files {
  readonly names: ReadonlyArray<string>
  /** The parsed JSON of a file, or `undefined` if the file does not exist. */
  readonly json: (name: string) => Effect.Effect<unknown, Reason>
}

/**
 * The state that mappings keep between records, as positions store it.
 *
 * @category models
 * @since 0.1.0
 */
export interface State<in C> {
  readonly save: (context: C) => Schema.Json
  /**
   * Restores the state when a run resumes. `within`: the file of the position and its
   * format. `foreign`: the state is not one that `save` returns. `changed`: the content
   * that the state refers to is no longer in the file.
   */
  readonly restore: (
    context: C,
    state: Schema.Json,
    within: { readonly file: File; readonly format: string } | undefined
  ) => Effect.Effect<"restored" | "foreign" | "changed", Reason>
}

/**
 * How the files of an export are read: what `read`, `retrace` and `make` take.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<C extends Base, F extends string, Side = undefined> {
  readonly limits: Limits
  /**
   * Whether gzip files are inflated.
   *
   * @default false
   */
  readonly isGzipRead?: boolean
  /**
   * Recognises the format of a file by its name and its first bytes. `ignore` counts
   * the file as `ignored_entry`. `reject` or an `Unrecognised` rejects it as a whole.
   * `archive` opens it as an archive, as every zip archive is if `maxNestedBytes` is
   * set. `more` calls again with more of the file, until it `isWhole`. A reason ends
   * the run.
   */
  readonly recognise: (file: File) => Verdict<F>
  /** The formats by the names that `recognise` returns. */
  readonly documents: { readonly [Name in F]: Format<C> }
  /**
   * Examines files before all others are read, also when a run resumes, and once for all
   * segments that an open source reads. Mappings must not change the result. A run cannot
   * resume if the examined files have changed. A source with `before` cannot read a
   * rejected record from its line alone.
   */
  readonly before?: (files: Files) => Effect.Effect<Side, Reason>
  /** Makes the context that mappings share while one segment of an archive is read. */
  readonly context: (side: Side) => C
  readonly state?: State<C>
  /** Called after the formats. Maps rejects again that are not in a file or are parts of records. */
  readonly again?: Format<C>["again"]
}

/** The corrections of the partition that is being read, by file. */
export interface Corrected {
  /** Makes new splices for each reading of the file; `undefined` if the file has no corrections. */
  readonly splicesOf: (entry: ReadonlyArray<number>) => Corrections.Splices | undefined
}

/** Options whose names of formats and `before` result are erased. */
export interface Reading<C extends Base> extends Options<C, string, unknown> {
  readonly corrected?: Corrected | undefined
}

export const readingOf = <C extends Base, F extends string, Side>(options: Options<C, F, Side>): Reading<C> =>
  options as unknown as Reading<C>
