import { JsonElements } from "@chatferry/core/files"
import * as Data from "effect/Data"
import type { Batch, Blank, FileReader } from "./fileReader.ts"
import { LineCounter } from "./lineCounter.ts"

/** Thrown if the document is an object, whose members are not items. */
export class NotAnArray extends Data.TaggedError("NotAnArray") {}

/** Reads the items of a file that is one JSON array. */
export class ElementsReader implements FileReader {
  readonly #file: string
  readonly #reader: JsonElements.Reader
  readonly #lines = new LineCounter()

  constructor(file: string, itemBytes: number) {
    this.#file = file
    this.#reader = JsonElements.make({ arrays: () => false, maxElementBytes: itemBytes })
  }

  /** The end of the last batch. */
  #position = 0
  #skipped: { readonly line: number; readonly byte: number } | undefined

  readonly push = (chunk: Uint8Array): void => {
    this.#reader.push(chunk)
    this.#lines.push(chunk)
  }

  readonly end = (): void => this.#reader.end()
  readonly blank = (): Blank => ({ line: 0, byte: 0, count: 0 })
  readonly skipped = (): { readonly line: number; readonly byte: number } | undefined => this.#skipped
  readonly lineAt = (offset: number): number => this.#lines.lineAt(offset)
  readonly byteAt = (offset: number): number | undefined => this.#lines.byteAt(offset)

  readonly next = (): Batch | undefined => {
    // Even if nobody needs the line: chunks that have been counted are released.
    this.#lines.lineAt(this.#position)
    const part = this.#reader.next()
    if (part === undefined) {
      this.#skip()
      return undefined
    }
    if (part._tag === "member") throw new NotAnArray()
    const { bytesOf, endOf, failures, offsetOf, values } = part
    this.#position = part.position.offset
    const [file, lines, skipped] = [this.#file, this.#lines, this.#skipped]
    this.#skipped = undefined
    return {
      values,
      failures,
      bytesOf,
      locationOf: (i) => ({
        file,
        line: skipped?.line ?? lines.lineAt(offsetOf(i)),
        byte: offsetOf(i),
        bytes: endOf(i) - offsetOf(i)
      })
    }
  }

  /** Counts the lines of a too large item while it passes, so that its chunks are released. */
  #skip(): void {
    const { skipping } = this.#reader
    if (skipping === undefined) return
    this.#skipped ??= { line: this.#lines.lineAt(skipping.from), byte: skipping.from }
    this.#lines.lineAt(skipping.to)
  }
}
