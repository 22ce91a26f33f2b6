import type { JsonElements, NdjsonLines } from "@chatferry/core/files"
import type { LocationOf } from "./judge.ts"

export type Unread = JsonElements.ElementProblem | NdjsonLines.LineProblem

/** Some items of a file, and where they are. */
export interface Batch {
  readonly values: ReadonlyArray<unknown>
  /** Items that could not be read, by index. */
  readonly failures: ReadonlyMap<number, Unread>
  readonly locationOf: LocationOf
  readonly bytesOf: (i: number) => Uint8Array
}

/** The first line that is blank, and how many are. */
export interface Blank {
  readonly line: number
  readonly byte: number
  readonly count: number
}

/** Reads the items of one file. Bytes are pushed and batches are taken until there are none. */
export interface FileReader {
  /** Takes a chunk, whose memory may be given back when it has been read. */
  readonly push: (chunk: Uint8Array) => void
  readonly end: () => void
  /** Throws what a document that is broken throws; nothing can be read after that. */
  readonly next: () => Batch | undefined
  readonly blank: () => Blank
  /** Where an item begins that is too large and has not ended. */
  readonly skipped: () => { readonly line: number; readonly byte: number } | undefined
  readonly lineAt: (offset: number) => number
  /** A byte that is not read yet. */
  readonly byteAt: (offset: number) => number | undefined
}
