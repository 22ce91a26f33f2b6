/**
 * Where records come from.
 *
 * A source is a plain value. It holds nothing open: files and connections open
 * when a stream runs and close when it ends, so a source can be read twice and
 * must then give the same batches in the same order.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Consequence from "./Consequence.ts"
import type { Entity, Kind } from "./Entity.ts"
import type { Fingerprint } from "./Fingerprint.ts"
import { named, rejectedOf } from "./internal/namedRejects.ts"
import { pulled } from "./internal/pulled.ts"
import { A_SOURCE, doubled, isSource, membersOf } from "./internal/settings/members.ts"
import type { Rejected } from "./Rejected.ts"
import * as RejectedLine from "./RejectedLine.ts"
import * as Setting from "./Setting.ts"
import * as Settings from "./Settings.ts"
import { InvalidConfig, InvalidPosition, SourceError } from "./SourceError.ts"

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
   * reading all of it; `Batch.trail` tells the rest. A run is not resumed when a
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
  readonly place: string
  /**
   * Tells what has been read of the partition so far from other content, where the
   * partition's `fingerprint` does not tell all of it: checksums, as JSON that
   * `Source.retrace` understands. That of the last batch is kept for every
   * partition until the run ends, so it should have some hundred bytes at most.
   */
  readonly trail?: Schema.Json
}

/**
 * What a source made of one record.
 *
 * @category models
 * @since 0.1.0
 */
export interface Mapped extends Required<Pick<Batch, "records" | "rejected" | "notes">> {}

/**
 * Reads one provider's data as canonical entities.
 *
 * @category models
 * @since 0.1.0
 */
export interface Source<out E = SourceError, out R = never> {
  readonly name: string
  /** Kinds that can occur. */
  readonly kinds: ReadonlySet<Kind>
  /** What the codes of its rejects and notes mean; a report calls others not explained. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence>
  /** What is read and how: settings, and names of the input. A checkpoint is only used for the same ones; a refusal names those that differ. Content is the partitions' matter. */
  readonly fingerprint: Effect.Effect<Fingerprint, E, R>
  /** Paths of the folders and files it reads, so that a run which would write over one of them is refused. */
  readonly inputs?: ReadonlyArray<string>
  /** Fails when a setting cannot work. Asked before anything is made or read; nothing is checked when absent. */
  readonly check?: Effect.Effect<void, E, R>
  /** Units of work, in the order in which they are read. */
  readonly partitions: Effect.Effect<ReadonlyArray<Partition>, E, R>
  /**
   * The batches of one partition, after `position` if there is one. A position
   * that was written for other content fails with `InvalidPosition`.
   */
  readonly read: (partition: Partition, position: Option.Option<Position>) => Stream.Stream<Batch, E, R>
  /**
   * Fails with `InvalidPosition`, which names the file, unless what had been read of
   * a partition when a batch had this trail is still there as it was. A run that is
   * resumed asks it for each partition that has been read to its end; of the one in
   * which it stands, the position tells. May read everything again.
   */
  readonly retrace?: (partition: Partition, trail: Schema.Json) => Effect.Effect<void, E, R>
  /**
   * Reads one line of `rejects.ndjson` that this source wrote, or one whose
   * `original` a person has corrected: gives the entity, or entities, that the
   * record should have been, by the line alone. What is not corrected is rejected
   * again with the same code and `original`. A line of anybody else fails with
   * `InvalidReject`. `RejectedLine.reader` makes it.
   */
  readonly rejected?: (line: Schema.Json | string) => Effect.Effect<Mapped, E | SourceError, R>
}

/**
 * Settings as they were given, and what they should be.
 *
 * @category models
 * @since 0.1.0
 */
export interface FromConfig<S> {
  readonly schema: S
  readonly config: unknown
  /** Name of the source where the settings do not give one. */
  readonly name: string
  readonly kinds: ReadonlySet<Kind>
}

/**
 * Makes a source of entities that are already in memory, in batches of 1024.
 * For tests and for small corrections beside an export.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromEntities = (name: string, entities: ReadonlyArray<Entity>): Source => ({
  name,
  kinds: new Set(entities.map((entity) => entity._tag)),
  fingerprint: Effect.succeed({}),
  partitions: Effect.sync(() => [{ id: name, fingerprint: JSON.stringify(entities) }]),
  read: (partition, position) => {
    const start = Option.getOrElse(position, () => 0)
    if (typeof start !== "number") {
      return Stream.fail(
        new SourceError({
          source: name,
          reason: new InvalidPosition({ partition: partition.id, problem: "the position is not a number" })
        })
      )
    }
    // Suspended, because a generator runs once and a stream may run again.
    return Stream.suspend(() => Stream.fromIterable(cut(entities, start)).pipe(Stream.rechunk(1)))
  },
  rejected: RejectedLine.reader(name, (line) => Effect.sync(() => RejectedLine.checked(line)), "exact")
})

/**
 * Makes a source of settings that may be wrong. Where they are, the source has the
 * name `name`, and fails with `InvalidConfig` whenever it is used.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromConfig = <S extends Schema.ConstraintDecoder<unknown>, E, R>(
  { config, kinds, name, schema }: FromConfig<S>,
  make: (settings: S["Type"]) => Source<E, R>
): Source<E | SourceError, R> =>
  Result.match(Settings.result(schema, config), {
    onFailure: (reason): Source<E | SourceError, R> => {
      const of = Settings.nameOf(config, name)
      const fail = Effect.fail(new SourceError({ source: of, reason }))
      return {
        name: of,
        kinds,
        check: fail,
        fingerprint: fail,
        partitions: fail,
        read: () => Stream.fromEffect(fail),
        rejected: () => fail
      }
    },
    onSuccess: make
  })

/**
 * Makes the batches of a partition one by one: `start` opens what is read and
 * gives what makes the next batch, `undefined` at the end. What it opened is
 * closed when the stream ends.
 *
 * @category constructors
 * @since 0.1.0
 */
export const batches = <E, R, E2, R2>(
  start: Effect.Effect<Effect.Effect<Batch | undefined, E2, R2>, E, R>
): Stream.Stream<Batch, E | E2, Exclude<R, Scope.Scope> | R2> => Stream.unwrap(Effect.map(start, pulled))

/**
 * Tells a batch that says nothing, so that it can be left out at the end of a
 * partition: no record, no reject, no note, and no bytes.
 *
 * @category guards
 * @since 0.1.0
 */
export const isEmpty = ({ bytes, notes, records, rejected }: Batch): boolean =>
  records.length === 0 && rejected.length === 0 && bytes === 0 && Object.keys(notes ?? {}).length === 0

/**
 * Reads several sources one after the other, as one. Their names must differ.
 *
 * @category combinators
 * @since 0.1.0
 */
export const concat = <E, R>(
  name: string,
  sources: ReadonlyArray<Source<E, R>>
): Source<E | SourceError, R> => {
  const members = membersOf(sources, isSource)
  const twice = doubled(members)
  const judged = Settings.decode(Joined, { name, sources }).pipe(
    Effect.andThen(
      twice === undefined
        ? Effect.void
        : new InvalidConfig({ setting: "sources", problem: `has two sources with the name ${twice}` })
    ),
    Effect.mapError(
      (reason) => new SourceError({ source: typeof name === "string" ? name : "sources", reason })
    )
  )
  const parts = (source: Source<E, R>) =>
    Effect.map(source.partitions, (partitions) =>
      partitions.map((partition) => ({ source, partition, id: `${source.name}/${partition.id}` }))
    )
  const all = Effect.andThen(
    judged,
    Effect.map(Effect.forEach(members, parts), (nested) => nested.flat())
  )
  const partOf = ({ id }: Partition) => Effect.map(all, (found) => found.find((part) => part.id === id))
  return {
    name,
    kinds: new Set(members.flatMap((source) => Array.from(source.kinds))),
    consequences: members.flatMap((source) => source.consequences ?? []),
    inputs: members.flatMap((source) => source.inputs ?? []),
    check: Effect.andThen(
      judged,
      Effect.forEach(members, (source) => source.check ?? Effect.void, { discard: true })
    ),
    fingerprint: Effect.map(
      Effect.forEach(members, (source) =>
        Effect.map(source.fingerprint, (print) => [source.name, print] as const)
      ),
      (prints) => Object.fromEntries(prints)
    ),
    partitions: Effect.map(all, (found) => found.map(({ id, partition }) => ({ ...partition, id }))),
    read: (partition, position) =>
      Stream.unwrap(
        Effect.map(partOf(partition), (part) =>
          part === undefined
            ? Stream.empty
            : Stream.map(part.source.read(part.partition, position), (batch) =>
                named(part.source.name, batch)
              )
        )
      ),
    retrace: (partition, trail) =>
      Effect.flatMap(
        partOf(partition),
        (part) => part?.source.retrace?.(part.partition, trail) ?? Effect.void
      ),
    rejected: rejectedOf(name, members)
  }
}

/**
 * The consequence of `filterKinds`.
 *
 * @category models
 * @since 0.1.0
 */
export const NOT_SELECTED: Consequence.Consequence<"not_selected.{kind}"> = Consequence.make(
  "not_selected.{kind}",
  { effect: "left_out_on_purpose", says: "records of the kind {kind}, which the source was told not to give" }
)

/**
 * Keeps only some kinds. What is left out is not read, so it is not in the
 * balance; the ledger notes it as `not_selected.<kind>`.
 *
 * @category combinators
 * @since 0.1.0
 */
export const filterKinds = <E, R>(source: Source<E, R>, kinds: Iterable<Kind>): Source<E, R> => {
  const selected = new Set(kinds)
  return {
    ...source,
    kinds: new Set(Array.from(source.kinds).filter((kind) => selected.has(kind))),
    consequences: [...(source.consequences ?? []), NOT_SELECTED],
    fingerprint: Effect.map(source.fingerprint, (print) => ({
      ...print,
      selectedKinds: Array.from(selected).toSorted()
    })),
    read: (partition, position) =>
      Stream.map(source.read(partition, position), (batch) => select(batch, selected)),
    ...(source.rejected !== undefined && {
      rejected: (line) =>
        Effect.map(source.rejected?.(line) ?? Effect.never, (mapped) => select(mapped, selected))
    })
  }
}

// internal

const BATCH = 1024

const Joined = Schema.Struct({
  name: Setting.name,
  sources: Setting.listOf(Setting.value(isSource, A_SOURCE), "a list with at least one source")
})

function* cut(entities: ReadonlyArray<Entity>, start: number): Generator<Batch> {
  for (let from = start; from < entities.length; from += BATCH) {
    const records = entities.slice(from, from + BATCH)
    const end = from + records.length
    yield { records, rejected: [], position: end, bytes: 0, place: `record ${end}` }
  }
}

const select = <A extends Pick<Batch, "records" | "notes">>(batch: A, selected: ReadonlySet<Kind>): A => {
  const records = batch.records.filter((record) => selected.has(record._tag))
  if (records.length === batch.records.length) return batch
  const notes = new Map(Object.entries(batch.notes ?? {}))
  for (const { _tag } of batch.records) {
    if (selected.has(_tag)) continue
    const code = Consequence.codeOf(NOT_SELECTED, _tag)
    notes.set(code, (notes.get(code) ?? 0) + 1)
  }
  return { ...batch, records, notes: Object.fromEntries(notes) }
}
