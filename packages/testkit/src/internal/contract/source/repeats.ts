// Rules about repeated listing and reading: a source must give the same each time.
import type { Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { asked, batchesOf, fingerprint, segments, readAll, type Reading } from "../engine/reading.ts"
import { type Judged, first, type Verdict } from "../engine/rule.ts"
import * as Checks from "./checks.ts"

export const partitionsAgree = <R>(source: Source.Source<R>): Judged<R> =>
  Effect.zipWith(segments(source), segments(source), (a, b) => {
    const ids = a.map(({ no, partition }) => JSON.stringify([partition.id, no]))
    return first([
      Checks.same("the same segments in the same order", JSON.stringify(a), JSON.stringify(b)),
      Checks.same("unique ids", `${ids.length} ids`, `${new Set(ids).size} ids`)
    ])
  })

/** Smaller batches must not move the boundaries of segments. */
export const cutsAgree = <R>(source: Source.Source<R>, small: Source.Source<R>): Judged<R> =>
  Effect.zipWith(segments(source), segments(small), (a, b) =>
    Checks.same("the same segments with smaller batches", JSON.stringify(a), JSON.stringify(b))
  )

/** Another machine, which gets a segment as JSON, may read it without having read those before it. */
export const segmentsStandAlone = <R>(source: Source.Source<R>, inOrder: ReadonlyArray<Reading>): Judged<R> =>
  Effect.gen(function* () {
    for (const { batches, segment } of inOrder.toReversed()) {
      const sent = JSON.parse(JSON.stringify(segment)) as Source.Segment
      const verdict: Verdict | undefined = Checks.sameBatches(
        segment,
        batches,
        yield* Stream.runCollect(batchesOf(source, sent))
      )
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

// A stream is a value: running it again, as a retry does, reads again.
export const readAgain = <R>(source: Source.Source<R>, once: ReadonlyArray<Reading>): Judged<R> =>
  compared(source, once, (stream) => Effect.zip(Stream.runCollect(stream), Stream.runCollect(stream)))

export const interleaved = <R>(source: Source.Source<R>, alone: ReadonlyArray<Reading>): Judged<R> =>
  compared(source, alone, (stream) =>
    Effect.map(Stream.runCollect(Stream.zip(stream, stream)), (pairs) => [
      pairs.map(([left]) => left),
      pairs.map(([, right]) => right)
    ])
  )

export const fingerprintIsStable = <R>(source: Source.Source<R>): Judged<R> =>
  Effect.gen(function* () {
    const before = yield* fingerprint(source)
    const found = yield* segments(source)
    yield* readAll(source)
    const after = yield* fingerprint(source)
    const silent = found.find(({ partition }) => partition.fingerprint === "")
    return first([
      Checks.same("the fingerprint from before reading", JSON.stringify(before), JSON.stringify(after)),
      silent === undefined
        ? undefined
        : { expected: `a fingerprint of partition ${silent.partition.id}`, actual: "an empty one" }
    ])
  })

// internal

/** Two reads with one reader. */
const compared = <R>(
  source: Source.Source<R>,
  readings: ReadonlyArray<Reading>,
  twice: (
    stream: Stream.Stream<Source.Batch, SourceError.Failure>
  ) => Effect.Effect<ReadonlyArray<ReadonlyArray<Source.Batch>>, SourceError.Failure>
) =>
  asked(source, (reader) =>
    Effect.map(
      Effect.forEach(readings, ({ batches, segment }) =>
        Effect.map(twice(reader.read(segment, Option.none())), (both) =>
          first(both.map((found) => Checks.sameBatches(segment, batches, found)))
        )
      ),
      first
    )
  )
