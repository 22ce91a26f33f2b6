import { contentEnd } from "./scan.ts"
import type { JsonWindow } from "./window.ts"

/** A value at the start of a window that is passed over without being held. */
export class Skip {
  readonly #window: JsonWindow
  /** Where in the document its first byte is. */
  readonly from: number
  /** Where its last byte so far ends, white space behind it left out. */
  to: number

  constructor(window: JsonWindow) {
    this.#window = window
    this.from = window.offset(window.start)
    this.to = this.from
  }

  /** Passes over what the window holds of it, up to an index. */
  over(end: number): void {
    const window = this.#window
    const last = contentEnd(window.bytes, window.start, end)
    if (last > window.start) this.to = window.offset(last)
    window.start = end
  }
}
