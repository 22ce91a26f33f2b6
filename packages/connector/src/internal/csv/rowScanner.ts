// Finds the ends of rows in bytes without parsing their cells.

/** The range of a row in the scanned bytes, without its line end. */
export interface Row {
  readonly start: number
  readonly end: number
  /** The row has a misplaced quote. */
  readonly isBroken: boolean
  /** The row has quotes. Without them, its cells are between its delimiters. */
  readonly hasQuotes: boolean
}

const QUOTE = 0x22
const LF = 0x0a
const CR = 0x0d

type State = "cell" | "plain" | "quoted" | "closed" | "broken"

/** Scans a buffer that may grow at its end. Offsets are those in the buffer. */
export class RowScanner {
  readonly #delimiter: Uint8Array
  readonly #delimiter0: number
  #lineEnd: Uint8Array | undefined
  #state: State = "cell"
  #hasQuotes = false
  /** The start of the row that is being scanned. */
  rowStart = 0
  /** All bytes before it have been scanned. */
  at = 0
  /** The offset of the quote that has not been closed yet. */
  quoteAt = 0

  constructor(delimiter: Uint8Array, lineEnd: Uint8Array | undefined) {
    this.#delimiter = delimiter
    this.#delimiter0 = delimiter[0] as number
    this.#lineEnd = lineEnd
  }

  /** The line end, known as soon as a row has been found. */
  get lineEnd(): Uint8Array | undefined {
    return this.#lineEnd
  }

  get isQuoted(): boolean {
    return this.#state === "quoted"
  }

  /** Adjusts offsets after the buffer's first `bytes` were removed. */
  shift(bytes: number): void {
    this.at -= bytes
    this.rowStart -= bytes
    this.quoteAt -= bytes
  }

  /** Returns the next row of `bytes` up to `end`; `undefined` if more bytes are needed. */
  next(bytes: Buffer, end: number, isLast: boolean): Row | undefined {
    // A delimiter or line end may be cut in two.
    const until = isLast ? end : end - 3
    while (this.at < until) {
      if (this.#state === "quoted") {
        if (!this.#skipQuoted(bytes, until)) break
      } else if (this.#state !== "closed" && !this.#skipPlain(bytes, until)) break
      const width = this.#lineEndAt(bytes, this.at, end)
      if (width > 0) return this.#finish(this.at, width)
      this.#step(bytes, end)
    }
    if (!isLast || this.at < end || this.#state === "quoted" || this.rowStart === end) return undefined
    return this.#finish(end, 0)
  }

  /** Moves past the closing quote of the cell, or to the end of the bytes. */
  #skipQuoted(bytes: Buffer, until: number): boolean {
    let { at } = this
    // Most quotes are close to each other, as in JSON, where a call for each one would take longer.
    while (at < until && bytes[at] !== QUOTE) at++
    this.at = at
    if (at === until) return false
    this.at++
    this.#state = "closed"
    return this.at < until
  }

  /** Moves to the next byte that may end the cell or must not be in it, or to the end of the bytes. */
  #skipPlain(bytes: Buffer, until: number): boolean {
    const delimiter0 = this.#delimiter0
    let { at } = this
    while (at < until) {
      const byte = bytes[at] as number
      if (byte === delimiter0 || byte === QUOTE || byte === LF || byte === CR) break
      at++
    }
    if (at > this.at && this.#state === "cell") this.#state = "plain"
    this.at = at
    return at < until
  }

  #step(bytes: Buffer, end: number): void {
    const byte = bytes[this.at] as number
    if (byte === this.#delimiter0 && this.#isDelimiterAt(bytes, end)) {
      this.at += this.#delimiter.length
      if (this.#state !== "broken") this.#state = "cell"
      return
    }
    if (byte === QUOTE) this.#quote()
    else if (this.#state === "closed") this.#state = "broken"
    else if (this.#state === "cell") this.#state = "plain"
    this.at++
  }

  #quote(): void {
    this.#hasQuotes = true
    if (this.#state === "cell") {
      this.#state = "quoted"
      this.quoteAt = this.at
    } else if (this.#state === "closed") this.#state = "quoted"
    else this.#state = "broken"
  }

  #isDelimiterAt(bytes: Buffer, end: number): boolean {
    const { length } = this.#delimiter
    if (this.at + length > end) return false
    for (let i = 1; i < length; i++) if (bytes[this.at + i] !== this.#delimiter[i]) return false
    return true
  }

  #lineEndAt(bytes: Buffer, at: number, end: number): number {
    const byte = bytes[at]
    if (byte !== LF && byte !== CR) return 0
    if (this.#lineEnd === undefined)
      this.#lineEnd = this.#discovered(byte, at + 1 < end ? bytes[at + 1] : undefined)
    if (this.#lineEnd === undefined || byte !== this.#lineEnd[0]) return 0
    const { length } = this.#lineEnd
    return length === 1 || bytes[at + 1] === this.#lineEnd[1] ? length : 0
  }

  #discovered(byte: number, next: number | undefined): Uint8Array | undefined {
    const isDelimiter = (one: number) => this.#delimiter.length === 1 && this.#delimiter0 === one
    if (byte === CR && !isDelimiter(CR)) return Buffer.from(next === LF ? "\r\n" : "\r")
    return byte === LF && !isDelimiter(LF) ? Buffer.from("\n") : undefined
  }

  #finish(end: number, width: number): Row {
    const row = {
      start: this.rowStart,
      end,
      isBroken: this.#state === "broken",
      hasQuotes: this.#hasQuotes
    }
    this.#hasQuotes = false
    this.at = end + width
    this.rowStart = this.at
    this.#state = "cell"
    return row
  }
}
