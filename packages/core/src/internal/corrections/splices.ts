// Puts other bytes in place of some of a file, as it is read.

export interface Splice {
  readonly from: number
  readonly to: number
  /** Gives what comes in place of the bytes; `undefined` when they stay. */
  readonly replace: (bytes: Buffer) => Uint8Array | undefined
  /** What comes there does not depend on what was there, which is not held in memory then. */
  readonly isBlind: boolean
}

interface Done {
  readonly from: number
  readonly to: number
  /** Where what came in its place begins and ends. */
  readonly start: number
  readonly end: number
}

/** Give it the bytes of the file from the first on, in pieces, and read what it gives. */
export class Splices {
  readonly #splices: ReadonlyArray<Splice>
  readonly #done: Array<Done> = []
  #held: Array<Buffer> = []
  #offset = 0

  /** They must not overlap. */
  constructor(splices: ReadonlyArray<Splice>) {
    this.#splices = splices.toSorted((a, b) => a.from - b.from)
  }

  /** The pieces are views of the one that is given, or new. */
  take(piece: Uint8Array): ReadonlyArray<Uint8Array> {
    const given: Array<Uint8Array> = []
    for (let at = 0; at < piece.length;) {
      const next = this.#splices[this.#done.length]
      const isBefore = next === undefined || this.#offset < next.from
      const end = next === undefined ? Number.POSITIVE_INFINITY : isBefore ? next.from : next.to
      const part = piece.subarray(at, Math.min(piece.length, at + end - this.#offset))
      at += part.length
      this.#offset += part.length
      if (next === undefined || isBefore) given.push(part)
      else {
        if (!next.isBlind) this.#held.push(Buffer.from(part))
        if (this.#offset === next.to) given.push(this.#replace(next))
      }
    }
    return given
  }

  /** What is left when the file ends before it should. */
  end(): ReadonlyArray<Uint8Array> {
    const left = this.#held
    this.#held = []
    return left
  }

  /** Where in the file a byte is of what has been given; of what came in place of others, where those began. */
  readonly inInput = (offset: number): number => {
    const last = this.#done.findLast(({ start }) => start <= offset)
    if (last === undefined) return offset
    const { end, from, to } = last
    return offset < end ? from : to + offset - end
  }

  #replace({ from, replace, to }: Splice): Uint8Array {
    const before = Buffer.concat(this.#held)
    this.#held = []
    const bytes = replace(before) ?? before
    const last = this.#done.at(-1)
    const start = last === undefined ? from : last.end + from - last.to
    this.#done.push({ from, to, start, end: start + bytes.length })
    return bytes
  }
}
