/**
 * What has been read of a file, as a checksum up to exactly the byte where
 * reading stands.
 *
 * A position that holds it finds out in the next run that bytes which had been
 * read are others now, by reading them once more, and lets those that come after
 * be fixed. It is CRC-32: for accidents and edits, not against somebody who
 * wants to deceive. It costs some hundredths of what parsing costs.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { crc32 } from "../internal/files/crc32.ts"

/**
 * Give it all bytes as they come, and ask it where reading stands. Bytes are kept
 * until reading has passed them, and must not be changed until then.
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
   * `largest`: of what is read at once, such as a record, in bytes. Reading does
   * not stand further back than that, so no more is kept, and 4 MiB.
   */
  constructor(largest: number) {
    this.#mostKept = largest + SPARE
  }

  readonly push = (piece: Uint8Array): void => {
    this.#pieces.push(piece)
    this.#kept += piece.length
    if (this.#kept > this.#mostKept) this.upTo(this.#offset + this.#kept - this.#mostKept)
  }

  /** The checksum of all bytes before `offset`, which have been pushed; goes forward only. */
  readonly upTo = (offset: number): number => {
    if (offset < this.#offset) throw new RangeError("reading stands further back than it may")
    while (this.#offset < offset) {
      const piece = this.#pieces[0]
      if (piece === undefined) throw new RangeError("reading stands behind what has been read")
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

  /** The checksum of all that has been pushed, and how much that is. */
  readonly end = (): { readonly offset: number; readonly checksum: number } => {
    const offset = this.#offset + this.#kept
    return { offset, checksum: this.upTo(offset) }
  }
}

// internal

/** What has been given to a reader, or looked at to tell what it is, and not yet been read. */
const SPARE = 4 << 20
