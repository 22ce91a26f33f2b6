import type { ElementProblem } from "./errors.ts"
import { contentEnd, isSpace, learnSeparator, type Scan } from "./scan.ts"
import { isTooHeavy } from "./weight.ts"
import type { JsonWindow } from "./window.ts"

/** Some consecutive elements of an array, from the start of the window to `end`. */
export interface Cut {
  readonly values: ReadonlyArray<unknown>
  readonly failures: ReadonlyMap<number, ElementProblem>
  readonly end: number
}

export interface Sizes {
  /** The number of bytes to cut from at once; at most `maxBytes`. */
  readonly batchBytes: number
  /** The most bytes of one element. */
  readonly maxBytes: number
}

const SPECULATION_LIMIT = 8
const NO_FAILURES: ReadonlyMap<number, ElementProblem> = new Map()

/**
 * Cuts elements from a window that begins with an element. The cuts depend only on the
 * bytes and not on how many have arrived: nothing is cut before there are `batchBytes`,
 * or the last bytes.
 */
export class ElementCutter {
  readonly #window: JsonWindow
  readonly #scan: Scan
  readonly #batchBytes: number
  readonly #maxBytes: number
  #separator: Uint8Array | undefined
  #misses = 0

  constructor(window: JsonWindow, scan: Scan, { batchBytes, maxBytes }: Sizes) {
    this.#window = window
    this.#scan = scan
    this.#batchBytes = batchBytes
    this.#maxBytes = maxBytes
  }

  /** Begins another array. */
  restart(): void {
    this.#misses = 0
  }

  /** `isShort`: the array is probably shorter than a cut, which only a scan can find out. */
  next(isLast: boolean, isShort: boolean): Cut | "more" | "too large" {
    const { end, start } = this.#window
    if (!isLast && end - start < this.#batchBytes) return "more"
    // An element whose scan has begun is longer than a batch.
    const guessed = isShort || this.#scan.scanned > 0 ? undefined : this.#speculate()
    return guessed ?? this.#scanElements()
  }

  /**
   * Cuts at the last learned separator and lets JSON.parse verify the cut: from a known
   * start of an element, a cut inside a string, inside a nested value or after the
   * array leaves text that is not valid JSON.
   */
  #speculate(): Cut | undefined {
    const [window, separator] = [this.#window, this.#separator]
    if (separator === undefined || this.#misses >= SPECULATION_LIMIT) return undefined
    let limit = Math.min(window.end, window.start + this.#batchBytes) - separator.length
    for (let attempt = 0; attempt < 3 && limit > window.start; attempt++) {
      const at = window.bytes.lastIndexOf(separator, limit)
      if (at <= window.start) break
      const values = window.parseMany(window.start, at + 1)
      if (values !== undefined) {
        this.#misses = 0
        return { values, failures: NO_FAILURES, end: at + 1 }
      }
      limit = at - 1
    }
    this.#misses++
    return undefined
  }

  /**
   * Learns from the first element only, so that even the first batch of a document is
   * cut without a scan: most documents are not much longer.
   */
  #learn(to: number): Cut | undefined {
    const { bytes, start } = this.#window
    const { closed, ends } = this.#scan.elements(bytes, start, to, start)
    const first = ends[0]
    if (first === undefined) return undefined
    this.#scan.reset()
    if (!closed) this.#separator = learnSeparator(bytes, first, to)
    return this.#speculate()
  }

  #scanElements(): Cut | "more" | "too large" {
    const [window, scan] = [this.#window, this.#scan]
    const { bytes, start } = window
    const batchEnd = Math.min(window.end, start + this.#batchBytes)
    if (this.#separator === undefined && scan.scanned === 0) {
      const learned = this.#learn(batchEnd)
      if (learned !== undefined) return learned
    }
    const { ends } = scan.elements(bytes, start, batchEnd, batchEnd)
    const last = ends.at(-1)
    if (last === undefined) return this.#scanLong()
    scan.reset()
    const values = window.parseMany(start, last)
    if (values?.length === ends.length) return { values, failures: NO_FAILURES, end: last }
    return this.#oneByOne(ends, last)
  }

  #oneByOne(ends: ReadonlyArray<number>, last: number): Cut {
    const window = this.#window
    const failures = new Map<number, ElementProblem>()
    const values = ends.map((end, i) => {
      const from = i === 0 ? window.start : (ends[i - 1] as number) + 1
      const { failure, value } = window.parseOne(from, end)
      if (failure !== undefined) failures.set(i, failure)
      return value
    })
    return { values, failures, end: last }
  }

  /** One element that is longer than a batch. */
  #scanLong(): Cut | "more" | "too large" {
    const [window, scan] = [this.#window, this.#scan]
    const { bytes, start } = window
    const most = start + this.#maxBytes
    const [found] = scan.elements(bytes, start, Math.min(window.end, most + 1), start).ends
    if (found === undefined && window.end <= most) return "more"
    // Whitespace after an element is not counted, and need not be held until a comma arrives.
    const isComplete = found === undefined && isSpace(bytes[most]) && scan.isBetween
    const end = found ?? most
    if (found === undefined && !isComplete) return "too large"
    scan.reset()
    if (isTooHeavy(bytes, start, end, this.#maxBytes)) {
      return { values: [undefined], failures: new Map([[0, "too many values"]]), end }
    }
    return this.#oneByOne([contentEnd(bytes, start, end)], end)
  }
}
