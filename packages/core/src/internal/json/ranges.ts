import type { Elements } from "./parts.ts"
import { contentEnd, isSpace, Scan } from "./scan.ts"
import type { JsonWindow } from "./window.ts"

/** Where in the document some elements are, and their bytes. */
export type Ranges = Pick<Elements, "bytesOf" | "offsetOf" | "endOf">

/** Of elements between two indices of the window. They are scanned for only when a range is asked for. */
export const rangesIn = (window: JsonWindow, start: number, end: number): Ranges => {
  const { bytes } = window
  let ranges: ReadonlyArray<readonly [number, number]> | undefined
  const range = (i: number) => {
    ranges ??= elementRanges(bytes, start, end)
    return ranges[i] ?? [start, end]
  }
  return {
    bytesOf: (i) => bytes.subarray(...range(i)),
    // The first one begins where all of them do, which needs no scan.
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
