// What writers add to pieces and rows in a thread that reads, kept until it is sent to the thread that writes.
import type { Rejected } from "../../Rejected.ts"
import { BLOCK_BYTES, Blocks, Spare } from "./blocks.ts"
import { Fault } from "./fault.ts"
import type { Addition } from "./taken.ts"

/** Stands for the files of a sink. Only what depends on nothing else can be captured. */
export class Captured {
  readonly #files = new Map<string, { readonly blocks: Blocks; records: number }>()
  readonly #spare = new Spare()
  #rejected: Array<Rejected> = []

  append(key: string, content: string | Uint8Array, records: number): number {
    const file = this.#of(key)
    file.records += records
    return file.blocks.add(content)
  }

  line(key: string, text: string): void {
    const file = this.#of(key)
    file.records++
    file.blocks.addLine(text)
  }

  reject(rejected: ReadonlyArray<Rejected>): void {
    for (const one of rejected) this.#rejected.push(one)
  }

  /** Returns and removes all of it, or `undefined` if there is nothing. The blocks are valid until `reuse` is called with them. */
  take():
    | { readonly additions: ReadonlyArray<Addition>; readonly rejected: ReadonlyArray<Rejected> }
    | undefined {
    const additions: Array<Addition> = []
    for (const [key, file] of this.#files) {
      const blocks = file.blocks.take(true)
      if (blocks.length > 0 || file.records > 0) additions.push({ key, blocks, records: file.records })
      file.records = 0
    }
    const rejected = this.#rejected
    this.#rejected = []
    return additions.length === 0 && rejected.length === 0 ? undefined : { additions, rejected }
  }

  reuse(additions: ReadonlyArray<Addition>): void {
    for (const { blocks } of additions) for (const block of blocks) this.#spare.put(block)
  }

  #of(key: string) {
    let file = this.#files.get(key)
    if (file === undefined) {
      file = { blocks: new Blocks(BLOCK_BYTES, this.#spare), records: 0 }
      this.#files.set(key, file)
    }
    return file
  }
}

/** Fails for what a writer cannot do where records are only read. */
export const unavailable = (): never => {
  throw new Fault("a writer that several threads may open closes, renames or discards a piece")
}
