// The one place that knows how a source is listed and read: every rule goes through it.
import type { Fingerprint, Source } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"

export interface Reading {
  readonly partition: Source.Partition
  readonly batches: ReadonlyArray<Source.Batch>
}

export const fingerprintOf = <E, R>(
  source: Source.Source<E, R>
): Effect.Effect<Fingerprint.Fingerprint, E, R> => source.fingerprint

export const partitionsOf = <E, R>(
  source: Source.Source<E, R>
): Effect.Effect<ReadonlyArray<Source.Partition>, E, R> => source.partitions

/** The batches of one partition, after a position if there is one. */
export const batchesOf = <E, R>(
  source: Source.Source<E, R>,
  partition: Source.Partition,
  position?: Source.Position
): Stream.Stream<Source.Batch, E, R> => source.read(partition, Option.fromUndefinedOr(position))

export const readAll = <E, R>(
  source: Source.Source<E, R>,
  after: { readonly done: number; readonly position?: Source.Position | undefined } = { done: 0 }
): Effect.Effect<ReadonlyArray<Reading>, E, R> =>
  Effect.flatMap(partitionsOf(source), (partitions) =>
    Effect.forEach(partitions.slice(after.done), (partition, i) =>
      Effect.map(
        Stream.runCollect(batchesOf(source, partition, i === 0 ? after.position : undefined)),
        (batches) => ({ partition, batches })
      )
    )
  )

/** Tells an error of a connector, which names it and the reason, from one that only passed through. */
export const isOwnError = (error: unknown): boolean =>
  Predicate.isTagged(error, "SourceError") || Predicate.isTagged(error, "SinkError")

/** At most `most` indices of `length`, spread evenly, with the first and the last. */
export const sampled = (length: number, most: number): ReadonlyArray<number> => {
  if (length <= most) return Array.from({ length }, (_, i) => i)
  const steps = Math.max(1, most - 1)
  return Array.from(new Set(Array.from({ length: most }, (_, i) => Math.round(((length - 1) * i) / steps))))
}
