/** The part of docs/reliability.md that is generated from the sweeps. */
import { Option } from "effect"
import { type Result, type Sweep, text, WRONG } from "./results.ts"

/** Seed of the results on the page. */
const SEED = 1

const BEGIN = "<!-- results: `npx -y pnpm@12 reliability` writes what follows -->"
const END = "<!-- end of results -->"

const INTRODUCTION = `Each table is the result of one test of \`npx -y pnpm@12 test:faults\` or \`npx -y pnpm@12 test:damage\` in its full form,
with seed ${SEED}. After them, \`npx -y pnpm@12 reliability\` writes the tables; it writes none of a test in which something
went wrong. Outcomes are counted, and "same bytes" means those of a run that was not disturbed.`

/** Why a result cannot be shown, if so. */
export const problemOf = (sweep: Sweep, found: Option.Option<Result>): string | undefined => {
  if (Option.isNone(found)) return "there is no result of a full run"
  const { cases, isShort, seed, table } = found.value
  if (isShort) return "its result is that of a short run"
  if (seed !== SEED) return `its result is that of seed ${seed}, and not of seed ${SEED}`
  if (cases !== sweep.cases) return `its result has ${cases} cases, and not ${sweep.cases}`
  const wrong = Object.values(table).reduce((sum, { [WRONG]: count = 0 }) => sum + count, 0)
  return wrong > 0 ? `something went wrong in ${wrong} of its cases` : undefined
}

/** The page with its results replaced. */
export const withResults = (
  page: string,
  results: ReadonlyArray<{ readonly sweep: Sweep; readonly result: Result }>
): string => {
  const tables = results.map(({ result, sweep }) => `### ${headingOf(sweep)}\n\n${text(sweep, result.table)}`)
  const [before, , after] = partsOf(page)
  return `${before}${BEGIN}\n\n${[INTRODUCTION, ...tables].join("\n\n")}\n\n${END}${after}`
}

/** The tables of a page by their headings, as cells. */
export const tablesIn = (page: string): ReadonlyMap<string, ReadonlyArray<ReadonlyArray<string>>> => {
  const [, results] = partsOf(page)
  return new Map(
    results
      .split("\n### ")
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf("\n")), cellsIn(part)])
  )
}

export const headingOf = ({ title }: Sweep): string => `${title.slice(0, 1).toUpperCase()}${title.slice(1)}`

/** The cells of all rows of tables in a text, except for the lines below their headers. */
export const cellsIn = (text: string): ReadonlyArray<ReadonlyArray<string>> =>
  text
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^[|\s:-]+$/u.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim())
    )

// internal

const partsOf = (page: string): readonly [string, string, string] => {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`the page needs the lines ${BEGIN} and ${END}`)
  return [page.slice(0, begin), page.slice(begin + BEGIN.length, end), page.slice(end + END.length)]
}
