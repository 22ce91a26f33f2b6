// Replaces some bytes of a file while it is read.

export interface Splice {
  readonly from: number
  readonly to: number
  /** Returns the replacement of the bytes; `undefined` if they stay unchanged. */
  readonly replace: (bytes: Uint8Array) => Uint8Array | undefined
  /** The replacement does not depend on the old bytes, so these are not held in memory. */
  readonly isBlind: boolean
}

interface Done {
  readonly from: number
  readonly to: number
  /** The start and end of the replacement. */
  readonly start: number
  readonly end: number
}

/** Takes the bytes of the file in pieces, from the first byte on, and returns the changed bytes. */
export class Splices {
  readonly #splices: ReadonlyArray<Splice>
  readonly #done: Array<Done> = []
  #held: Array<Buffer> = []
  #offset = 0

  /** Splices must not overlap. */
  constructor(splices: ReadonlyArray<Splice>) {
    this.#splices = splices.toSorted((a, b) => a.from - b.from)
  }

  /** The returned pieces are new, or views of the given one. */
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

  /** The held bytes, if the file ends inside a splice. */
  end(): ReadonlyArray<Uint8Array> {
    const left = this.#held
    this.#held = []
    return left
  }

  /** Maps an offset in the output to the file. An offset in a replacement maps to the start of the replaced bytes. */
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
