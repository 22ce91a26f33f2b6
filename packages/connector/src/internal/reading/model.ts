// What a source of files says of its files, and how they are read.
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
  /** Largest archive inside an archive, which is held in memory. Such archives are not looked into where this is absent. */
  readonly maxNestedBytes?: number | undefined
}

/**
 * A file of an archive or a folder.
 *
 * @category models
 * @since 0.1.0
 */
export interface File {
  /** Its name in the archive or folder, with `/`. */
  readonly name: string
  /** Archive and name, for messages. */
  readonly location: string
  /** Bytes of its content, as far as that is known before it is read. */
  readonly size: number
  /** Its first bytes, inflated if it is gzip and that is read. */
  readonly head: Buffer
  /** The file has no more than the head. */
  readonly isWhole: boolean
  /** Content after the first `from` bytes, by another reading of the file. */
  readonly open: (from: number) => Effect.Effect<Archives.Chunks, Reason, Scope.Scope>
  /** Where in the input a byte is, when records before it have been corrected: for places and addresses. `located` asks it. */
  readonly inInput?: (offset: number) => number
}

/**
 * A file that should have been one of the export and is not read: it is rejected as
 * a whole.
 *
 * @category models
 * @since 0.1.0
 */
export interface Unrecognised {
  readonly _tag: "unrecognised"
  readonly problem: string
}

/**
 * Which format a file has, or what becomes of it instead.
 *
 * @category models
 * @since 0.1.0
 */
export type Verdict<F extends string> = Settled<F> | "more"

/** The same, when the file has told enough. */
export type Settled<F extends string> = F | "ignore" | "reject" | "archive" | Unrecognised | Reason

/**
 * Where reading stands in a file: JSON that its format understands.
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
  /** Takes some bytes, which are good until the next ones are asked for. */
  readonly push: (chunk: Uint8Array) => void
  /** All bytes have been pushed. */
  readonly end: () => void
  /**
   * Maps the next part; `false` when none comes before more bytes. An Effect only
   * where a part must look elsewhere. What it throws is judged by `reasonOf`.
   */
  readonly next: () => boolean | Effect.Effect<boolean, Reason>
  /** Where the part ended that was mapped last; `undefined` before the first. */
  readonly at: () => Position | undefined
  /** A batch may end here; always where this is absent. */
  readonly isAtCut?: () => boolean
  /** Called behind the last part. */
  readonly finish?: () => void
}

/**
 * How files of one format are read.
 *
 * @category models
 * @since 0.1.0
 */
export interface Format<in C> {
  /** Opens a file at its start, or at a position of it; `undefined` when the position is not one of this format. */
  readonly open: (file: File, context: C, limits: Limits, at: Position | undefined) => Document | undefined
  /** What `next` throws beside what is wrong with JSON. */
  readonly reasonOf?: (cause: unknown, location: string) => Reason | undefined
  /** Maps a record again that was set aside, and says what is wrong with its line; `undefined` when the line is not of this format. */
  readonly again?: (line: RejectedLine.RejectedLine, context: C, limits: Limits) => Again | undefined
  /** What comes in place of the bytes of a record that has been corrected, where the record is not JSON; `undefined` when they are not of this format. */
  readonly correct?: (
    bytes: Buffer,
    corrections: ReadonlyArray<Corrections.Correction>
  ) => Corrections.Replaced | undefined
}

/**
 * What became of the line of a record that was set aside: it was mapped, the line
 * is wrong, or the record remains set aside, with what to do.
 *
 * @category models
 * @since 0.1.0
 */
export type Again = "mapped" | { readonly problem: string } | { readonly remains: string }

/**
 * What every mapping has.
 *
 * @category models
 * @since 0.1.0
 */
export interface Base {
  readonly out: BatchBuilder.BatchBuilder
}

/**
 * Files that are looked at before all others are read.
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
 * What mappings remember from one record to the next, as positions hold it.
 *
 * @category models
 * @since 0.1.0
 */
export interface State<in C> {
  readonly save: (context: C) => Schema.Json
  /**
   * Takes it over when a run resumes. `within`: the file that the position stands
   * in, and its format. `foreign`: it is not what `save` gives; `changed`: what it
   * stands for is no longer in the file.
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
   * Inflates files that are gzip.
   *
   * @default false
   */
  readonly isGzipRead?: boolean
  /**
   * Says which format a file has, by its name and its first bytes. `ignore` counts
   * it as `ignored_entry`; `reject` or an `Unrecognised` rejects it as a whole;
   * `archive` looks into it, which is done with every zip archive if
   * `maxNestedBytes` is set; `more` asks again with more of the file, until it
   * `isWhole`; a reason ends the run.
   */
  readonly recognise: (file: File) => Verdict<F>
  /** How files are read, by the names that `recognise` gives. */
  readonly documents: { readonly [Name in F]: Format<C> }
  /**
   * Looks at files before all others are read, also when a run resumes. A run is
   * not resumed when what was looked at has changed. A source with it cannot read
   * a rejected record by its line alone.
   */
  readonly before?: (files: Files) => Effect.Effect<Side, Reason>
  /** Makes what mappings share while one archive is read. */
  readonly context: (side: Side) => C
  readonly state?: State<C>
  /** Maps records again that stand in no file, or are parts of records, after the formats. */
  readonly again?: Format<C>["again"]
}

/** The corrections of the partition that is being read, by file. */
export interface Corrected {
  /** New ones for each reading of the file; `undefined` when nothing of it has been corrected. */
  readonly splicesOf: (entry: ReadonlyArray<number>) => Corrections.Splices | undefined
}

/** Options of which only the context is known. */
export interface Reading<C extends Base> extends Options<C, string, unknown> {
  readonly corrected?: Corrected | undefined
}

export const readingOf = <C extends Base, F extends string, Side>(options: Options<C, F, Side>): Reading<C> =>
  options as unknown as Reading<C>
