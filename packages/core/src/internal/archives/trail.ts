// Tells whether what has been read of an archive is still the same.
import type { Archive } from "./archive.ts"
import { crc32 } from "./zlib.ts"

export class Trail {
  readonly #archive: Archive
  #passed = 0
  #value = 0

  constructor(archive: Archive) {
    this.#archive = archive
  }

  /** A word for all entries before `index`, and for the beginning of that one if it has been begun. Goes forward only. */
  upTo(index: number, isBegun: boolean): string {
    const { entries } = this.#archive
    for (; this.#passed < Math.min(index, entries.length); this.#passed++) {
      const entry = entries[this.#passed]
      this.#value = crc32(Buffer.from(`${entry?.name}\n${entry?.print}\n`), this.#value)
    }
    const begun = entries[index]
    const value =
      isBegun && begun !== undefined ? crc32(Buffer.from(begun.headPrint), this.#value) : this.#value
    return value.toString(16)
  }
}
