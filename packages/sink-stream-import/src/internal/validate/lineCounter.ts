const LINE_FEED = 10

/** Counts line feeds in a stream of chunks, up to offsets that never decrease. */
export class LineCounter {
  readonly #chunks: Array<Uint8Array> = []
  /** Offset of the first byte of the first chunk. */
  #offset = 0
  /** The offset up to which lines were counted, and the line there. */
  #counted = 0
  #line = 1

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
  }

  /** The number of the line that an offset is in. */
  lineAt(offset: number): number {
    for (
      let chunk = this.#chunks[0];
      chunk !== undefined && this.#counted < offset;
      chunk = this.#chunks[0]
    ) {
      const end = this.#offset + chunk.length
      const to = Math.min(offset, end)
      this.#line += lineFeeds(chunk, this.#counted - this.#offset, to - this.#offset)
      this.#counted = to
      if (to < end) break
      this.#chunks.shift()
      release(chunk)
      this.#offset = end
    }
    return this.#line
  }

  /** The byte at an offset, past which no lines have been counted yet. */
  byteAt(offset: number): number | undefined {
    let start = this.#offset
    for (const chunk of this.#chunks) {
      if (offset < start + chunk.length) return chunk[offset - start]
      start += chunk.length
    }
    return undefined
  }
}

// internal

/** Releases the memory of a chunk at once unless it is shared. Otherwise, memory outside the heap piles up until a collection. */
const release = ({ buffer, length }: Uint8Array): void => {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length) buffer.transfer(0)
}

/**
 * Counts line feeds. indexOf finds them in long lines; after a short line, as in
 * indented JSON, the next bytes are scanned one by one.
 */
const lineFeeds = (bytes: Uint8Array, from: number, to: number): number => {
  let count = 0
  let at = from
  while (at < to) {
    const next = bytes.indexOf(LINE_FEED, at)
    if (next < 0 || next >= to) return count
    count++
    const isShort = next - at < 64
    at = next + 1
    if (!isShort) continue
    for (const end = Math.min(to, at + 4096); at < end; at++) if (bytes[at] === LINE_FEED) count++
  }
  return count
}
