// What a source is: which records there are, in which pieces, and where reading stands.
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type * as Consequence from "../../Consequence.ts"
import type { Entity, Kind } from "../../Entity.ts"
import type { Rejected } from "../../Rejected.ts"
import type { Fingerprint } from "../../settings/Fingerprint.ts"
import type { Failure } from "../../SourceError.ts"

/**
 * An independent unit of work: an export window, an archive, a file.
 *
 * @category models
 * @since 0.1.0
 */
export interface Partition {
  /** Unique within the source and the same in every run; positions are kept under it. */
  readonly id: string
  /** Size in the unit of `Batch.bytes`, when known; progress and time left are reckoned from it. */
  readonly bytes?: number
  /**
   * Tells the content from other content, as far as that can be told without
   * reading all of it; `Batch.readDigest` tells the rest. A run is not resumed when a
   * partition that it has read to the end is another one now. One that it has not
   * begun may change: that is how a damaged file is fixed.
   */
  readonly fingerprint: string
  /** Names of the files it consists of, where it is more than one, so that a refusal names those that are new or gone. */
  readonly files?: ReadonlyArray<string>
}

/**
 * Where reading can go on: JSON that only the source that wrote it understands.
 * Not `null`, which stands for the start.
 *
 * @category models
 * @since 0.1.0
 */
export type Position = Schema.Json

/**
 * Some hundreds to thousands of records: the element of every stream.
 *
 * @category models
 * @since 0.1.0
 */
export interface Batch {
  readonly records: ReadonlyArray<Entity>
  readonly rejected: ReadonlyArray<Rejected>
  /** Things worth counting that happened inside records, such as a secret that was left out: code to count. */
  readonly notes?: Readonly<Record<string, number>>
  /** Reading after this position gives what follows this batch. */
  readonly position: Position
  /** Bytes of input consumed since the batch before. */
  readonly bytes: number
  /**
   * The same, inflated where the input is compressed: about how much memory its
   * records take is reckoned from it. `bytes` where it is not given.
   */
  readonly recordBytes?: number
  /**
   * Where the batch ends, for progress, by numbers: `file 3 of 14`. Never content, no
   * ids, and no names of files, which may hold ids. Empty when the number of the
   * partition says enough.
   */
  readonly location: string
  /**
   * Tells what has been read of the partition so far from other content, where the
   * partition's `fingerprint` does not tell all of it: checksums, as JSON that
   * `Source.retrace` understands. That of the last batch is kept for every
   * partition until the run ends, so it should have some hundred bytes at most.
   */
  readonly readDigest?: Schema.Json
}

/**
 * What a source made of one record.
 *
 * @category models
 * @since 0.1.0
 */
export interface Mapped extends Required<Pick<Batch, "records" | "rejected" | "notes">> {}

/**
 * A stretch of a partition that is read by itself: a run of the files in an archive,
 * a range of lines, a window of time. It is cut by content alone, and what a reader
 * remembers between records starts from scratch in each segment. Most partitions are
 * one segment: `whole`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Segment {
  readonly partition: Partition
  /** The number of the segment within its partition, from 0. */
  readonly no: number
  /** What the reader needs to find it again; JSON that only its source understands. `null` for the whole partition. */
  readonly range: Schema.Json
  /** Size in the unit of `Batch.bytes`, when known. */
  readonly bytes?: number
}

/**
 * An open source.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reader {
  /** What is read and how: settings, and names of the input. A checkpoint is only used for the same ones; a refusal names those that differ. Content is the partitions' matter. */
  readonly fingerprint: Fingerprint
  /** Everything there is to read, in the order in which it is read; the segments of a partition come one after the other. Asked more than once. */
  readonly segments: Effect.Effect<ReadonlyArray<Segment>, Failure>
  /**
   * The batches of one segment, after `position` if there is one. A position that
   * was written for other content fails with `InvalidPosition`.
   */
  readonly read: (segment: Segment, position: Option.Option<Position>) => Stream.Stream<Batch, Failure>
  /**
   * Fails with `InvalidPosition`, which names the file, unless what had been read of
   * a segment when a batch had this read digest is still there as it was. A run that is
   * resumed asks it for each segment that has been read to its end; of the one in
   * which it stands, the position tells. May read everything again.
   */
  readonly retrace?: (segment: Segment, readDigest: Schema.Json) => Effect.Effect<void, Failure>
}

/**
 * Reads one provider's data as canonical entities.
 *
 * A source fails with reasons; who runs it adds its name.
 *
 * @category models
 * @since 0.1.0
 */
export interface Source<out R = never> {
  readonly name: string
  /** Kinds that can occur. */
  readonly kinds: ReadonlySet<Kind>
  /** What the codes of its rejects and notes mean; a report calls others not explained. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence>
  /** Paths of the folders and files it reads, so that a run which would write over one of them is refused. */
  readonly inputs?: ReadonlyArray<string>
  /** Fails when a setting cannot work. Asked before anything is made or read; nothing is checked when absent. */
  readonly check?: Effect.Effect<void, Failure, R>
  /** What is known without a look at all of the input; that comes with `Reader.segments`. */
  readonly open: Effect.Effect<Reader, Failure, R | Scope.Scope>
  /**
   * Reads one line of `rejects.ndjson` that this source wrote, or one whose
   * `original` a person has corrected: gives the entity, or entities, that the
   * record should have been, by the line alone. What is not corrected is rejected
   * again with the same code and `original`. A line of anybody else fails with
   * `InvalidReject`. `RejectedLine.reader` makes it.
   */
  readonly rejected?: (line: Schema.Json | string) => Effect.Effect<Mapped, Failure, R>
}

/**
 * An open source whose partitions are read whole: what `make` turns into a `Reader`.
 *
 * @category models
 * @since 0.1.0
 */
export interface PartitionReader<out R = never> extends Pick<Reader, "fingerprint"> {
  /** In the order in which they are read. Asked once. */
  readonly partitions: Effect.Effect<ReadonlyArray<Partition>, Failure, R>
  readonly read: (partition: Partition, position: Option.Option<Position>) => Stream.Stream<Batch, Failure, R>
  /** As `Reader.retrace`. */
  readonly retrace?: (partition: Partition, readDigest: Schema.Json) => Effect.Effect<void, Failure, R>
}

/**
 * A source as `make` takes it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Partitioned<out R = never> extends Omit<Source<R>, "open"> {
  readonly open: Effect.Effect<PartitionReader<R>, Failure, R | Scope.Scope>
}
