import { NdjsonLines } from "@chatferry/core/files"
import type { Batch, Blank, FileReader } from "./fileReader.ts"

/** Reads the items of a JSON Lines file. */
export class LinesReader implements FileReader {
  readonly #file: string
  readonly #reader: NdjsonLines.Reader
  #line = 0
  #blank = { line: 0, byte: 0 }
  #offset = 0
  #blanks = 0

  constructor(file: string, itemBytes: number) {
    this.#file = file
    this.#reader = NdjsonLines.make({ maxLineBytes: itemBytes, integers: "exact" })
  }

  readonly push = (chunk: Uint8Array): void => this.#reader.push(chunk)
  readonly end = (): void => this.#reader.end()
  readonly blank = (): Blank => ({ ...this.#blank, count: this.#blanks })
  readonly skipped = (): undefined => undefined
  readonly lineAt = (): number => this.#line
  readonly byteAt = (): undefined => undefined

  readonly next = (): Batch | undefined => {
    const part = this.#reader.next()
    if (part === undefined) return undefined
    const { bytesOf, endOf, failures, lineOf, offsetOf, position, values } = part
    const before = this.#line
    this.#line = position.line
    const blanks = position.line - before - values.length
    if (blanks > 0) {
      if (this.#blanks === 0) this.#blank = this.#firstBlank(before, part)
      this.#blanks += blanks
    }
    this.#offset = position.offset
    const file = this.#file
    return {
      values,
      failures,
      bytesOf,
      locationOf: (i) => ({ file, line: lineOf(i), byte: offsetOf(i), bytes: endOf(i) - offsetOf(i) })
    }
  }

  #firstBlank(before: number, part: NdjsonLines.LinesPart): { readonly line: number; readonly byte: number } {
    let [i, byte] = [0, this.#offset]
    for (; i < part.values.length && part.lineOf(i) === before + 1 + i; i++) {
      byte = part.endOf(i) + 1
    }
    return { line: before + 1 + i, byte }
  }
}
