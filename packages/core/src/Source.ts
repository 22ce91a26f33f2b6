/**
 * Where records come from.
 *
 * A source is a plain value. `open` gives a reader, which knows what there is to
 * read, in segments, and reads each of them; what it holds open is closed with the
 * scope. A source that is opened twice gives the same segments, and a segment that
 * is read twice the same batches in the same order.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Consequence from "./Consequence.ts"
import type { Entity, Kind } from "./Entity.ts"
import * as Concat from "./internal/sources/concat.ts"
import * as Entities from "./internal/sources/entities.ts"
import * as FilterKinds from "./internal/sources/filterKinds.ts"
import type { Batch, Partition, Partitioned, Segment, Source } from "./internal/sources/model.ts"
import * as Once from "./internal/sources/once.ts"
import { pulled } from "./internal/sources/pulled.ts"
import * as Streams from "./internal/sources/stream.ts"
import * as Whole from "./internal/sources/whole.ts"
import type { Rejected } from "./Rejected.ts"
import * as Settings from "./settings/Settings.ts"
import type { SourceError } from "./SourceError.ts"

export type {
  Partition,
  Position,
  Batch,
  Mapped,
  Segment,
  Reader,
  Source,
  PartitionReader,
  Partitioned
} from "./internal/sources/model.ts"

/**
 * The only segment of a partition.
 *
 * @category constructors
 * @since 0.1.0
 */
export const whole: (partition: Partition) => Segment = Whole.whole

/**
 * Makes a source whose partitions are read whole, each as one segment.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: <R>(source: Partitioned<R>) => Source<R> = Whole.make

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
export const fromEntities: (name: string, entities: ReadonlyArray<Entity>) => Source = Entities.fromEntities

/**
 * Makes a source of settings that may be wrong. Where they are, the source has the
 * name `name`, and fails with `InvalidConfig` whenever it is used.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromConfig = <S extends Schema.ConstraintDecoder<unknown>, R>(
  { config, kinds, name, schema }: FromConfig<S>,
  make: (settings: S["Type"]) => Source<R>
): Source<R> =>
  Result.match(Settings.result(schema, config), {
    onFailure: (reason): Source<R> => {
      const fail = Effect.fail(reason)
      return { name: Settings.nameOf(config, name), kinds, check: fail, open: fail, rejected: () => fail }
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
 * Runs an effect when it is first asked for and keeps what it gives, for readers that
 * list their input or ask a service for it. A failure is not kept. Who asks while it
 * runs waits for it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const once: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<Effect.Effect<A, E, R>> =
  Once.once

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
 * What a source needs.
 *
 * @category models
 * @since 0.1.0
 */
export type ServicesOf<S> = S extends Source<infer R> ? R : never

/**
 * How `concat` joins sources.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface ConcatOptions {
  /**
   * What equal ids mean. `shared`: the same person, channel or message, so that sinks
   * join their records. `separate`: something else in each source, so that every id of
   * a user, channel or message, and every reference to one, gets the source's name and
   * `_` before it. Ids in `custom`, and failed webhooks, are not touched.
   */
  readonly ids: "shared" | "separate"
}

/**
 * The schema of `ConcatOptions`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const ConcatOptions = Concat.Options

/**
 * Reads several sources one after the other, as one. Their names must differ.
 *
 * @category combinators
 * @since 0.1.0
 */
export const concat = <const S extends ReadonlyArray<Source<unknown>>>(
  name: string,
  sources: S,
  options: ConcatOptions
): Source<ServicesOf<S[number]>> =>
  Concat.concat(name, sources as ReadonlyArray<Source<ServicesOf<S[number]>>>, options)

/**
 * The consequence of `filterKinds`.
 *
 * @category models
 * @since 0.1.0
 */
export const NOT_SELECTED: Consequence.Consequence<"not_selected.{kind}"> = FilterKinds.NOT_SELECTED

/**
 * Keeps only some kinds. What is left out is not read, so it is not in the
 * balance; the ledger notes it as `not_selected.<kind>`.
 *
 * @category combinators
 * @since 0.1.0
 */
export const filterKinds: {
  (kinds: Iterable<Kind>): <R>(source: Source<R>) => Source<R>
  <R>(source: Source<R>, kinds: Iterable<Kind>): Source<R>
} = dual(2, FilterKinds.filterKinds)

/**
 * How `stream` reports rejected records.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface StreamOptions {
  /**
   * Called for each record that the source rejects.
   *
   * @default a warning in the log, with code and place
   */
  readonly onRejected?: ((rejected: Rejected) => Effect.Effect<void>) | undefined
}

/**
 * The schema of `StreamOptions`.
 *
 * @category configuration
 * @since 0.1.0
 */
export const StreamOptions = Streams.Options

/**
 * All records of a source as a stream of Effect, in the source's order, for code that
 * wants the records and no migration: no checkpoints, ledger or transforms. Batches
 * stay chunks.
 *
 * @category running
 * @since 0.1.0
 */
export const stream: <R>(
  source: Source<R>,
  options?: StreamOptions
) => Stream.Stream<Entity, SourceError, R> = Streams.stream
