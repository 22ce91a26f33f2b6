// What the table says of a name as it stands in an address. Few names come again and again.
import { isSecret, nameOf } from "./table.ts"

export interface Names {
  /** As the table has them: `a[b]` is two. */
  readonly all: ReadonlyArray<string>
  readonly isSecret: boolean
}

/** `isBrief`: the address is short, so that one that the name is a part of may stay in memory. */
export const namesOf = (raw: string, isBrief: boolean): Names => {
  const known = cache.get(raw)
  if (known !== undefined) return known
  const all = decoded(raw, MOST_LEVELS).split(BRACKETS).map(nameOf)
  const names = { all, isSecret: all.some(isSecret) }
  if (isBrief && cache.size < MOST_KNOWN) cache.set(raw, names)
  return names
}

/** Text after so many rounds of decoding; what is not an escape stays. */
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
/** Left out by whatever reads an address. */
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
