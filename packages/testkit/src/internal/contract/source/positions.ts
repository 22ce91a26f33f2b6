// Rules about positions and read digests: where reading resumes, and where it must not.
import type { Source } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { difference } from "../engine/difference.ts"
import { asked, batchesOf, retrace, segments, readAll, type Reading, sampled } from "../engine/reading.ts"
import { type Judged, rejected, type Verdict } from "../engine/rule.ts"
import * as Checks from "./checks.ts"

export const resumes = <R>(
  source: Source.Source<R>,
  readings: ReadonlyArray<Reading>,
  positions: number
): Judged<R> =>
  Effect.gen(function* () {
    const nothing = testsNothing(readings)
    if (nothing !== undefined) return nothing
    for (const { batches, segment } of readings) {
      for (const at of sampled(batches.length, positions)) {
        const position = batches[at]?.position ?? null
        const rest = yield* Stream.runCollect(batchesOf(source, segment, Checks.throughJson(position)))
        const verdict = Checks.sameRecords(
          `${Checks.nameOf(segment)} after batch ${at + 1} of ${batches.length}`,
          batches.slice(at + 1),
          rest
        )
        if (verdict !== undefined) return verdict
      }
    }
    return undefined
  })

export const endsAtLast = <R>(source: Source.Source<R>, readings: ReadonlyArray<Reading>): Judged<R> =>
  Effect.gen(function* () {
    for (const { batches, segment } of readings) {
      const last = batches.at(-1)
      if (last === undefined) continue
      const rest = yield* Stream.runCollect(batchesOf(source, segment, last.position))
      const verdict = Checks.sameRecords(`${Checks.nameOf(segment)} after its last batch`, [], rest)
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

export const rejectsForeign = <R>(source: Source.Source<R>): Judged<R> =>
  Effect.gen(function* () {
    const [segment] = yield* segments(source)
    if (segment === undefined) return undefined
    for (const position of FOREIGN) {
      const read = Stream.runDrain(batchesOf(source, segment, position))
      const verdict = yield* rejected(`reading after the position ${JSON.stringify(position)}`, read)
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

/** No source writes these. A source that took one for a start or an end would repeat or lose records. */
export const FOREIGN = [{ "not a position": true }, "not a position", [[[null]]]]

export const retraces = <R>(
  source: Source.Source<R>,
  readings: ReadonlyArray<Reading>,
  positions: number
): Judged<R> =>
  Effect.gen(function* () {
    for (const { batches, partition, segment } of readings) {
      const readDigests = batches.flatMap(({ readDigest }) =>
        readDigest === undefined ? [] : [Checks.throughJson(readDigest)]
      )
      if (readDigests.length === 0) continue
      if (!(yield* asked(source, (reader) => Effect.succeed(reader.retrace !== undefined)))) {
        return { expected: `a way to retrace the readDigests of partition ${partition.id}`, actual: "none" }
      }
      for (const at of sampled(readDigests.length, positions))
        yield* retrace(source, segment, readDigests[at] ?? null)
      for (const readDigest of FOREIGN) {
        const what = `retracing ${JSON.stringify(readDigest)} in partition ${partition.id}`
        const verdict = yield* rejected(what, retrace(source, segment, readDigest))
        if (verdict !== undefined) return verdict
      }
    }
    return undefined
  })

/**
 * From the first differing batch on, a position belongs to the content that was read and to no other. The batches of
 * the other content may have a different size.
 */
export const rejectsOther = <R>(readings: ReadonlyArray<Reading>, other: Source.Source<R>): Judged<R> =>
  Effect.gen(function* () {
    const others = yield* readAll(other)
    let isCompared = false
    for (const { batches, partition, segment } of readings) {
      const found = others.find(
        (reading) => reading.partition.id === partition.id && reading.segment.no === segment.no
      )
      if (found === undefined) continue
      const [records, rejects] = [recordsOf(found.batches), rejectedOf(found.batches)]
      const read = { records: 0, rejected: 0 }
      const from = batches.findIndex((batch) => {
        const start = { ...read }
        read.records += batch.records.length
        read.rejected += batch.rejected.length
        return (
          difference(
            [batch.records, batch.rejected],
            [records.slice(start.records, read.records), rejects.slice(start.rejected, read.rejected)]
          ) !== undefined
        )
      })
      if (from === -1) continue
      isCompared = true
      for (const at of sampled(batches.length - from, MOST_OTHERS)) {
        const position = Checks.throughJson(batches[from + at]?.position ?? null)
        const verdict = yield* rejected(
          `reading ${Checks.nameOf(segment)} after batch ${from + at + 1} of ${batches.length} with different content`,
          Stream.runDrain(batchesOf(other, found.segment, position))
        )
        if (verdict !== undefined) return verdict
      }
    }
    return isCompared ||
      others.every(({ partition }) => !readings.some((one) => one.partition.id === partition.id))
      ? undefined
      : { expected: "different records in the content that replaces the fixture's", actual: "the same ones" }
  })

export const positionsAreSmall = (readings: ReadonlyArray<Reading>, most: number): Verdict | undefined => {
  for (const { batches, partition } of readings) {
    for (const [i, batch] of batches.entries()) {
      for (const what of ["position", "readDigest"] as const) {
        const size = JSON.stringify(batch[what] ?? null).length
        if (size > most) {
          return {
            expected: `at most ${most} characters in the ${what} of partition ${partition.id}, batch ${i + 1} of ${batches.length}`,
            actual: `${size}`
          }
        }
      }
    }
  }
  return undefined
}

// internal

const MOST_OTHERS = 3

const recordsOf = (batches: ReadonlyArray<Source.Batch>) => batches.flatMap(({ records }) => records)
const rejectedOf = (batches: ReadonlyArray<Source.Batch>) => batches.flatMap(({ rejected }) => rejected)

/** The last position of a source does not reveal what a reader forgets between batches, so there must be earlier ones. */
const testsNothing = (readings: ReadonlyArray<Reading>): Verdict | undefined => {
  const size = Math.max(0, ...readings.map(({ batches }) => sizeOf(batches)))
  if (size < 2)
    return { expected: "a partition with at least two records", actual: `the largest has ${size}` }
  const largest = readings.filter(({ batches }) => sizeOf(batches) === size)
  const isCut = ({ batches }: Reading) => batches.filter((batch) => sizeOf([batch]) > 0).length > 1
  return largest.some(isCut)
    ? undefined
    : {
        expected: `several batches of the ${size} records and rejects of partition ${largest[0]?.partition.id}, so that reading can resume between them`,
        actual:
          "one, which tests nothing: make the source with the `batchRecords` that `source` is given, or give the fixture as many records as make several batches"
      }
}

const sizeOf = (batches: ReadonlyArray<Source.Batch>) =>
  batches.reduce((sum, { records, rejected }) => sum + records.length + rejected.length, 0)
