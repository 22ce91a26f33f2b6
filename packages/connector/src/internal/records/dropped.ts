// Counts the values of records that are left out on purpose.
import type { BatchBuilder } from "@chatferry/core/run"
import type { Raw } from "./field.ts"
import type { Shape } from "./shape.ts"

interface Counters {
  readonly shape: Shape
  readonly counters: ReadonlyArray<BatchBuilder.Counter>
}

export class Dropped {
  readonly #out: BatchBuilder.BatchBuilder
  readonly #isBlank: (value: unknown) => boolean
  /** By index of the shape. */
  readonly #counters: Array<Counters | undefined> = []

  constructor(out: BatchBuilder.BatchBuilder, isBlank: (value: unknown) => boolean) {
    this.#out = out
    this.#isBlank = isBlank
  }

  /** Counts dropped fields and secrets that are not blank. */
  count(shape: Shape, raw: Raw): void {
    const { dropped } = shape
    if (dropped.length === 0) return
    const known = this.#counters[shape.index]
    // An index may be reused for another shape when shapes are forgotten.
    const { counters } = known !== undefined && known.shape === shape ? known : this.#make(shape)
    for (let i = 0; i < dropped.length; i++) {
      const { name } = dropped[i] as Shape["dropped"][number]
      if (!this.#isBlank(raw[name])) (counters[i] as BatchBuilder.Counter).count++
    }
  }

  #make(shape: Shape): Counters {
    const counters = { shape, counters: shape.dropped.map(({ code }) => this.#out.counter(code)) }
    this.#counters[shape.index] = counters
    return counters
  }
}
