/** The size of a block, unless many files grow together: a megabyte, and space for a batch when it is nearly full. */
export const BLOCK_BYTES = (1 << 20) + (64 << 10)

/**
 * Reuses written blocks for any file: memory outside the heap would accumulate until
 * the next garbage collection.
 */
export class Spare {
  readonly #blocks: Array<Buffer> = []

  get(size: number): Buffer {
    return (size === BLOCK_BYTES ? this.#blocks.pop() : undefined) ?? Buffer.allocUnsafeSlow(size)
  }

  /** Takes back a block from `Blocks` that is no longer read. */
  put({ buffer }: Uint8Array): void {
    if (buffer.byteLength === BLOCK_BYTES && this.#blocks.length < MOST_SPARE) {
      this.#blocks.push(Buffer.from(buffer))
    }
  }
}

/** Buffers text and bytes for a file, in blocks of a given size. */
export class Blocks {
  readonly #size: number
  readonly #spare: Spare
  #block: Buffer | undefined
  #used = 0
  readonly #full: Array<Uint8Array> = []
  #fullBytes = 0

  constructor(size: number, spare: Spare) {
    this.#size = size
    this.#spare = spare
  }

  /** Bytes in full blocks. */
  get fullBytes(): number {
    return this.#fullBytes
  }

  /** Adds a text and a line feed. Returns the number of bytes added. */
  addLine(text: string): number {
    // UTF-8 takes at most three bytes for a UTF-16 unit; an exact count would mean encoding twice.
    const most = text.length * 3 + 1
    // The text and the line feed are not concatenated, because that would copy a long text once more.
    if (most > this.#size) return this.#addLong(text, 1)
    const block = this.#reserve(most)
    const bytes = block.write(text, this.#used)
    this.#used += bytes
    block[this.#used++] = LINE_FEED
    return bytes + 1
  }

  /** Adds a text, or copies bytes. Returns the number of bytes added. */
  add(content: string | Uint8Array): number {
    if (content.length === 0) return 0
    if (typeof content === "string") {
      if (content.length * 3 > this.#size) return this.#addLong(content, 0)
      const bytes = this.#reserve(content.length * 3).write(content, this.#used)
      this.#used += bytes
      return bytes
    }
    if (content.length > this.#size) {
      this.#close()
      // Not `slice`, which does not copy a `Buffer`.
      this.#push(new Uint8Array(content))
    } else {
      this.#reserve(content.length).set(content, this.#used)
      this.#used += content.length
    }
    return content.length
  }

  /** Returns and removes the full blocks, and with `all` the one that is being filled. */
  take(all: boolean): ReadonlyArray<Uint8Array> {
    if (all) this.#close()
    this.#fullBytes = 0
    return this.#full.splice(0)
  }

  #addLong(text: string, lineFeeds: 0 | 1): number {
    this.#close()
    const block = Buffer.allocUnsafeSlow(Buffer.byteLength(text) + lineFeeds)
    const bytes = block.write(text)
    if (lineFeeds === 1) block[bytes] = LINE_FEED
    this.#push(block)
    return block.length
  }

  #reserve(bytes: number): Buffer {
    if (this.#block !== undefined && this.#used + bytes > this.#block.length) this.#close()
    return (this.#block ??= this.#spare.get(this.#size))
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

const LINE_FEED = 10
const MOST_SPARE = 4
