import { contentEnd } from "./scan.ts"
import type { JsonWindow } from "./window.ts"

/** A value at the start of a window that is skipped without being held in memory. */
export class Skip {
  readonly #window: JsonWindow
  /** Offset of its first byte in the document. */
  readonly from: number
  /** End of its bytes so far, without trailing whitespace. */
  to: number

  constructor(window: JsonWindow) {
    this.#window = window
    this.from = window.offset(window.start)
    this.to = this.from
  }

  /** Skips its bytes in the window, up to an index. */
  over(end: number): void {
    const window = this.#window
    const last = contentEnd(window.bytes, window.start, end)
    if (last > window.start) this.to = window.offset(last)
    window.start = end
  }
}
