/**
 * The part of a file that has been read, as a checksum up to the reader's exact
 * position.
 *
 * A position contains it, so the next run can read these bytes again and detect that
 * they have changed, while the bytes after them may be fixed. It is CRC-32, which
 * detects accidents and edits, but not deliberate forgery. It costs a few percent of
 * parsing.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { crc32 } from "../internal/files/crc32.ts"

/**
 * Push all bytes as they arrive, and ask for the checksum at the reader's position.
 * Bytes are kept until the reader has passed them, and must not be changed before.
 *
 * @category models
 * @since 0.1.0
 */
export class Passage {
  readonly #mostKept: number
  #pieces: Array<Uint8Array> = []
  #kept = 0
  #offset = 0
  #checksum = 0

  /**
   * `largest`: the most bytes read at once, such as the size of a record. The reader is
   * never further behind than that, so only this much is kept, plus 4 MiB.
   */
  constructor(largest: number) {
    this.#mostKept = largest + SPARE
  }

  readonly push = (piece: Uint8Array): void => {
    this.#pieces.push(piece)
    this.#kept += piece.length
    if (this.#kept > this.#mostKept) this.upTo(this.#offset + this.#kept - this.#mostKept)
  }

  /** The checksum of all bytes before `offset`, which must have been pushed. `offset` must not decrease. */
  readonly upTo = (offset: number): number => {
    if (offset < this.#offset) throw new RangeError("the reader is further behind than allowed")
    while (this.#offset < offset) {
      const piece = this.#pieces[0]
      if (piece === undefined) throw new RangeError("the reader is ahead of the pushed bytes")
      const left = offset - this.#offset
      const passed = piece.length <= left ? piece : piece.subarray(0, left)
      if (passed === piece) this.#pieces.shift()
      else this.#pieces[0] = piece.subarray(left)
      this.#checksum = crc32(passed, this.#checksum)
      this.#offset += passed.length
      this.#kept -= passed.length
    }
    return this.#checksum
  }

  /** The checksum of all pushed bytes, and their number. */
  readonly end = (): { readonly offset: number; readonly checksum: number } => {
    const offset = this.#offset + this.#kept
    return { offset, checksum: this.upTo(offset) }
  }
}

// internal

/** Bytes that a reader has received, or that were inspected to recognise the format, but that have not been read yet. */
const SPARE = 4 << 20
