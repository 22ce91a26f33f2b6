/** Bytes that arrive in chunks and are read in ranges. Chunks are joined only if a range spans them. */
export class ByteQueue {
  #head: Buffer = Buffer.alloc(0)
  #rest: Array<Buffer> = []
  #restBytes = 0
  // The number of bytes that `indexOf` has searched without a match; the last of them is in the chunk before
  // `#nextChunk`.
  #searched = 0
  #nextChunk = 0
  /** The offset of the queue's first byte in the whole input. */
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

  /** At most the first `length` bytes. */
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

  /** The index of the first occurrence of a byte, or -1. Searched bytes are not searched again, so always search for the same byte. */
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
