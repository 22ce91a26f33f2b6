// Decides whether a download is worth another attempt.

export interface Effort {
  /**
   * Records an attempt that did not complete the file, with the size of the file
   * before and after it. Returns how many attempts have failed in a row, or
   * `undefined` when no other attempt may be made.
   */
  readonly failed: (before: number, after: number) => number | undefined
  /** Records a rejected address, which says nothing about the file. Returns `false` when no other attempt may be made. */
  readonly rejected: () => boolean
  /** The number of attempts so far. */
  readonly made: () => number
}

/**
 * An attempt that gets further than all before it starts the count of failures
 * again, but a download in tiny steps does not continue without end.
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
    rejected: () => {
      made++
      return !isSpent()
    },
    made: () => made
  }
}

// internal

const MOST_ROUNDS = 8
/** An attempt does not count for each of these many bytes that have arrived. */
const CRUMB = 1 << 20
