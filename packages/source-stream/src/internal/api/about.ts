// Interprets what an error of Stream says about the requested items. Its text may quote ids and is not kept.

/** `missing`: an item does not exist. `too much`: an item is over the limit of an export. */
export type About = "missing" | "too much"

/** Interprets the text of an error. */
export const aboutWords = (words: string): About | undefined =>
  /can'?t find|cannot find|not found|does ?n[o']t exist|do not exist/iu.test(words)
    ? "missing"
    : /10[,.]?000|too many (?:messages|reactions)|more than \d+ (?:messages|reactions)/iu.test(words)
      ? "too much"
      : undefined

/** Interprets an error with a code that concerns the requested items, not a key or an address. */
export const aboutOf = (code: number | null, words: string): About | undefined => {
  if (code === NOT_FOUND) return "missing"
  return code === INVALID ? aboutWords(words) : undefined
}

// internal

const INVALID = 4
const NOT_FOUND = 16
