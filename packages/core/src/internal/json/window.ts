import type { ElementProblem, ParseProblem } from "./errors.ts"
import { lossless } from "./lossless.ts"
import { checkNesting, problemOf } from "./nesting.ts"
import { CLOSE_ARRAY, isSpace, OPEN_ARRAY } from "./scan.ts"

/** A value, or its problem. */
export interface Parsed {
  readonly value: unknown
  readonly failure: ElementProblem | undefined
}

/** The part of a document that is in memory but not read yet: `bytes[start..end)`. */
export class JsonWindow {
  // There is always a byte before `start` and one after `end`, for the brackets of parseMany.
  bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(2)
  start = 1
  end = 1
  #base: number
  /** The most bytes held at once, except for the last chunk. */
  readonly #most: number
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

  constructor(offset: number, most: number) {
    this.#base = offset - 1
    this.#most = most
  }

  /** Maps an index in `bytes` to an offset in the document. */
  offset(index: number): number {
    return this.#base + index
  }

  push(chunk: Uint8Array): void {
    const unread = this.end - this.start
    const needed = unread + chunk.length + 2
    if (this.end + chunk.length + 1 > this.bytes.length) {
      const size = this.#sizeFor(needed)
      const target = size === this.bytes.length ? this.bytes : Buffer.allocUnsafeSlow(size)
      this.bytes.copy(target, 1, this.start, this.end)
      if (target !== this.bytes) this.free()
      this.#base += this.start - 1
      this.bytes = target
      this.start = 1
      this.end = 1 + unread
    }
    this.bytes.set(chunk, this.end)
    this.end += chunk.length
  }

  /** Grows to twice the size, and shrinks again after a large value. */
  #sizeFor(needed: number): number {
    const size = this.bytes.length
    if (needed <= size) return size > LARGE && needed < size / 8 ? LARGE : size
    return Math.max(needed, Math.min(size * 2, this.#most))
  }

  /** Frees the memory immediately: outside the heap it would accumulate until the next garbage collection. */
  free(): void {
    if (!this.bytes.buffer.detached) this.bytes.buffer.transfer(0)
  }

  /** Skips whitespace and returns the next byte, or `undefined` if there is none yet. */
  peek(): number | undefined {
    while (this.start < this.end && isSpace(this.bytes[this.start])) this.start++
    return this.start < this.end ? this.bytes[this.start] : undefined
  }

  /** Skips a byte order mark at the start of the document; `false` if there are too few bytes to decide. */
  skipByteOrderMark(isEnded: boolean): boolean {
    if (this.offset(this.start) !== 0 || this.end === this.start || this.bytes[this.start] !== 0xef)
      return true
    if (this.end - this.start < 3) return isEnded
    if (this.bytes[this.start + 1] === 0xbb && this.bytes[this.start + 2] === 0xbf) this.start += 3
    return true
  }

  /** Parses comma-separated values by putting brackets around them in place; `undefined` if they are not valid JSON. */
  parseMany(from: number, to: number): ReadonlyArray<unknown> | undefined {
    const { bytes } = this
    const [before, after] = [bytes[from - 1] as number, bytes[to] as number]
    bytes[from - 1] = OPEN_ARRAY
    bytes[to] = CLOSE_ARRAY
    try {
      return this.#parse(from - 1, to + 1) as ReadonlyArray<unknown>
    } catch {
      return undefined
    } finally {
      bytes[from - 1] = before
      bytes[to] = after
    }
  }

  /** Parses one value, or returns its problem. */
  parseOne(from: number, to: number): Parsed & { readonly failure: ParseProblem | undefined } {
    try {
      return { value: this.#parse(from, to), failure: undefined }
    } catch (cause) {
      return { value: undefined, failure: problemOf(cause) }
    }
  }

  #parse(from: number, to: number): unknown {
    checkNesting(this.bytes, from, to)
    return JSON.parse(this.#decoder.decode(lossless(this.bytes, from, to, "text")))
  }
}

const LARGE = 1 << 20
