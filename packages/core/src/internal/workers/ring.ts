// Memory that a thread that reads shares with the one that writes. What is put there is taken in the same order, so
// nothing is allocated for a batch: memory outside the heap makes V8 collect garbage all the time.
import type { Step, Taken } from "../sinks/taken.ts"

/** A range of the ring. */
export interface Range {
  readonly at: number
  readonly length: number
}

/** A result whose bytes are in the ring, as far as they fit. */
export interface Packed extends Omit<Taken, "steps"> {
  readonly steps: ReadonlyArray<Exclude<Step, { readonly additions: unknown }> | PackedStep>
}

/** The side that puts. */
export class Ring {
  readonly shared: SharedArrayBuffer
  readonly #bytes: Uint8Array
  /** Bytes put and freed since the start, with those that were passed over at the end of a lap. */
  #put = 0
  #freed = 0

  constructor(size: number) {
    this.shared = new SharedArrayBuffer(size)
    this.#bytes = new Uint8Array(this.shared)
  }

  /** What `free` is called with once everything up to here has been taken. */
  get end(): number {
    return this.#put
  }

  free(end: number): void {
    this.#freed = end
  }

  /** Moves the bytes of a result here; what does not fit is copied. */
  pack(taken: Taken): Packed {
    return {
      ...taken,
      steps: taken.steps.map((step) =>
        "additions" in step
          ? {
              ...step,
              additions: step.additions.map((addition) => ({
                ...addition,
                blocks: addition.blocks.map((block) => this.#copy(block) ?? copyOf(block))
              }))
            }
          : step
      )
    }
  }

  #copy(block: Uint8Array): Range | undefined {
    const size = this.#bytes.length
    const at = this.#put % size
    const skipped = at + block.length > size ? size - at : 0
    if (this.#put + skipped + block.length - this.#freed > size || block.length > size) return undefined
    this.#put += skipped
    const range = { at: this.#put % size, length: block.length }
    this.#bytes.set(block, range.at)
    this.#put += block.length
    return range
  }
}

/** The result with its bytes, which are valid until the ring is freed. */
export const unpack = (bytes: Uint8Array, packed: Packed): Taken => ({
  ...packed,
  steps: packed.steps.map((step) =>
    "additions" in step
      ? {
          ...step,
          additions: step.additions.map((addition) => ({
            ...addition,
            blocks: addition.blocks.map((block) =>
              block instanceof Uint8Array ? block : bytes.subarray(block.at, block.at + block.length)
            )
          }))
        }
      : step
  )
})

// internal

type AdditionsStep = Extract<Step, { readonly additions: unknown }>
type PackedStep = Omit<AdditionsStep, "additions"> & {
  readonly additions: ReadonlyArray<
    Omit<AdditionsStep["additions"][number], "blocks"> & {
      readonly blocks: ReadonlyArray<Uint8Array | Range>
    }
  >
}

/** Only the part of a block that is used, because the whole of its memory would be copied to the other thread. */
const copyOf = (block: Uint8Array): Uint8Array => new Uint8Array(block)
