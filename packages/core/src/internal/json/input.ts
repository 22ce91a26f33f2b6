import { JsonWindow } from "./window.ts"

const PIECE = 64 << 10

/**
 * The pushed bytes of a document, which are moved into the window in small pieces, so
 * that the window stays small.
 */
export class Input {
  readonly window: JsonWindow
  /** Bytes that are not in the window yet. */
  readonly #chunks: Array<Uint8Array> = []
  #isEnded = false
  #hasTrailing = false

  /** `maxBytes`: the most bytes of a value that the window holds. */
  constructor(offset: number, maxBytes: number) {
    this.window = new JsonWindow(offset, maxBytes + PIECE + 2)
  }

  push(chunk: Uint8Array): void {
    if (!this.#hasTrailing) this.#chunks.push(chunk)
  }

  end(): void {
    this.#isEnded = true
  }

  /** Moves a piece into the window; `false` if there is none. */
  take(): boolean {
    const [chunk] = this.#chunks
    if (chunk === undefined) return false
    if (chunk.length <= PIECE) this.#chunks.shift()
    else this.#chunks[0] = chunk.subarray(PIECE)
    this.window.push(chunk.subarray(0, PIECE))
    return true
  }

  /** Nothing follows the window. */
  get isLast(): boolean {
    return this.#isEnded && this.#chunks.length === 0
  }

  /** The document has ended before the window's first byte: bytes pushed from now on are ignored. */
  closeDocument(): void {
    this.#hasTrailing = true
  }

  get hasTrailing(): boolean {
    return this.#hasTrailing
  }

  /** The data after the document: its offset, and its bytes pushed so far. */
  get trailing(): { readonly offset: number; readonly chunks: ReadonlyArray<Uint8Array> } | undefined {
    if (!this.#hasTrailing) return undefined
    const { bytes, end, start } = this.window
    return { offset: this.window.offset(start), chunks: [bytes.subarray(start, end), ...this.#chunks] }
  }
}
