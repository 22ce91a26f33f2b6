import type { JsonElements, NdjsonLines } from "@chatferry/core/files"
import type { LocationOf } from "./judge.ts"

export type Unread = JsonElements.ElementProblem | NdjsonLines.LineProblem

/** Items of a file and their locations. */
export interface Batch {
  readonly values: ReadonlyArray<unknown>
  /** Items that could not be read, by index. */
  readonly failures: ReadonlyMap<number, Unread>
  readonly locationOf: LocationOf
  readonly bytesOf: (i: number) => Uint8Array
}

/** The first blank line, and the number of blank lines. */
export interface Blank {
  readonly line: number
  readonly byte: number
  readonly count: number
}

/** Reads the items of one file: push bytes, then take batches until there are none. */
export interface FileReader {
  /** Accepts a chunk, whose memory may be released once it has been read. */
  readonly push: (chunk: Uint8Array) => void
  readonly end: () => void
  /** Throws if the document is broken; nothing can be read after that. */
  readonly next: () => Batch | undefined
  readonly blank: () => Blank
  /** The start of an item that is too large and has not ended. */
  readonly skipped: () => { readonly line: number; readonly byte: number } | undefined
  readonly lineAt: (offset: number) => number
  /** A byte that has not been read yet. */
  readonly byteAt: (offset: number) => number | undefined
}
