/**
 * Where records come from.
 *
 * A source is a plain value. `open` gives a reader, which lists the input as segments
 * and reads each of them; its resources are closed with the scope. Opening a source
 * again gives the same segments, and reading a segment again gives the same batches in
 * the same order.
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
 * Unchecked settings and their schema.
 *
 * @category models
 * @since 0.1.0
 */
export interface FromConfig<S> {
  readonly schema: S
  readonly config: unknown
  /** The name to use if the settings do not give one. */
  readonly name: string
  readonly kinds: ReadonlySet<Kind>
}

/**
 * Makes a source from entities in memory, in batches of 1024. For tests and for small
 * corrections beside an export.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromEntities: (name: string, entities: ReadonlyArray<Entity>) => Source = Entities.fromEntities

/**
 * Makes a source from settings that may be invalid. If they are, the source is called
 * `name`, unless the settings give a name, and every use of it fails with
 * `InvalidConfig`.
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
 * Makes the batches of a partition one by one. `start` opens the input and gives an
 * effect that makes the next batch, or `undefined` at the end. Its resources are closed
 * when the stream ends.
 *
 * @category constructors
 * @since 0.1.0
 */
export const batches = <E, R, E2, R2>(
  start: Effect.Effect<Effect.Effect<Batch | undefined, E2, R2>, E, R>
): Stream.Stream<Batch, E | E2, Exclude<R, Scope.Scope> | R2> => Stream.unwrap(Effect.map(start, pulled))

/**
 * Runs an effect on first use and keeps its result, for readers that list their input
 * or request it from a service. A failure is not kept. Callers that come while it runs
 * wait for it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const once: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<Effect.Effect<A, E, R>> =
  Once.once

/**
 * True for a batch without records, rejects, notes and bytes, which can be left out at
 * the end of a partition.
 *
 * @category guards
 * @since 0.1.0
 */
export const isEmpty = ({ bytes, notes, records, rejected }: Batch): boolean =>
  records.length === 0 && rejected.length === 0 && bytes === 0 && Object.keys(notes ?? {}).length === 0

/**
 * The services that a source needs.
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
   * What equal ids mean. `shared`: they are the same user, channel or message, and
   * sinks join their records. `separate`: they are unrelated, and every id of a user,
   * channel or message, and every reference to one, is prefixed with the source's name
   * and `_`. Ids in `custom` and failed webhooks are not changed.
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
 * Keeps only some kinds. The other kinds are not read and not part of the balance; the
 * ledger notes them as `not_selected.<kind>`.
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
   * @default a warning in the log, with code and location
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
 * All records of a source as an Effect stream, in the source's order, for code that
 * needs the records without a migration: no checkpoints, ledger or transforms. Each
 * batch is a chunk.
 *
 * @category running
 * @since 0.1.0
 */
export const stream: <R>(
  source: Source<R>,
  options?: StreamOptions
) => Stream.Stream<Entity, SourceError, R> = Streams.stream
