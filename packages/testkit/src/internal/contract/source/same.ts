// Whether two readings of a source came to the same.
import type { Source } from "@chatferry/core"
import { difference } from "../engine/difference.ts"
import type { Reading } from "../engine/reading.ts"
import { first, type Verdict } from "../engine/rule.ts"
import * as Checks from "./checks.ts"

/** Partitions, and the records, rejects and notes in them. Batches may be cut elsewhere. */
export const sameReadings = (
  when: string,
  expected: ReadonlyArray<Reading>,
  actual: ReadonlyArray<Reading>
): Verdict | undefined => {
  const ids = (readings: ReadonlyArray<Reading>) => readings.map(({ partition }) => partition)
  const other = difference(ids(expected), ids(actual))
  const after = when === "" ? "" : ` ${when}`
  if (other !== undefined) {
    return {
      expected: `the same ${expected.length} partitions${after}`,
      actual: `${actual.length}, and ${other} is another one`
    }
  }
  return first(
    expected.map(({ batches, partition }, i) =>
      Checks.sameRecords(`partition ${partition.id}${after}`, batches, actual[i]?.batches ?? [])
    )
  )
}

/** What is said about a reading: everything but the records. */
export const surroundings = (
  fingerprint: unknown,
  readings: ReadonlyArray<Reading>
): Readonly<Record<string, unknown>> => ({
  fingerprint,
  partitions: readings.map(({ partition }) => partition),
  batches: readings.map(({ batches }) =>
    batches.map(({ bytes, notes, location, position, rejected, readDigest }: Source.Batch) => ({
      bytes,
      notes,
      location,
      position,
      readDigest,
      rejected: rejected.map(({ code, message, location }) => ({ code, message, location }))
    }))
  )
})
