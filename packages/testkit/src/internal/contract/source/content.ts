// Rules about the content of a source: it arrives, and does not leak.
import type { Source } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import * as Telemetry from "../../../harness/Telemetry.ts"
import { difference } from "../engine/difference.ts"
import { secretRecorded, textIn } from "../engine/leaks.ts"
import { batchesOf, fingerprint, segments, readAll, type Reading } from "../engine/reading.ts"
import { type Judged, first, type Verdict } from "../engine/rule.ts"
import { inZone, ZONES } from "../engine/timeZone.ts"
import { readWith } from "./disturbed.ts"
import { FOREIGN } from "./positions.ts"
import { sameReadings, surroundings } from "./same.ts"

/** Each text must be in the JSON of some record. */
export const keepsAll = (
  readings: ReadonlyArray<Reading>,
  kept: ReadonlyArray<string>
): Verdict | undefined => {
  const left = new Map(kept.map((text, i) => [i, JSON.stringify(text).slice(1, -1)]))
  for (const { batches } of readings) {
    for (const { records } of batches) {
      const json = JSON.stringify(records)
      for (const [i, text] of left) if (json.includes(text)) left.delete(i)
    }
  }
  const lost = Array.from(left.keys())
  return lost.length === 0
    ? undefined
    : {
        expected: `the ${kept.length} texts of \`kept\` in records`,
        actual: `${lost.length} in none: ${lost.map((i) => `number ${i + 1}`).join(", ")}`
      }
}

/** Each entity must occur with the same fields and values. */
export const givesEntities = (
  readings: ReadonlyArray<Reading>,
  expected: ReadonlyArray<object>
): Verdict | undefined => {
  const records = readings.flatMap(({ batches }) => batches.flatMap((batch) => batch.records))
  const found = new Set(records.map(sorted))
  const at = expected.findIndex((entity) => !found.has(sorted(entity)))
  if (at === -1) return undefined
  const like = expected[at] as { readonly _tag?: string }
  const nearest = records
    .filter(({ _tag }) => _tag === like._tag)
    .map((record) => difference(like, record) ?? "")
    .toSorted((a, b) => b.length - a.length)[0]
  return {
    expected: `entity ${at + 1} of ${expected.length}, a ${like._tag ?? "record"}, as expected`,
    actual: nearest === undefined ? "no record of its kind" : `none; the nearest differs at ${nearest}`
  }
}

/** With one record per batch, all work per batch becomes work per record. */
export const batchesAreNotTiny = (readings: ReadonlyArray<Reading>): Verdict | undefined => {
  for (const { batches, partition } of readings) {
    const records = batches.reduce((sum, batch) => sum + batch.records.length, 0)
    const most = batches.reduce((most, batch) => Math.max(most, batch.records.length), 0)
    if (records >= FEW && most === 1)
      return {
        expected: `more than one record in the batches of partition ${partition.id}`,
        actual: `${batches.length} batches for ${records} records`
      }
  }
  return undefined
}

export const ignoresTimeZone = <R>(source: Source.Source<R>): Judged<R> =>
  Effect.gen(function* () {
    const expected = yield* inZone("UTC", readAll(source))
    for (const zone of ZONES) {
      const verdict = sameReadings(
        `in the time zone ${zone}, as in UTC`,
        expected,
        yield* inZone(zone, readAll(source))
      )
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

/** Moved input is the same input. */
export const ignoresFolder = <R>(
  source: Source.Source<R>,
  readings: ReadonlyArray<Reading>,
  moved: Source.Source<R>
): Judged<R> =>
  Effect.gen(function* () {
    const others = yield* readAll(moved)
    const [here, there] = [
      surroundings(yield* fingerprint(source), readings),
      surroundings(yield* fingerprint(moved), others)
    ]
    for (const what of ["fingerprint", "partitions", "batches"]) {
      const path = difference(here[what], there[what])
      if (path !== undefined) {
        return {
          expected: `the same ${what} when the input is moved`,
          actual: `a different one at ${what}${path.startsWith("[") || path.startsWith(".") ? "" : ", "}${path}`
        }
      }
    }
    return sameReadings("when the input is moved", readings, others)
  })

/** A run outputs more than records, above all when it fails. */
export const keepsSecrets = <R>(
  source: Source.Source<R>,
  readings: ReadonlyArray<Reading>,
  secrets: ReadonlyArray<string>
): Judged<R> =>
  Effect.gen(function* () {
    const telemetry = Telemetry.make()
    yield* telemetry.listen(readAll(source))
    for (const call of ["open", "read"] as const)
      yield* telemetry.listen(
        Effect.flatMap(
          readWith(source, { fail: { calls: [call], nth: 2, isLasting: true } }),
          (read): Effect.Effect<unknown, unknown> => read?.exit ?? Effect.void
        )
      )
    const [segment] = yield* segments(source)
    for (const position of FOREIGN) {
      if (segment !== undefined)
        yield* telemetry.listen(Stream.runDrain(batchesOf(source, segment, position)))
    }
    const reported = surroundings(yield* fingerprint(source), readings)
    return first([
      ...Object.entries(reported).map(([what, value]) => textIn(what, value, "secret", secrets)),
      secretRecorded(telemetry, secrets)
    ])
  })

// internal

const FEW = 20

/** The JSON with its fields in sorted order. */
const sorted = (value: object): string =>
  JSON.stringify(value, (_, field: unknown) =>
    Predicate.isObject(field) && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : field
  )
