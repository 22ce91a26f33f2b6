// Checks of batches that have been read from a source.
import { Entity, Ledger, Rejected, type Source } from "@chatferry/core"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { unsafe } from "../engine/jsonSafe.ts"
import { textIn } from "../engine/leaks.ts"
import type { Reading } from "../engine/reading.ts"
import { first, type Verdict } from "../engine/rule.ts"

export const same = (expected: string, a: string, b: string): Verdict | undefined =>
  a === b ? undefined : { expected, actual: `first ${shorten(a)}, then ${shorten(b)}` }

/** Positions after a round trip through a checkpoint. */
export const throughJson = (position: Source.Position): Source.Position =>
  JSON.parse(JSON.stringify(position)) as Source.Position

/** The name of a segment in messages. */
export const nameOf = ({ no, partition }: Source.Segment): string =>
  `partition ${partition.id}${no === 0 ? "" : `, segment ${no + 1}`}`

export const sameBatches = (
  segment: Source.Segment,
  a: ReadonlyArray<Source.Batch>,
  b: ReadonlyArray<Source.Batch>
): Verdict | undefined => {
  if (a.length !== b.length) {
    return { expected: `${a.length} batches of ${nameOf(segment)} again`, actual: `${b.length}` }
  }
  const at = a.findIndex((batch, i) => JSON.stringify(batch) !== JSON.stringify(b[i]))
  return at === -1
    ? undefined
    : { expected: `batch ${at + 1} of ${nameOf(segment)} again`, actual: "a different batch" }
}

/** After a position, batches may be cut differently, but their content may not change. */
export const sameRecords = (
  where: string,
  expected: ReadonlyArray<Source.Batch>,
  actual: ReadonlyArray<Source.Batch>
): Verdict | undefined =>
  first([
    sameList(
      `records in ${where}`,
      expected.flatMap((batch) => batch.records),
      actual.flatMap((batch) => batch.records)
    ),
    sameList(
      `rejected in ${where}`,
      expected.flatMap((batch) => batch.rejected),
      actual.flatMap((batch) => batch.rejected)
    ),
    sameList(`notes in ${where}`, noted(expected), noted(actual))
  ])

export const entitiesAreValid = (readings: ReadonlyArray<Reading>): Verdict | undefined => {
  for (const { batch, where } of each(readings)) {
    for (const [i, record] of batch.records.entries()) {
      const location = `${where}, record ${i + 1}`
      const loss = unsafe(record)
      if (loss !== undefined)
        return { expected: `${location} to survive JSON`, actual: `it does not at ${loss}` }
      const result = decode(record)
      if (Result.isFailure(result))
        return { expected: `${location} to be valid`, actual: result.failure.message }
    }
  }
  return undefined
}

export const kindsAreDeclared = (
  kinds: ReadonlySet<Entity.Kind>,
  readings: ReadonlyArray<Reading>
): Verdict | undefined => {
  for (const { batch, where } of each(readings)) {
    const found = batch.records.find((record) => !kinds.has(record._tag))
    if (found !== undefined)
      return { expected: `one of ${Array.from(kinds).join(", ")}`, actual: `${found._tag} in ${where}` }
  }
  return undefined
}

export const positionsAreJson = (readings: ReadonlyArray<Reading>): Verdict | undefined => {
  for (const { batch, where } of each(readings)) {
    for (const what of ["position", "readDigest"] as const) {
      const loss = unsafe(batch[what] ?? null)
      if (loss !== undefined)
        return { expected: `the ${what} of ${where} to survive JSON`, actual: `it does not at ${loss}` }
    }
  }
  return undefined
}

export const rejectedAreReported = (readings: ReadonlyArray<Reading>): Verdict | undefined => {
  for (const { batch, where } of each(readings)) {
    for (const [i, rejected] of batch.rejected.entries()) {
      const location = `${where}, rejected ${i + 1}`
      const result = decodeRejected(rejected)
      if (Result.isFailure(result))
        return { expected: `${location} to be valid`, actual: result.failure.message }
      // In joined sources, a code may be prefixed with its source.
      const code = rejected.source === undefined ? rejected.code : rejected.code.replace(/^.*\//u, "")
      if (!/^[a-z][a-z0-9_]*$/u.test(code))
        return { expected: `a code in snake_case in ${location}`, actual: rejected.code }
      if (rejected.message === "") return { expected: `a message in ${location}`, actual: "an empty one" }
      if (rejected.location === "") return { expected: `a location in ${location}`, actual: "an empty one" }
      if (rejected.original === null) return { expected: `an original in ${location}`, actual: "null" }
      const loss = unsafe(rejected.original) ?? unsafe(rejected.context ?? {})
      if (loss !== undefined)
        return {
          expected: `original and context of ${location} to survive JSON`,
          actual: `it does not at ${loss}`
        }
    }
  }
  return undefined
}

/** Short ids may occur in any text by chance. */
const SHORTEST_ID = 6

export const locationsHaveNoIds = (readings: ReadonlyArray<Reading>): Verdict | undefined => {
  for (const { batch, where } of each(readings)) {
    for (const [i, record] of batch.records.entries()) {
      for (const field of ["id", "channelId", "userId"] as const) {
        const id: unknown = field in record ? record[field as keyof typeof record] : undefined
        if (typeof id === "string" && id.length >= SHORTEST_ID && batch.location.includes(id))
          return {
            expected: `no ids in the location of ${where}, which progress shows`,
            actual: `the ${field} of its record ${i + 1}`
          }
      }
    }
  }
  return undefined
}

export const bytesAddUp = (readings: ReadonlyArray<Reading>, tolerance: number): Verdict | undefined => {
  for (const { batch, where } of each(readings)) {
    if (!(batch.bytes >= 0) || !Number.isFinite(batch.bytes))
      return { expected: `a number of bytes in ${where}`, actual: `${batch.bytes}` }
  }
  for (const { batches, segment } of readings) {
    const { bytes } = segment
    if (bytes === undefined) continue
    const sum = sumOf(batches)
    if (Math.abs(sum - bytes) > bytes * tolerance) {
      return { expected: `about ${bytes} bytes in ${nameOf(segment)}`, actual: `${sum}` }
    }
  }
  for (const { bytes, id } of new Set(readings.map(({ partition }) => partition))) {
    const own = readings.filter(({ partition }) => partition.id === id)
    const sum = own.reduce((all, { segment }) => all + (segment.bytes ?? Number.NaN), 0)
    if (bytes !== undefined && Number.isFinite(sum) && sum !== bytes)
      return { expected: `${bytes} bytes in all segments of partition ${id}`, actual: `${sum}` }
  }
  return undefined
}

export const countsMatch = (
  readings: ReadonlyArray<Reading>,
  expected: {
    readonly records: { readonly [K in Entity.Kind]?: number }
    readonly rejected?: { readonly [K in Ledger.LedgerKind]?: number }
  }
): Verdict | undefined => {
  const book = Ledger.open()
  for (const { batch } of each(readings)) {
    for (const record of batch.records) book.written(record._tag, 1)
    for (const rejected of batch.rejected) book.add(rejected.kind, "rejected", "any", 1)
  }
  const found = book.snapshot().kinds
  return first([
    ...Entity.kinds.map((kind) =>
      sameCount(`${kind} records`, expected.records[kind] ?? 0, found[kind].written)
    ),
    ...Ledger.ledgerKinds.map((kind) =>
      sameCount(`${kind} rejected`, expected.rejected?.[kind] ?? 0, Ledger.total(found[kind].rejected))
    )
  ])
}

export const secretsAreLeftOut = (
  readings: ReadonlyArray<Reading>,
  secrets: ReadonlyArray<string>
): Verdict | undefined => {
  for (const { batch, where } of each(readings)) {
    const { records, rejected, ...rest } = batch
    const verdict = first([
      ...records.map((record, i) =>
        textIn(`record ${i + 1} (a ${record._tag}) of ${where}`, record, "secret", secrets)
      ),
      ...rejected.map((one, i) =>
        textIn(`rejected ${i + 1} (${one.code}) of ${where}`, one, "secret", secrets)
      ),
      textIn(where, rest, "secret", secrets)
    ])
    if (verdict !== undefined) return verdict
  }
  return undefined
}

export const contentIsKeptIn = (
  readings: ReadonlyArray<Reading>,
  fingerprint: unknown,
  content: ReadonlyArray<string>
): Verdict | undefined => {
  const judge = (where: string, value: unknown) => textIn(where, value, "text of `content`", content)
  const verdict = judge("the fingerprint", fingerprint)
  if (verdict !== undefined) return verdict
  for (const { batch, where } of each(readings)) {
    const { notes, location, position, rejected, readDigest } = batch
    const verdict = first([
      judge(where, { notes, location, position, readDigest }),
      ...rejected.map(({ code, message, location }, i) =>
        judge(`rejected ${i + 1} of ${where}`, { code, message, location })
      )
    ])
    if (verdict !== undefined) return verdict
  }
  return undefined
}

// internal

// A field that the schema does not know would be lost at the first sink that decodes.
const decode = Schema.decodeUnknownResult(Entity.Entity, { onExcessProperty: "error" })
const decodeRejected = Schema.decodeUnknownResult(Rejected.Rejected)

function* each(
  readings: ReadonlyArray<Reading>
): Generator<{ readonly batch: Source.Batch; readonly where: string }> {
  for (const { batches, segment } of readings) {
    for (const [i, batch] of batches.entries()) yield { batch, where: `${nameOf(segment)}, batch ${i + 1}` }
  }
}

const sameList = (
  what: string,
  expected: ReadonlyArray<unknown>,
  actual: ReadonlyArray<unknown>
): Verdict | undefined => {
  const at = expected.findIndex((value, i) => JSON.stringify(value) !== JSON.stringify(actual[i]))
  if (at !== -1)
    return {
      expected: `the ${expected.length} ${what}`,
      actual: `${actual.length}, and number ${at + 1} differs`
    }
  return sameCount(what, expected.length, actual.length)
}

const sameCount = (what: string, expected: number, actual: number): Verdict | undefined =>
  expected === actual ? undefined : { expected: `${expected} ${what}`, actual: `${actual}` }

const noted = (batches: ReadonlyArray<Source.Batch>): ReadonlyArray<readonly [string, number]> => {
  const sum = new Map<string, number>()
  for (const { notes = {} } of batches) {
    for (const [code, count] of Object.entries(notes)) sum.set(code, (sum.get(code) ?? 0) + count)
  }
  return Array.from(sum).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

const sumOf = (batches: ReadonlyArray<Source.Batch>): number =>
  batches.reduce((sum, { bytes }) => sum + bytes, 0)

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)
