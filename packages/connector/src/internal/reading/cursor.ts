// The current file among the files of an archive and of archives inside it.
import * as Archives from "../../files/Archives.ts"

interface Level {
  readonly archive: Archives.Archive
  /** The bytes of all entries before each entry. The last value is the total. */
  readonly before: Float64Array
  index: number
}

/** The index and name of the entry at each level. */
export type Steps = ReadonlyArray<readonly [index: number, name: string]>

export class Cursor {
  readonly #levels: Array<Level>

  constructor(archive: Archives.Archive, index: number) {
    this.#levels = [levelOf(archive, index)]
  }

  get depth(): number {
    return this.#levels.length
  }

  /** The index in the outermost archive. */
  get outer(): number {
    return (this.#levels[0] as Level).index
  }

  get archive(): Archives.Archive {
    return this.#top.archive
  }

  get index(): number {
    return this.#top.index
  }

  /** The entry to read; at the end of an inner archive, the entry after that archive. */
  entry(): Archives.ArchiveEntry | undefined {
    while (this.#levels.length > 1 && this.index >= this.archive.entries.length) {
      this.#levels.pop()
      this.#top.index++
    }
    return this.archive.entries[this.index]
  }

  advance(): void {
    this.#top.index++
  }

  /** Enters the current entry, which is an archive itself. */
  enter(archive: Archives.Archive, index: number): void {
    this.#levels.push(levelOf(archive, index))
  }

  steps(): Steps {
    return this.#levels.map(({ archive, index }) => [index, archive.entries[index]?.name ?? ""] as const)
  }

  /** The index of the entry at each level. */
  numbersOf(): ReadonlyArray<number> {
    return this.#levels.map(({ index }) => index)
  }

  /** The name of the current entry in messages. */
  location(): string {
    return locationOf(this.archive, this.index)
  }

  /** The current entry by numbers, for progress, because names of files may contain ids. */
  numbers(): string {
    return this.#levels
      .map(({ archive, index }) => Archives.numbered(archive, index))
      .filter((text) => text !== "")
      .join(", inside it ")
  }

  /** The share of everything that has been read, 0 to 1, given the `share` of the current entry. */
  progress(share: number): number {
    let inner = share
    for (const { archive, before, index } of this.#levels.toReversed()) {
      const total = before[before.length - 1] as number
      const weight = archive.entries[index]?.weight ?? 0
      inner = total === 0 ? 1 : ((before[index] as number) + inner * weight) / total
    }
    return inner
  }

  get #top(): Level {
    return this.#levels[this.#levels.length - 1] as Level
  }
}

/** The name of an entry in messages. */
export const locationOf = ({ entries, location, separator }: Archives.Archive, index: number): string => {
  const name = entries[index]?.name
  return name === undefined ? location : `${location}${separator}${Archives.shown(name)}`
}

// internal

const levelOf = (archive: Archives.Archive, index: number): Level => {
  const before = new Float64Array(archive.entries.length + 1)
  for (const [i, { weight }] of archive.entries.entries()) before[i + 1] = (before[i] as number) + weight
  return { archive, before, index }
}
