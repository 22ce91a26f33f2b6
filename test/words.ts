/** Words for which the project has others. CONTRIBUTING.md lists them with what to write instead. */

/** What to write instead, by words in lower case: one, or several that follow each other. */
export type Words = ReadonlyMap<string, string>

export interface Finding {
  readonly line: number
  readonly word: string
  readonly instead: string
}

/** Reads the list from the text of CONTRIBUTING.md. */
export const listed = (contributing: string): Words =>
  new Map(
    rowsOf(contributing).flatMap(([not = "", write = ""]) => not.split(", ").map((word) => [word, write]))
  )

/** Finds words of the list in prose and, as parts of names, in code. */
export const find = (text: string, words: Words): ReadonlyArray<Finding> => {
  // Most lines hold nothing like any of them, which this sees much faster.
  const some = new RegExp([...words.keys()].map((word) => word.replaceAll(" ", "[ _-]?")).join("|"), "iu")
  return text.split("\n").flatMap((line, i) => {
    const found = some.test(line) ? wordsIn(line, words) : []
    const all = line.includes(" no ") && NO_ADJECTIVE.test(line) ? [...found, IS_NO] : found
    return all.map(([word, instead]) => ({ line: i + 1, word, instead }))
  })
}

/** The text without literals that are data: those of one word, and JSON. Lines stay what they are. */
export const withoutData = (text: string): string =>
  text.replaceAll(/"[^"\s]*"|'[^'\s]*'|`[^`\s]*`|'[[{][^'\n]*'|`[[{][^`\n]*`/gu, '""')

/** The text without the list itself. */
export const withoutList = (contributing: string): string =>
  contributing
    .split("\n")
    .map((line, i, lines) => (isInTable(lines, i) ? "" : line))
    .join("\n")

// internal

const HEADER = /^\| not +\| write/u

/** "There is no file" is fine. */
const NO_ADJECTIVE =
  /(?<!\b(?:there|what|which|if any) )\b(?:is|are|was|were) no (?!longer|more|less|fewer|better|later|earlier|older|such)[a-z]/iu

const IS_NO = ["is no", "is not a"] as const

const wordsIn = (line: string, words: Words) => {
  const parts = line.split(/[^A-Za-z_ -]+/u).map((part) => ` ${wordsOf(part).join(" ")} `)
  return [...words].filter(([word]) => parts.some((part) => part.includes(` ${word} `)))
}

const wordsOf = (line: string): ReadonlyArray<string> =>
  (line.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/gu) ?? []).map((word) => word.toLowerCase())

const isInTable = (lines: ReadonlyArray<string>, index: number): boolean => {
  let at = index
  while (at >= 0 && lines[at]?.startsWith("|") === true) at--
  return HEADER.test(lines[at + 1] ?? "") && lines[index]?.startsWith("|") === true
}

const rowsOf = (contributing: string): ReadonlyArray<ReadonlyArray<string>> =>
  contributing
    .split("\n")
    .filter((line, i, lines) => isInTable(lines, i) && !HEADER.test(line) && !line.startsWith("| --"))
    .map((line) =>
      line
        .split("|")
        .slice(1, 3)
        .map((cell) => cell.trim())
    )
