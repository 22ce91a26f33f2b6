// Reads lines of JSON, many at a time.
import * as Schema from "effect/Schema"
import { ByteQueue } from "./byteQueue.ts"
import type { LineProblem } from "./errors.ts"
import { BATCH_BYTES, MAX_ELEMENT_BYTES } from "./limits.ts"
import { isBlank, LINE_FEED, lineEnds, parseLine, parseLines } from "./lines.ts"
import { isTooHeavy } from "./weight.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /**
   * The most bytes of a line, without its line feed. A longer line is skipped and is a
   * failure.
   *
   * @default JsonElements.MAX_ELEMENT_BYTES, 8 MiB
   */
  readonly maxLineBytes?: number
  /**
   * The approximate number of bytes parsed at once, at most `maxLineBytes`. More is
   * slower: V8 allocates larger strings elsewhere.
   *
   * @default 49152
   */
  readonly batchBytes?: number
  /**
   * What an integer beyond 2^53 becomes. `text`: always its digits. `exact`: a number if that number is written with the same digits, such as 100000000000000000000, otherwise its digits; this reads back what JSON.stringify wrote.
   *
   * @default "text"
   */
  readonly integers?: "text" | "exact"
}

/**
 * The position to resume from: push the file's bytes from `offset`.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Position extends Schema.Opaque<Position>()(
  Schema.Struct({
    offset: Schema.Finite,
    /** Lines before `offset`, including blank lines. */
    line: Schema.Finite
  })
) {}

/**
 * Some consecutive lines; none if only blank lines were read.
 *
 * @category models
 * @since 0.1.0
 */
export interface LinesPart {
  /** One value for each line that is not blank; `undefined` if the line failed. */
  readonly values: ReadonlyArray<unknown>
  /** The problems of lines that failed, by index in `values`. */
  readonly failures: ReadonlyMap<number, LineProblem>
  readonly position: Position
  /** Bytes of the file from the end of the previous part to the end of this one. */
  readonly bytes: number
  /** The line of `values[i]` as it is in the file, without its line feed; empty if it was too long. */
  readonly bytesOf: (i: number) => Uint8Array
  /** Line number of `values[i]`, from 1. */
  readonly lineOf: (i: number) => number
  /** Byte offset in the file of the line of `values[i]`. */
  readonly offsetOf: (i: number) => number
  /** Byte offset after the last byte of the line, without its line feed. */
  readonly endOf: (i: number) => number
}

/**
 * Reads one file synchronously: push bytes, then take parts until there are none; after
 * the last bytes call `end` and take the rest. Chunks are kept until they are read, and
 * must not be changed after they were pushed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reader {
  readonly push: (chunk: Uint8Array) => void
  readonly end: () => void
  readonly next: () => LinesPart | undefined
}

export class LinesReader implements Reader {
  readonly #maxBytes: number
  readonly #batchBytes: number
  readonly #integers: "text" | "exact"
  readonly #queue: ByteQueue
  #line: number
  #isEnded = false
  #isStarted: boolean
  /** The start of the line that is being skipped because it is too long. */
  #skippedFrom: number | undefined

  constructor(options: Options, position: Position | undefined) {
    this.#maxBytes = options.maxLineBytes ?? MAX_ELEMENT_BYTES
    // This way, lines inside a batch are never too long, and only a line that is longer than a batch must be
    // measured.
    this.#batchBytes = Math.max(1, Math.min(options.batchBytes ?? BATCH_BYTES, this.#maxBytes))
    this.#integers = options.integers ?? "text"
    this.#queue = new ByteQueue(position?.offset ?? 0)
    this.#line = position?.line ?? 0
    this.#isStarted = this.#queue.offset > 0
  }

  readonly push = (chunk: Uint8Array): void => this.#queue.push(chunk)

  readonly end = (): void => {
    this.#isEnded = true
  }

  readonly next = (): LinesPart | undefined => {
    const queue = this.#queue
    if (!this.#isStarted) {
      if (!this.#isEnded && queue.length < BYTE_ORDER_MARK.length) return undefined
      if (queue.peek(BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) queue.take(BYTE_ORDER_MARK.length)
      this.#isStarted = true
    }
    if (this.#skippedFrom !== undefined) return this.#skip(this.#skippedFrom)
    if (queue.length === 0 || (!this.#isEnded && queue.length < this.#batchBytes)) return undefined
    const lineFeed = queue.peek(this.#batchBytes).lastIndexOf(LINE_FEED)
    return lineFeed >= 0 ? this.#lines(lineFeed + 1) : this.#longLine()
  }

  /** One line that is longer than a batch, or the last one without a line feed. */
  #longLine(): LinesPart | undefined {
    const queue = this.#queue
    const lineFeed = queue.indexOf(LINE_FEED)
    const isWhole = lineFeed >= 0 || this.#isEnded
    if ((lineFeed >= 0 ? lineFeed : queue.length) > this.#maxBytes) return this.#skip(queue.offset)
    return isWhole ? this.#lines(lineFeed >= 0 ? lineFeed + 1 : queue.length) : undefined
  }

  #skip(from: number): LinesPart | undefined {
    const queue = this.#queue
    const lineFeed = queue.indexOf(LINE_FEED)
    const end = queue.offset + (lineFeed >= 0 ? lineFeed : queue.length)
    queue.drop(lineFeed >= 0 ? lineFeed + 1 : queue.length)
    this.#skippedFrom = lineFeed >= 0 || this.#isEnded ? undefined : from
    if (this.#skippedFrom !== undefined) return undefined
    this.#line++
    const line = this.#line
    return {
      values: [undefined],
      failures: new Map([[0, "too long"]]),
      position: { offset: queue.offset, line },
      bytes: queue.offset - from,
      bytesOf: () => new Uint8Array(0),
      lineOf: () => line,
      offsetOf: () => from,
      endOf: () => end
    }
  }

  #lines(length: number): LinesPart {
    const before = this.#queue.offset
    const bytes = this.#queue.take(length)
    const text = bytes.at(-1) === LINE_FEED ? bytes.subarray(0, -1) : bytes
    // A line that is longer than a batch comes alone.
    const values = length > this.#batchBytes ? undefined : parseLines(text, this.#integers)
    return values === undefined
      ? this.#oneByOne(text, before, length)
      : this.#whole(values, text, before, length)
  }

  #whole(values: ReadonlyArray<unknown>, text: Buffer, offset: number, length: number): LinesPart {
    const first = this.#line + 1
    this.#line += values.length
    let ends: ReadonlyArray<number> | undefined
    const start = (i: number) => {
      ends ??= lineEnds(text)
      return i === 0 ? 0 : (ends[i - 1] ?? text.length) + 1
    }
    return {
      values,
      failures: noFailures,
      position: { offset: offset + length, line: this.#line },
      bytes: length,
      bytesOf: (i) => text.subarray(start(i), start(i + 1) - 1),
      lineOf: (i) => first + i,
      offsetOf: (i) => offset + start(i),
      endOf: (i) => offset + start(i + 1) - 1
    }
  }

  #parsed(text: Buffer, from: number, to: number): ParsedLine {
    return isTooHeavy(text, from, to, this.#maxBytes)
      ? { value: undefined, problem: "too many values" }
      : parseLine(text.subarray(from, to), this.#integers)
  }

  #oneByOne(text: Buffer, offset: number, length: number): LinesPart {
    const values: Array<unknown> = []
    const failures = new Map<number, LineProblem>()
    const locations: Array<{ readonly line: number; readonly from: number; readonly to: number }> = []
    let from = 0
    for (const to of lineEnds(text)) {
      this.#line++
      if (!isBlank(text, from, to)) {
        const { problem, value } = this.#parsed(text, from, to)
        if (problem !== undefined) failures.set(values.length, problem)
        locations.push({ line: this.#line, from, to })
        values.push(value)
      }
      from = to + 1
    }
    const location = (i: number) => locations[i] ?? { line: this.#line, from: text.length, to: text.length }
    return {
      values,
      failures,
      position: { offset: offset + length, line: this.#line },
      bytes: length,
      bytesOf: (i) => text.subarray(location(i).from, location(i).to),
      lineOf: (i) => location(i).line,
      offsetOf: (i) => offset + location(i).from,
      endOf: (i) => offset + location(i).to
    }
  }
}

// internal

interface ParsedLine {
  readonly value: unknown
  readonly problem: LineProblem | undefined
}

const noFailures: ReadonlyMap<number, LineProblem> = new Map()
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf)
