/** Bytes that arrive in chunks and are read in ranges. Chunks are joined only where a range spans them. */
export class ByteQueue {
  #head: Buffer = Buffer.alloc(0)
  #rest: Array<Buffer> = []
  #restBytes = 0
  // What `indexOf` found nothing in: so many bytes, the last of them in the chunk before `#nextChunk`.
  #searched = 0
  #nextChunk = 0
  /** Where the first byte of the queue is in the whole. */
  offset: number

  constructor(offset: number) {
    this.offset = offset
  }

  get length(): number {
    return this.#head.length + this.#restBytes
  }

  push(chunk: Uint8Array): void {
    this.#rest.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    this.#restBytes += chunk.length
  }

  /** The first bytes, at most `length`. */
  peek(length: number): Buffer {
    if (length > this.#head.length && this.#rest.length > 0) {
      const [first] = this.#rest
      this.#head =
        this.#head.length === 0 && this.#rest.length === 1 && first !== undefined
          ? first
          : Buffer.concat([this.#head, ...this.#rest], this.length)
      this.#rest = []
      this.#restBytes = 0
      this.#nextChunk = 0
    }
    return this.#head.subarray(0, length)
  }

  take(length: number): Buffer {
    const taken = this.peek(length)
    this.drop(taken.length)
    return taken
  }

  drop(length: number): void {
    this.offset += length
    this.#searched = 0
    this.#nextChunk = 0
    let left = length
    let chunks = 0
    while (left > this.#head.length && chunks < this.#rest.length) {
      left -= this.#head.length
      this.#head = this.#rest[chunks++] as Buffer
      this.#restBytes -= this.#head.length
    }
    if (chunks > 0) this.#rest = this.#rest.slice(chunks)
    this.#head = this.#head.subarray(left)
  }

  /** Where a byte stands first, or -1. Bytes that were searched are not searched again: ask for one byte only. */
  indexOf(byte: number): number {
    if (this.#searched < this.#head.length) {
      const at = this.#head.indexOf(byte, this.#searched)
      if (at >= 0) return at
      this.#searched = this.#head.length
    }
    for (; this.#nextChunk < this.#rest.length; this.#nextChunk++) {
      const chunk = this.#rest[this.#nextChunk] as Buffer
      const at = chunk.indexOf(byte)
      if (at >= 0) return this.#searched + at
      this.#searched += chunk.length
    }
    return -1
  }
}
