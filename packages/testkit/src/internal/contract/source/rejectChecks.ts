// The rule for sources about the lines of their rejects.
import { type Rejected, type Source } from "@chatferry/core"
import { Corrections, RejectedLine } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { batchesOf, readAll, type Reading } from "../engine/reading.ts"
import { broken, first, rejected, type Verdict } from "../engine/rule.ts"
import { sameRecords } from "./checks.ts"
import type { Corrected } from "./options.ts"

/** A line as it is in the rejects file. */
const lineOf = (source: string, { source: within, ...rejected }: Rejected.Rejected): string =>
  JSON.stringify({ stage: "source", source: within ?? source, ...rejected })

/** An uncorrected reject is rejected again unchanged; the lines of other sources are rejected. */
export const readAgain = Effect.fnUntraced(function* <R>(
  source: Source.Source<R>,
  readings: ReadonlyArray<Reading>
): Effect.fn.Return<Verdict | undefined, unknown, R> {
  const all = readings.flatMap(({ batches }) => batches.flatMap(({ rejected }) => rejected))
  const [first] = all
  if (first === undefined) return undefined
  const read = source.rejected
  if (read === undefined) return { expected: "a way to read what was rejected", actual: "none" }
  for (const [i, rejected] of all.entries()) {
    const what = `reject ${i + 1}, ${rejected.code} at ${rejected.location},`
    const again = yield* Effect.exit(read(lineOf(source.name, rejected)))
    if (Exit.isFailure(again)) return broken(`${what} to be read again`, again.cause)
    const verdict = sameReject(what, rejected, again.value)
    if (verdict !== undefined) return verdict
  }
  const line = JSON.parse(lineOf(source.name, first)) as { readonly source: string }
  const others = [{ ...line, source: `${line.source}, but different` }, { ...line, stage: "transform" }, "{}"]
  for (const other of others) {
    const verdict = yield* rejected("reading a line of another source", read(other))
    if (verdict !== undefined) return verdict
  }
  return undefined
})

/** A correction without changes finds its record, and changes neither it nor any other. */
export const staysAsItIs = <R>(
  source: Source.Source<R>,
  readings: ReadonlyArray<Reading>
): Effect.Effect<Verdict | undefined, unknown, Exclude<R, Scope.Scope>> =>
  Effect.map(
    Effect.forEach(readings, (reading) =>
      Effect.gen(function* () {
        const corrections = yield* correctionsOf(source.name, reading, ({ original }) =>
          isRange(original) ? undefined : original
        )
        const batches = yield* readWith(source, reading.segment, corrections)
        const where = `${reading.partition.id}, with each reject unchanged,`
        return sameRecords(where, reading.batches, batches)
      })
    ),
    first
  )

/** Corrected rejects give the same as an input without errors. */
export const givesTheRight = Effect.fnUntraced(function* <R>(
  source: Source.Source<R>,
  readings: ReadonlyArray<Reading>,
  { originalOf, source: right }: Corrected<R>
): Effect.fn.Return<Verdict | undefined, unknown, Exclude<R, Scope.Scope>> {
  const expected = byPartition(yield* readAll(right))
  for (const [i, segments] of byPartition(readings).entries()) {
    const corrections = yield* Effect.forEach(segments, (one) => correctionsOf(source.name, one, originalOf))
    const batches = yield* Effect.forEach(segments, ({ segment }) =>
      readWith(source, segment, corrections.flat())
    )
    const where = `${segments[0]?.partition.id} with what was rejected corrected`
    const rightBatches = (expected[i] ?? []).flatMap((one) => one.batches)
    const verdict = sameRecords(where, unplaced(rightBatches), unplaced(batches.flat()))
    if (verdict !== undefined) return verdict
  }
  return undefined
})

// internal

/** A correct input may have other sizes, and so be cut into other segments. */
const byPartition = (readings: ReadonlyArray<Reading>): ReadonlyArray<ReadonlyArray<Reading>> =>
  Array.from(Map.groupBy(readings, ({ partition }) => partition.id).values())

const readWith = <R>(
  source: Source.Source<R>,
  segment: Source.Segment,
  corrections: ReadonlyArray<Corrections.Correction>
) =>
  Effect.provideService(Stream.runCollect(batchesOf(source, segment)), Corrections.OfPartition, corrections)

/** As in a run that was given a copy of the rejects. */
const correctionsOf = (
  source: string,
  { batches }: Reading,
  originalOf: (rejected: Rejected.Rejected) => Rejected.Rejected["original"] | undefined
) =>
  Effect.map(
    Effect.forEach(
      batches.flatMap(({ rejected }) => rejected),
      Effect.fnUntraced(function* (rejected) {
        const corrected = originalOf(rejected)
        if (corrected === undefined || rejected.address === undefined) return []
        const line = yield* RejectedLine.decode(lineOf(source, rejected), "exact")
        return [{ address: rejected.address, line, corrected }]
      })
    ),
    (found) => found.flat()
  )

/** What is wrong in both inputs may have another location in the correct input. */
const unplaced = (batches: ReadonlyArray<Source.Batch>): ReadonlyArray<Source.Batch> =>
  batches.map((batch) => ({
    ...batch,
    rejected: batch.rejected.map(({ code, context = null, kind, message, original }) => ({
      kind,
      code,
      message,
      location: "",
      context,
      original
    }))
  }))

const isRange = (original: Rejected.Rejected["original"]) =>
  typeof original === "object" && original !== null && "from" in original && "to" in original

const sameReject = (
  what: string,
  { code, original }: Rejected.Rejected,
  { records, rejected }: Source.Mapped
): Verdict | undefined => {
  const [one, ...more] = rejected
  if (one === undefined || more.length > 0 || records.length > 0) {
    return {
      expected: `${what} to be rejected again, and nothing else`,
      actual: `${rejected.length} rejects and ${records.length} records`
    }
  }
  if (one.code !== code) return { expected: `${what} to be rejected as ${code}`, actual: one.code }
  return JSON.stringify(one.original) === JSON.stringify(original)
    ? undefined
    : { expected: `${what} with its original`, actual: "a different one" }
}
