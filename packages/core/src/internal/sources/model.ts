// The interfaces of a source: its partitions, segments, batches and positions.
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
  /** Unique within the source, and the same in every run, because it identifies stored positions. */
  readonly id: string
  /** The size in the unit of `Batch.bytes`, if known. Progress and remaining time are computed from it. */
  readonly bytes?: number
  /**
   * Identifies the content, as far as possible without reading all of it;
   * `Batch.readDigest` covers the rest. A run is not resumed if a partition that it has
   * read to the end has changed. Segments that it has not begun may change, which
   * allows a damaged file to be fixed.
   */
  readonly fingerprint: string
  /** Names of its files, if there is more than one, so that an error can name those that are new or missing. */
  readonly files?: ReadonlyArray<string>
}

/**
 * A point from which reading can resume, as JSON that only its source understands.
 * Never `null`, which means the start.
 *
 * @category models
 * @since 0.1.0
 */
export type Position = Schema.Json

/**
 * Some hundreds to thousands of records, which a source reads at once.
 *
 * @category models
 * @since 0.1.0
 */
export interface Batch {
  readonly records: ReadonlyArray<Entity>
  readonly rejected: ReadonlyArray<Rejected>
  /** Counts by code of changes inside records, such as a secret that was left out. */
  readonly notes?: Readonly<Record<string, number>>
  /** Reading from this position gives the records after this batch. */
  readonly position: Position
  /** Bytes of input consumed since the previous batch. */
  readonly bytes: number
  /**
   * The same number after decompression, from which the memory of its records is estimated.
   *
   * @default `bytes`
   */
  readonly recordBytes?: number
  /**
   * The end of the batch for progress, as numbers: `file 3 of 14`. Never contains
   * content, ids, or names of files, which may contain ids. Empty if the number of the
   * partition is sufficient.
   */
  readonly location: string
  /**
   * Identifies the content of the partition that has been read so far, if the
   * partition's `fingerprint` does not cover all of it: checksums, as JSON that
   * `Reader.retrace` understands. The digest of the last batch is kept for every
   * partition until the run ends, so it should have a few hundred bytes at most.
   */
  readonly readDigest?: Schema.Json
}

/**
 * The result of mapping one record.
 *
 * @category models
 * @since 0.1.0
 */
export interface Mapped extends Required<Pick<Batch, "records" | "rejected" | "notes">> {}

/**
 * A part of a partition that is read on its own: consecutive files of an archive, a
 * range of lines, a window of time. Its boundaries depend only on the content, and the
 * state that a reader keeps between records starts from scratch in each segment. Most
 * partitions are one segment: `whole`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Segment {
  readonly partition: Partition
  /** The number of the segment within its partition, from 0. */
  readonly no: number
  /** The data that the reader needs to find it again, as JSON that only its source understands. `null` for the whole partition. */
  readonly range: Schema.Json
  /** The size in the unit of `Batch.bytes`, if known. */
  readonly bytes?: number
  /**
   * Identifies the content of the segment, as `Partition.fingerprint` does that of the
   * partition. Content after a segment that has been read to its end may then change.
   *
   * @default `partition.fingerprint`
   */
  readonly fingerprint?: string
}

/**
 * An open source.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reader {
  /** The settings and the names of the input. A checkpoint is used only for the same ones; an error names those that differ. Content is covered by the fingerprints of partitions. */
  readonly fingerprint: Fingerprint
  /** All segments in the order in which they are read; the segments of a partition are consecutive. Run more than once. */
  readonly segments: Effect.Effect<ReadonlyArray<Segment>, Failure>
  /**
   * The batches of one segment, after `position` if given. Fails with `InvalidPosition`
   * if the position was written for other content.
   */
  readonly read: (segment: Segment, position: Option.Option<Position>) => Stream.Stream<Batch, Failure>
  /**
   * Fails with `InvalidPosition`, which names the file, if content of a segment that
   * had been read up to the batch with this read digest has changed. A resumed run
   * calls it for each segment that has been read to its end; the current segment is
   * checked through its position. May read everything again.
   */
  readonly retrace?: (segment: Segment, readDigest: Schema.Json) => Effect.Effect<void, Failure>
}

/**
 * Reads one provider's data as canonical entities.
 *
 * A source fails with reasons; the runner adds its name.
 *
 * @category models
 * @since 0.1.0
 */
export interface Source<out R = never> {
  readonly name: string
  /** The kinds that can occur. */
  readonly kinds: ReadonlySet<Kind>
  /** The meaning of the codes of its rejects and notes; a report says that other codes are not explained. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence>
  /** Paths of the folders and files it reads, so that a run that would overwrite one of them fails at once. */
  readonly inputs?: ReadonlyArray<string>
  /** Whether several threads may open it and read different segments at the same time. @default false */
  readonly isParallel?: boolean
  /** Fails if a setting cannot work. Run before anything is created or read. */
  readonly check?: Effect.Effect<void, Failure, R>
  /** Opens the source without looking at all of the input, which `Reader.segments` does. */
  readonly open: Effect.Effect<Reader, Failure, R | Scope.Scope>
  /**
   * Reads one line of `rejects.ndjson` that this source wrote, possibly with a
   * corrected `original`, and returns the entities of the record from the line alone. A
   * record that is not corrected is rejected again with the same code and `original`. A
   * line from elsewhere fails with `InvalidReject`. `RejectedLine.reader` makes this
   * function.
   */
  readonly rejected?: (line: Schema.Json | string) => Effect.Effect<Mapped, Failure, R>
}

/**
 * An open source whose partitions are read whole, which `make` turns into a `Reader`.
 *
 * @category models
 * @since 0.1.0
 */
export interface PartitionReader<out R = never> extends Pick<Reader, "fingerprint"> {
  /** Partitions in the order in which they are read. Run once. */
  readonly partitions: Effect.Effect<ReadonlyArray<Partition>, Failure, R>
  readonly read: (partition: Partition, position: Option.Option<Position>) => Stream.Stream<Batch, Failure, R>
  /** Like `Reader.retrace`, for a whole partition. */
  readonly retrace?: (partition: Partition, readDigest: Schema.Json) => Effect.Effect<void, Failure, R>
}

/** The input of `make`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Partitioned<out R = never> extends Omit<Source<R>, "open"> {
  readonly open: Effect.Effect<PartitionReader<R>, Failure, R | Scope.Scope>
}
