// Reading a whole source into memory, partition by partition.
import type { Source } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

export interface Reading {
  readonly partition: Source.Partition
  readonly batches: ReadonlyArray<Source.Batch>
}

export const readAll = <E, R>(
  source: Source.Source<E, R>,
  after: { readonly done: number; readonly position?: Source.Position | undefined } = { done: 0 }
): Effect.Effect<ReadonlyArray<Reading>, E, R> =>
  Effect.flatMap(source.partitions, (partitions) =>
    Effect.forEach(partitions.slice(after.done), (partition, i) => {
      const position = i === 0 ? Option.fromUndefinedOr(after.position) : Option.none()
      return Effect.map(Stream.runCollect(source.read(partition, position)), (batches) => ({
        partition,
        batches
      }))
    })
  )

/** At most `most` indices of `length`, spread evenly, with the first and the last. */
export const sampled = (length: number, most: number): ReadonlyArray<number> => {
  if (length <= most) return Array.from({ length }, (_, i) => i)
  const steps = Math.max(1, most - 1)
  return Array.from(new Set(Array.from({ length: most }, (_, i) => Math.round(((length - 1) * i) / steps))))
}
