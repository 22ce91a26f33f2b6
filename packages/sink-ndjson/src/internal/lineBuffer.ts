/** Lines on their way to a file, in blocks of about a megabyte. */
export class LineBuffer {
  #block: Buffer | undefined
  #used = 0
  readonly #full: Array<Uint8Array> = []
  #fullBytes = 0

  /** Bytes in blocks that are full. */
  get fullBytes(): number {
    return this.#fullBytes
  }

  /** Adds a text and a line feed. */
  add(text: string): void {
    // UTF-8 takes at most three bytes for a UTF-16 unit; counting exactly would mean encoding twice.
    const most = text.length * 3 + 1
    if (this.#block !== undefined && this.#used + most > this.#block.length) this.#close()
    if (most > BLOCK) {
      // Not the text and a line feed joined: that would copy a long text once more.
      const block = Buffer.allocUnsafeSlow(Buffer.byteLength(text) + 1)
      block[block.write(text)] = LINE_FEED
      this.#push(block)
      return
    }
    this.#block ??= Buffer.allocUnsafeSlow(BLOCK)
    this.#used += this.#block.write(text, this.#used)
    this.#block[this.#used++] = LINE_FEED
  }

  /** Gives the full blocks away, and with `all` the one that is being filled. */
  take(all: boolean): ReadonlyArray<Uint8Array> {
    if (all) this.#close()
    this.#fullBytes = 0
    return this.#full.splice(0)
  }

  #close(): void {
    if (this.#block !== undefined && this.#used > 0) this.#push(this.#block.subarray(0, this.#used))
    this.#block = undefined
    this.#used = 0
  }

  #push(block: Uint8Array): void {
    this.#full.push(block)
    this.#fullBytes += block.length
  }
}

const BLOCK = (1 << 20) + (64 << 10)
const LINE_FEED = 10
