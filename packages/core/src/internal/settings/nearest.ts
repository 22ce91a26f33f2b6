/** The name that was probably meant, if one is close enough to the written name. */
export const nearest = (written: string, names: ReadonlyArray<string>): string | undefined => {
  if (written.length > LONGEST) return undefined
  const most = Math.max(1, Math.floor(written.length / 3))
  let best: string | undefined
  let least = most + 1
  for (const name of names) {
    const edits = distance(written.toLowerCase(), name.toLowerCase(), least)
    if (edits < least) [best, least] = [name, edits]
  }
  return best
}

// internal

const LONGEST = 100

/** The number of letters to add, remove, replace or swap with their neighbours, but at most `limit`. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let before: ReadonlyArray<number> = []
  let row: ReadonlyArray<number> = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      next[j] = Math.min(
        at(row, j) + 1,
        at(next, j - 1) + 1,
        at(row, j - 1) + (isSame ? 0 : 1),
        isSwap ? at(before, j - 2) + 1 : limit
      )
    }
    before = row
    row = next
  }
  return Math.min(limit, at(row, b.length))
}

const at = (row: ReadonlyArray<number>, index: number): number => row[index] ?? 0
