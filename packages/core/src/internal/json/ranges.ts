import type { Elements } from "./parts.ts"
import { contentEnd, isSpace, Scan } from "./scan.ts"
import type { JsonWindow } from "./window.ts"

/** The offsets of some elements in the document, and their bytes. */
export type Ranges = Pick<Elements, "bytesOf" | "offsetOf" | "endOf">

/** The ranges of the elements between two indices of the window. The elements are scanned only on request. */
export const rangesIn = (window: JsonWindow, start: number, end: number): Ranges => {
  const { bytes } = window
  let ranges: ReadonlyArray<readonly [number, number]> | undefined
  const range = (i: number) => {
    ranges ??= elementRanges(bytes, start, end)
    return ranges[i] ?? [start, end]
  }
  return {
    bytesOf: (i) => bytes.subarray(...range(i)),
    // The first element begins at the start of the part, which does not need a scan.
    offsetOf: (i) => window.offset(i === 0 ? start : range(i)[0]),
    endOf: (i) => window.offset(range(i)[1])
  }
}

// internal

/** First and one past the last byte of each element between `start`, an element's first byte, and `end`. */
const elementRanges = (bytes: Uint8Array, start: number, end: number) => {
  const { ends } = new Scan().elements(bytes, start, end, end)
  if (ends.at(-1) !== end) ends.push(end)
  return ends.map((to, i) => {
    let from = i === 0 ? start : (ends[i - 1] as number) + 1
    while (from < to && isSpace(bytes[from])) from++
    return [from, contentEnd(bytes, from, to)] as const
  })
}
