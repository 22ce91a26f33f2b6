// Looks up the name of a parameter in the table, with a cache, because few different names occur.
import { isSecret, nameOf } from "./table.ts"

export interface Names {
  /** Names in the form of the table: `a[b]` is two names. */
  readonly all: ReadonlyArray<string>
  readonly isSecret: boolean
}

/** `isBrief`: the URL is short, so it may stay in memory with the name, which is a part of it. */
export const namesOf = (raw: string, isBrief: boolean): Names => {
  const known = cache.get(raw)
  if (known !== undefined) return known
  const all = decoded(raw, MOST_LEVELS).split(BRACKETS).map(nameOf)
  const names = { all, isSecret: all.some(isSecret) }
  if (isBrief && cache.size < MOST_KNOWN) cache.set(raw, names)
  return names
}

/** Decodes text up to `rounds` times; text that is not an escape is kept. */
export const decoded = (text: string, rounds: number): string => {
  let left = text.replaceAll(BREAKS, "")
  for (let round = 0; round < rounds && left.includes("%"); round++) {
    const next = decodedOnce(left)
    if (next === left) break
    left = next
  }
  return left
}

// internal

const cache = new Map<string, Names>()
const MOST_KNOWN = 256
const MOST_LEVELS = 10
const BRACKETS = /[[\]]+/u
/** URL parsers ignore these characters. */
const BREAKS = /[\t\n\r]/gu

const decodedOnce = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text.replaceAll(/%[0-7][\da-f]/giu, (escape) =>
      String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    )
  }
}
