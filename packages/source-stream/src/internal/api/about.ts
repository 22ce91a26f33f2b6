// What an error of Stream says of the things that were asked for. Its own words may quote ids and are not kept.

/** `missing`: one of them does not exist. `too much`: one of them is over the limit of an export. */
export type About = "missing" | "too much"

/** What the words say. */
export const aboutWords = (words: string): About | undefined =>
  /can'?t find|cannot find|not found|does ?n[o']t exist|do not exist/iu.test(words)
    ? "missing"
    : /10[,.]?000|too many (?:messages|reactions)|more than \d+ (?:messages|reactions)/iu.test(words)
      ? "too much"
      : undefined

/** Only of codes that speak of what was asked for, not of a key or an address. */
export const aboutOf = (code: number | null, words: string): About | undefined => {
  if (code === NOT_FOUND) return "missing"
  return code === INVALID ? aboutWords(words) : undefined
}

// internal

const INVALID = 4
const NOT_FOUND = 16
