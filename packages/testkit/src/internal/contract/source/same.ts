// Whether two readings of a source have the same result.
import type { Source } from "@chatferry/core"
import { difference } from "../engine/difference.ts"
import type { Reading } from "../engine/reading.ts"
import { first, type Verdict } from "../engine/rule.ts"
import * as Checks from "./checks.ts"

/** Compares partitions and the records, rejects and notes in them. Batches may be cut differently. */
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
      actual: `${actual.length}, and ${other} is different`
    }
  }
  return first(
    expected.map(({ batches, partition }, i) =>
      Checks.sameRecords(`partition ${partition.id}${after}`, batches, actual[i]?.batches ?? [])
    )
  )
}

/** Everything in a reading except the records. */
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
