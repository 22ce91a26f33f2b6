// Rules about a source that is listed and read again: what it gives must be the same each time.
import type { Source } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { batchesOf, fingerprintOf, partitionsOf, readAll, type Reading } from "../../reading.ts"
import { first } from "../../rule.ts"
import * as Checks from "../../sourceChecks.ts"

export const partitionsAgree = <E, R>(source: Source.Source<E, R>) =>
  Effect.zipWith(partitionsOf(source), partitionsOf(source), (a, b) => {
    const ids = a.map(({ id }) => id)
    return first([
      Checks.same("the same partitions in the same order", JSON.stringify(a), JSON.stringify(b)),
      Checks.same("unique ids", `${ids.length} ids`, `${new Set(ids).size} ids`)
    ])
  })

export const readAgain = <E, R>(source: Source.Source<E, R>, once: ReadonlyArray<Reading>) =>
  Effect.map(
    Effect.forEach(once, ({ batches, partition }) => {
      // A stream is a value: running it again, as a retry does, reads again.
      const stream = batchesOf(source, partition)
      return Effect.zipWith(Stream.runCollect(stream), Stream.runCollect(stream), (second, third) =>
        first([Checks.sameBatches(partition, batches, second), Checks.sameBatches(partition, batches, third)])
      )
    }),
    first
  )

export const interleaved = <E, R>(source: Source.Source<E, R>, alone: ReadonlyArray<Reading>) =>
  Effect.map(
    Effect.forEach(alone, ({ batches, partition }) => {
      const both = Stream.zip(batchesOf(source, partition), batchesOf(source, partition))
      return Effect.map(Stream.runCollect(both), (pairs) =>
        first(
          [0, 1].map((at) =>
            Checks.sameBatches(
              partition,
              batches,
              pairs.map((pair) => pair[at]!)
            )
          )
        )
      )
    }),
    first
  )

export const fingerprintIsStable = <E, R>(source: Source.Source<E, R>) =>
  Effect.gen(function* () {
    const before = yield* fingerprintOf(source)
    const partitions = yield* partitionsOf(source)
    yield* readAll(source)
    const after = yield* fingerprintOf(source)
    const silent = partitions.find(({ fingerprint }) => fingerprint === "")
    return first([
      Checks.same("the fingerprint from before reading", JSON.stringify(before), JSON.stringify(after)),
      silent === undefined
        ? undefined
        : { expected: `a fingerprint of partition ${silent.id}`, actual: "an empty one" }
    ])
  })
