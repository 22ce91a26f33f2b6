// How often a file is worth another attempt.

export interface Effort {
  /**
   * Takes in an attempt that did not bring the whole file, and how much of the
   * file there was before it and after it. Gives how many have failed in a row,
   * or `undefined` when there is to be no other one.
   */
  readonly failed: (before: number, after: number) => number | undefined
  /** An address was refused, which says nothing of the file. `false` when there is to be no other attempt. */
  readonly refused: () => boolean
  /** Attempts so far. */
  readonly made: () => number
}

/**
 * An attempt that gets further than all before it is worth as many more as the
 * first one; but a file that comes in crumbs is not worth any number of them.
 */
export const make = (attempts: number): Effort => {
  let made = 0
  let inARow = 0
  let furthest = 0
  const isSpent = () => made >= attempts * MOST_ROUNDS + Math.floor(furthest / CRUMB)
  return {
    failed: (before, after) => {
      made++
      inARow = after > Math.max(furthest, before) ? 1 : inARow + 1
      furthest = Math.max(furthest, before, after)
      return inARow >= attempts || isSpent() ? undefined : inARow
    },
    refused: () => {
      made++
      return !isSpent()
    },
    made: () => made
  }
}

// internal

const MOST_ROUNDS = 8
/** An attempt that brings so many bytes costs nothing. */
const CRUMB = 1 << 20
