// The current file among the files of an archive and of archives inside it.
import * as Archives from "../../files/Archives.ts"
import { shareBefore } from "../archives/weights.ts"

interface Level {
  readonly archive: Archives.Archive
  /** The index after the last entry to read. */
  readonly end: number
  index: number
}

/** The index and name of the entry at each level. */
export type Steps = ReadonlyArray<readonly [index: number, name: string]>

export class Cursor {
  readonly #levels: Array<Level>

  /** `end` is the index after the last entry to read. */
  constructor(archive: Archives.Archive, index: number, end: number) {
    this.#levels = [{ archive, index, end }]
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
    while (this.#levels.length > 1 && this.index >= this.#top.end) {
      this.#levels.pop()
      this.#top.index++
    }
    return entryIn(this.#top)
  }

  /** Whether the index is behind the entries to read. */
  get isBehind(): boolean {
    return this.index > this.#top.end
  }

  advance(): void {
    this.#top.index++
  }

  /** Enters the current entry, which is an archive itself. */
  enter(archive: Archives.Archive, index: number): void {
    this.#levels.push({ archive, index, end: archive.entries.length })
  }

  steps(): Steps {
    return this.#levels.map((level) => [level.index, entryIn(level)?.name ?? ""] as const)
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
    for (const { archive, index } of this.#levels.toReversed())
      inner = shareBefore(archive.entries, index, inner)
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

const entryIn = ({ archive, end, index }: Level) => (index < end ? archive.entries[index] : undefined)
