// What authors declare about a source and its fixture; SourceContract exports it.
import type { Entity, Ledger, Rejected, Source } from "@chatferry/core"
import type * as Effect from "effect/Effect"
import type { Files } from "../../../harness/SourceHarness.ts"

/**
 * What a fixture contains: the number of records of each kind, and of rejects. Kinds
 * that are not named have none.
 *
 * @category models
 * @since 0.1.0
 */
export interface Expected {
  readonly records: { readonly [K in Entity.Kind]?: number }
  readonly rejected?: { readonly [K in Ledger.LedgerKind]?: number }
  /** Entities that must be among the records, compared as JSON, with fields in any order. @default none */
  readonly entities?: ReadonlyArray<object>
  /** The locations of all rejects, in order. @default not compared */
  readonly locations?: ReadonlyArray<string>
}

/**
 * A source with different input or settings, and what is different.
 *
 * @category models
 * @since 0.1.0
 */
export interface Changed<R> {
  readonly what: string
  readonly source: Source.Source<R>
}

/**
 * A source that cannot be read, and the tag of the reason for its failure.
 *
 * @category models
 * @since 0.1.0
 */
export interface Failing<R> {
  readonly source: Source.Source<R>
  readonly reason: string
}

/**
 * How a user corrects the rejects, and the expected result.
 *
 * @category models
 * @since 0.1.0
 */
export interface Corrected<R> {
  /** The same source over an input without errors, in the same partitions. */
  readonly source: Source.Source<R>
  /** What a user writes in place of `original`; `undefined` if it cannot be corrected and is wrong in both inputs. */
  readonly originalOf: (rejected: Rejected.Rejected) => Rejected.Rejected["original"] | undefined
}

/**
 * The same for a source of files: the rules write the correct files next to the faulty ones, in a folder with the same
 * name.
 *
 * @category models
 * @since 0.1.0
 */
export interface CorrectedFiles extends Pick<Corrected<never>, "originalOf"> {
  /** Correct files. Files that are not named are as in `files`. */
  readonly files: Files
}

/**
 * A value, or a function that makes it from the fixture.
 *
 * @category models
 * @since 0.1.0
 */
export type Given<F, A> = A | ((fixture: F) => A)

/**
 * Limits for a source, in addition to its fixture: the maximum number of records per batch, so that reading is
 * resumed after each of them. Without it, the source uses its own batch size.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limits {
  readonly batchRecords?: number
}

/**
 * A source, or a function that makes it from the fixture. A source that respects the
 * given limits does not need a large fixture. Otherwise, the rule on positions requires one
 * with several batches.
 *
 * @category models
 * @since 0.1.0
 */
export type Limited<F, R> = Source.Source<R> | ((fixture: F, limits: Limits) => Source.Source<R>)

/**
 * A source and what is known about its fixture.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options<R, F = void, E2 = never, R2 = never> {
  /** Makes the fixture that the other options use, again for each rule. It is released with the rule's scope. @default nothing */
  readonly fixture?: Effect.Effect<F, E2, R2>
  readonly source: Limited<F, R>
  /** Sources with other input or other settings. Each must have a different fingerprint of the source or a partition. */
  readonly changed?: Given<F, ReadonlyArray<Changed<R>>>
  /** The same source over a copy of its input in another location. */
  readonly moved?: Given<F, Source.Source<R>>
  /** The same source over input of the same size with different content from the first records on. */
  readonly replaced?: Limited<F, R>
  /** Sources that must fail, such as one whose input is damaged. */
  readonly failing?: Given<F, ReadonlyArray<Failing<R>>>
  readonly expected?: Given<F, Expected>
  /** How the rejects are corrected. */
  readonly corrected?: Given<F, Corrected<R>>
  /** Texts that must arrive in records: an id above 2^53, a field that the model does not have, the digits of a time. */
  readonly kept?: Given<F, ReadonlyArray<string>>
  /** Texts that may not appear anywhere, such as planted access tokens. */
  readonly secrets?: Given<F, ReadonlyArray<string>>
  /** Texts from records, which may appear in records and in `original` of rejects, but nowhere else. */
  readonly content?: Given<F, ReadonlyArray<string>>
  /** Number of positions per partition from which reading is resumed, spread evenly. @default 12 */
  readonly positions?: number
  /** Tolerated difference between the bytes of the batches and the size of their partition, as a share of it. @default 0 */
  readonly bytesTolerance?: number
  /** Maximum length of a position or a read digest as JSON, in characters. @default 4096 */
  readonly maxPositionLength?: number
}

/**
 * A source of files and its fixture.
 *
 * The rules write the files to disk. If `kept` or `content` names texts in the
 * files, `replaced` and one more `changed` are made by changing those texts; `moved`
 * is made by writing the files to another location.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface FilesOptions<R> extends Omit<Options<R, string>, "corrected" | "fixture"> {
  readonly files: Files
  /** How the rejects are corrected. */
  readonly corrected?: CorrectedFiles
  /** Makes the source that reads a folder with the files. */
  readonly source: (folder: string, limits: Limits) => Source.Source<R>
}
