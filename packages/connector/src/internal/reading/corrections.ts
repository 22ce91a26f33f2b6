// Replaces records in files with their corrections.
import { Corrections, Passage } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Archives from "../../files/Archives.ts"
import type { Base, Corrected, File, Format, Reading } from "./model.ts"

/** Adds the corrections of the runner to the options. */
export const withCorrections = <C extends Base>(options: Reading<C>): Effect.Effect<Reading<C>> =>
  Effect.map(Corrections.OfPartition, (all) =>
    all.length === 0 ? options : { ...options, corrected: correctedOf(all, options.documents) }
  )

/** Applies corrections to a file's content and returns the result after its first `from` bytes. */
export const spliced = (
  { next }: Archives.Chunks,
  splices: Corrections.Splices,
  from: number
): Archives.Chunks => {
  const ready: Array<Uint8Array> = []
  let left = from
  let isEnded = false
  const take = (pieces: ReadonlyArray<Uint8Array>) => {
    for (const piece of pieces) {
      const skipped = Math.min(left, piece.length)
      left -= skipped
      if (skipped < piece.length) ready.push(piece.subarray(skipped))
    }
  }
  return {
    next: Effect.gen(function* () {
      while (ready.length === 0 && !isEnded) {
        const piece = yield* next
        isEnded = piece === undefined
        take(piece === undefined ? splices.end() : splices.take(piece))
      }
      return ready.shift()
    })
  }
}

/** Follows the stored bytes of a loose file whose content is read in another form. */
export const followedRaw = (
  archive: Archives.Archive,
  chunks: Archives.Chunks
): { readonly chunks: Archives.Chunks; readonly packed: Passage.Passage | undefined } => {
  if (archive.isSealed) return { chunks, packed: undefined }
  const packed = new Passage.Passage(0)
  return { chunks: Archives.followed(chunks, packed), packed }
}

/** Maps the ranges of one or more records of a file to the input, for locations and addresses. */
export const located = <
  A extends
    | { readonly offsetOf: (i: number) => number; readonly endOf: (i: number) => number }
    | { readonly offset: number; readonly end: number }
>(
  { inInput }: Pick<File, "inInput">,
  part: A
): A => {
  if (inInput === undefined) return part
  if ("offset" in part) return { ...part, offset: inInput(part.offset), end: inInput(part.end) }
  const { endOf, offsetOf } = part
  return { ...part, offsetOf: (i: number) => inInput(offsetOf(i)), endOf: (i: number) => inInput(endOf(i)) }
}

// internal

/** By the list of corrections, which all segments of a partition share, and by the formats. */
const known = new WeakMap<object, WeakMap<object, Corrected>>()

const correctedOf = <C extends Base>(
  all: ReadonlyArray<Corrections.Correction>,
  documents: Reading<C>["documents"]
): Corrected => {
  const byFormats = known.get(all) ?? new WeakMap<object, Corrected>()
  known.set(all, byFormats)
  const corrected = byFormats.get(documents) ?? correctedBy(all, Object.values(documents))
  byFormats.set(documents, corrected)
  return corrected
}

const correctedBy = <C>(
  all: ReadonlyArray<Corrections.Correction>,
  formats: ReadonlyArray<Format<C>>
): Corrected => {
  const byFile = Map.groupBy(all, ({ address }) => Corrections.fileOf(address))
  const replace = (bytes: Uint8Array, here: ReadonlyArray<Corrections.Correction>) => {
    for (const { correct } of formats) {
      const found = correct?.(bytes, here)
      if (found !== undefined) return found
    }
    return Corrections.json(bytes, here)
  }
  return {
    splicesOf: (entry) => {
      const here = byFile.get(Corrections.fileOf({ entry }))
      return here === undefined ? undefined : Corrections.splices(here, replace)
    }
  }
}
