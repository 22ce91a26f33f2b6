// A small random number generator, so that a seed gives the same bytes on every platform and in every version.

/** Random numbers from a seed. */
export interface Random {
  /** At least 0, below 1. */
  readonly next: () => number
  /** An integer of at least 0, below `bound`. */
  readonly below: (bound: number) => number
  readonly chance: (share: number) => boolean
  readonly pick: <A>(values: ReadonlyArray<A>) => A
  /** Lower-case hexadecimal digits. */
  readonly hex: (digits: number) => string
  /** A positive number with this mean; most are small and few are large. */
  readonly exponential: (mean: number) => number
}

/** Mixes integers into one 32-bit seed; any change to any of them changes about half of its bits. */
export const mix = (...parts: ReadonlyArray<number>): number => {
  let h = 0x9e3779b9
  // Parts may be above 2^32 (times, running numbers).
  for (const part of parts)
    h = avalanche(avalanche(h ^ (part | 0)) + Math.floor(part / 4_294_967_296) + 0x6d2b79f5)
  return h >>> 0
}

/** A share from 0 to below 1, determined by these integers. */
export const shareOf = (...parts: ReadonlyArray<number>): number => mix(...parts) / 4_294_967_296

/** Starts the sequence determined by these integers. */
export const random = (...parts: ReadonlyArray<number>): Random => {
  let state = mix(...parts)
  const uint = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
  const next = () => uint() / 4_294_967_296
  const below = (bound: number) => Math.floor(next() * bound)
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick: (values) => values[below(values.length)] as (typeof values)[number],
    hex: (digits) => {
      let text = ""
      while (text.length < digits) text += uint().toString(16).padStart(8, "0")
      return text.slice(0, digits)
    },
    exponential: (mean) => -Math.log(1 - next()) * mean
  }
}

/** These fields, in a share of the cases. */
export const some = (r: Random, share: number, fields: Record<string, unknown>): Record<string, unknown> =>
  r.chance(share) ? fields : {}

// internal

const avalanche = (value: number): number => {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
