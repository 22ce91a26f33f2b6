// Opens a file that may be CSV.
import { type Archives, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type { Limits } from "../limits.ts"
import { CsvReader, type Position } from "./csvReader.ts"
import { type Header, headerOf, otherDelimiter } from "./header.ts"

type Reason = SourceError.SourceErrorReason

/** A reader that has been given all that was taken from the chunks; `undefined` when there is no header of an export. */
export const openCsv = (
  chunks: Archives.Chunks,
  first: Uint8Array | undefined,
  entry: Archives.ArchiveEntry,
  place: string,
  limits: Limits
): Effect.Effect<CsvReader | undefined, Reason> =>
  Effect.gen(function* () {
    if (first === undefined || first.subarray(0, LOOKED_AT).includes(0)) return undefined
    const delimiter = delimiterOf(limits)
    const { bytes, header } = yield* readHeader(chunks, first, entry, delimiter)
    if (header === undefined) {
      const other = otherDelimiter(bytes, delimiter, entry.name)
      return other === undefined ? undefined : yield* wrongDelimiter(place, delimiter, other)
    }
    const { end, lines } = header
    const reader = readerOf(header, { offset: end, row: 0, lines }, limits)
    reader.push(bytes.subarray(end))
    return reader
  })

/** A reader in the middle of a file, which is to be given what stands behind `position`. `chunks`: the file from its start. */
export const reopenCsv = (
  chunks: Archives.Chunks,
  entry: Archives.ArchiveEntry,
  limits: Limits,
  position: Position
): Effect.Effect<CsvReader | undefined, Reason> =>
  Effect.gen(function* () {
    const first = yield* chunks.next
    if (first === undefined) return undefined
    const { header } = yield* readHeader(chunks, first, entry, delimiterOf(limits))
    if (header === undefined || position.offset < header.end || position.offset > entry.size) return undefined
    return readerOf(header, position, limits)
  })

// internal

const LOOKED_AT = 4 << 10
const BATCH_BYTES = 48 << 10

const delimiterOf = (limits: Limits) => limits.csvDelimiter ?? ","

const readHeader = Effect.fnUntraced(function* (
  chunks: Archives.Chunks,
  first: Uint8Array,
  entry: Archives.ArchiveEntry,
  delimiter: string
): Effect.fn.Return<{ readonly bytes: Buffer; readonly header: Header | undefined }, Reason> {
  let bytes = Buffer.from(first)
  for (;;) {
    const header = headerOf(bytes, false, delimiter, entry.name)
    if (header !== "more") return { bytes, header }
    const chunk = yield* chunks.next
    if (chunk !== undefined) {
      bytes = Buffer.concat([bytes, chunk])
      continue
    }
    const last = headerOf(bytes, true, delimiter, entry.name)
    return { bytes, header: last === "more" ? undefined : last }
  }
})

const readerOf = ({ dialect, table }: Header, position: Position, limits: Limits) =>
  new CsvReader({ table, dialect, batchBytes: BATCH_BYTES, maxRowBytes: limits.maxElementBytes }, position)

const wrongDelimiter = (place: string, given: string, other: string) =>
  new SourceError.InvalidConfig({
    setting: "csvDelimiter",
    problem: `the columns in ${place} are not separated by ${JSON.stringify(given)}. They would be by ${JSON.stringify(other)}`
  })
