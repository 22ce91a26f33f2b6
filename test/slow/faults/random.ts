/** Numbers that are the same for the same seed on any machine (mulberry32). */
export interface Random {
  /** At least 0 and below `end`. */
  readonly below: (end: number) => number
  readonly pick: <A>(of: ReadonlyArray<A>) => A
  readonly chance: (share: number) => boolean
}

export const random = (...seeds: ReadonlyArray<number>): Random => {
  let state = seeds.reduce((sum, seed) => Math.imul(sum ^ seed, 0x9e37_79b1) ^ (sum >>> 15), 0x2545_f491)
  const next = () => {
    state = (state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (end: number) => Math.floor(next() * end)
  return {
    below,
    pick: (of) => {
      if (of.length === 0) throw new Error("there is nothing to pick from")
      return of[below(of.length)] as never
    },
    chance: (share) => next() < share
  }
}
