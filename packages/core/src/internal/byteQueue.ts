/** Bytes that arrive in chunks and are read in ranges. Chunks are joined only where a range spans them, each byte once. */
export class ByteQueue {
  #head: Buffer = Buffer.alloc(0)
  #rest: Array<Buffer> = []
  #restBytes = 0
  /** How many bytes after the start were searched in vain, and for what. */
  #searched = 0
  #chunksSearched = 0
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
    this.#join(length)
    return this.#head.subarray(0, length)
  }

  take(length: number): Buffer {
    const taken = this.peek(length)
    this.drop(taken.length)
    return taken
  }

  drop(length: number): void {
    this.#searched = 0
    this.#chunksSearched = 0
    if (length > this.#head.length) this.#join(length)
    this.#head = this.#head.subarray(length)
    this.offset += length
  }
}
