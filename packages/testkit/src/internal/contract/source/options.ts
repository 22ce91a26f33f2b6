// What authors say of a source and its fixture; SourceContract exports it.
import type { Entity, Ledger, Rejected, Source } from "@chatferry/core"
import type * as Effect from "effect/Effect"
import type { Files } from "../../../harness/SourceHarness.ts"

/**
 * What a fixture gives: how many records of each kind and how many rejects. Kinds
 * that are not named give none.
 *
 * @category models
 * @since 0.1.0
 */
export interface Expected {
  readonly records: { readonly [K in Entity.Kind]?: number }
  readonly rejected?: { readonly [K in Ledger.LedgerKind]?: number }
  /** Entities that must be among the records, each as its JSON has it, in any order of its fields. @default none */
  readonly entities?: ReadonlyArray<object>
  /** The places of all rejects, in their order. @default not compared */
  readonly locations?: ReadonlyArray<string>
}

/**
 * A source that a run must not be resumed with, and what is different in it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Changed<R> {
  readonly what: string
  readonly source: Source.Source<R>
}

/**
 * A source that cannot be read, and the tag of the reason that it fails with.
 *
 * @category models
 * @since 0.1.0
 */
export interface Failing<R> {
  readonly source: Source.Source<R>
  readonly reason: string
}

/**
 * What a person makes of the rejects, and what comes of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Corrected<R> {
  /** The same source over an input that was never wrong, in the same partitions. */
  readonly source: Source.Source<R>
  /** What a person puts in the place of `original`; `undefined` where nothing can be put there, so that it is wrong in both. */
  readonly originalOf: (rejected: Rejected.Rejected) => Rejected.Rejected["original"] | undefined
}

/**
 * The same for a source of files: the rules lay the right ones down beside the wrong ones, in a folder of the same
 * name.
 *
 * @category models
 * @since 0.1.0
 */
export interface CorrectedFiles extends Pick<Corrected<never>, "originalOf"> {
  /** Files that were never wrong. Those that are not named are as they are in `files`. */
  readonly files: Files
}

/**
 * A value, or how it is made of the fixture.
 *
 * @category models
 * @since 0.1.0
 */
export type Given<F, A> = A | ((fixture: F) => A)

/**
 * What a source is asked for beside its fixture: batches of at most so many records,
 * so that reading is taken up after each of them. Its own size when absent.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limits {
  readonly batchRecords?: number
}

/**
 * A source, or how it is made of the fixture. What is made with the limits that it
 * is given needs no large fixture: without them, the rule on positions asks for one
 * of several batches.
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
  /** Makes what the other options are made of, again for each rule. It ends with the rule's scope. @default nothing */
  readonly fixture?: Effect.Effect<F, E2, R2>
  readonly source: Limited<F, R>
  /** Sources over other input or with other settings; of each, the fingerprint or a partition must differ. */
  readonly changed?: Given<F, ReadonlyArray<Changed<R>>>
  /** The same source over a copy of its input that lies elsewhere. */
  readonly moved?: Given<F, Source.Source<R>>
  /** The same source over input of the same size with other content, from the first records on. */
  readonly replaced?: Limited<F, R>
  /** Sources that must fail, such as one whose input is damaged. */
  readonly failing?: Given<F, ReadonlyArray<Failing<R>>>
  readonly expected?: Given<F, Expected>
  /** How what it rejects is corrected. */
  readonly corrected?: Given<F, Corrected<R>>
  /** Texts that must arrive in records: an id above 2^53, a field that the model does not know, the digits of a time. */
  readonly kept?: Given<F, ReadonlyArray<string>>
  /** Texts that may be nowhere, such as planted access tokens. */
  readonly secrets?: Given<F, ReadonlyArray<string>>
  /** Texts from inside records, which may be in records and in what was rejected and nowhere else. */
  readonly content?: Given<F, ReadonlyArray<string>>
  /** At how many positions of each partition reading is taken up again, spread evenly. @default 12 */
  readonly positions?: number
  /** How far the bytes of the batches may be from the size of their partition, as a share of it. @default 0 */
  readonly bytesTolerance?: number
  /** The most characters that a position or a read digest may have as JSON. @default 4096 */
  readonly maxPositionLength?: number
}

/**
 * A source of files and what is known about them.
 *
 * The rules lay the files down. Where `kept` or `content` names texts that are in
 * the files, `replaced` and one more `changed` are made by changing those; `moved`
 * is made by laying them down elsewhere.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface FilesOptions<R> extends Omit<Options<R, string>, "corrected" | "fixture"> {
  readonly files: Files
  /** How what it rejects is corrected. */
  readonly corrected?: CorrectedFiles
  /** Makes the source that reads a folder with the files. */
  readonly source: (folder: string, limits: Limits) => Source.Source<R>
}
