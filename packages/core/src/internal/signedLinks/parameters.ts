// Finds the parameters of a URL in the query, the fragment or the path, separated by `&` or `;`, and in values that
// are URLs themselves, whose separators are escaped once more.
import { type Names, namesOf } from "./names.ts"
import { levelOf } from "./userInfo.ts"

type Part = "path" | "query" | "fragment"

/** A character that may separate parameters, or a name from its value. */
export interface Mark {
  readonly at: number
  readonly after: number
  readonly character: string
  /** The number of times it is escaped. */
  readonly level: number
  /** The part of the URL that it is in or begins, and the part before it. */
  readonly part: Part
  readonly before: Part
  /** The same number for all parameters of one URL. */
  readonly list: number
}

/** A parameter with a value. The end of the value is computed on request. */
export interface Parameter {
  readonly names: Names
  /** The separator before it. */
  readonly separator: Mark
  readonly equals: Mark
}

/** A URL with the marks that delimit its parameters. */
export interface Scanned {
  readonly url: string
  readonly marks: ReadonlyArray<Mark>
  /** Lists that contain an `&`. */
  readonly withAmpersand: ReadonlySet<number>
}

export const scan = (url: string): Scanned => {
  const marks = marksOf(url)
  const withAmpersand = new Set<number>()
  for (const { character, list } of marks) if (character === "&") withAmpersand.add(list)
  return { url, marks, withAmpersand }
}

/** The parameter that begins at a mark, if any. */
export const parameterAt = (scanned: Scanned, i: number): Parameter | undefined => {
  const { marks, url } = scanned
  const [separator, equals] = [marks[i], marks[i + 1]]
  if (separator === undefined || equals?.character !== "=" || !isSeparator(separator, url)) return undefined
  const raw = url.slice(separator.after, Math.min(equals.at, separator.after + LONGEST_NAME))
  if (raw === "" || raw.length === LONGEST_NAME) return undefined
  const next = marks[i + 2]
  const isEmpty =
    equals.after === url.length || (next?.at === equals.after && ends(next, separator, equals.level, scanned))
  if (isEmpty) return undefined
  return { names: namesOf(raw, url.length <= BRIEF), separator, equals }
}

/** The end of the value of the parameter that begins at a mark, and the mark at that end. */
export const endOf = (
  scanned: Scanned,
  i: number,
  { equals, separator }: Parameter
): { readonly at: number; readonly mark: number } => {
  const { marks, url } = scanned
  for (let k = i + 2; k < marks.length; k++) {
    const mark = marks[k] as Mark
    if (ends(mark, separator, equals.level, scanned)) return { at: mark.at, mark: k }
  }
  return { at: url.length, mark: marks.length }
}

// internal

const LONGEST_NAME = 512
const BRIEF = 2048

const MARK = /[?#&;=/]|%(?:25){0,9}(?:3f|23|26|3b|3d)/giu
const CHARACTERS: Readonly<Record<string, string>> = { "3f": "?", "23": "#", "26": "&", "3b": ";", "3d": "=" }
/** A name comes next. */
const NAMED = /^[^?#&;=/%\s]+(?:=|%(?:25){0,9}3d)/iu

const marksOf = (url: string): ReadonlyArray<Mark> => {
  const marks: Array<Mark> = []
  // The URL itself and the URLs nested in its values, outermost first.
  const within: Array<{ part: Part; readonly list: number }> = []
  let lists = 0
  for (const { 0: text, index } of url.matchAll(MARK)) {
    const level = levelOf(text)
    const character = level === 0 ? text : (CHARACTERS[text.slice(-2).toLowerCase()] ?? "")
    if (within.length > level + 1) within.length = level + 1
    while (within.length <= level) within.push({ part: "path", list: lists++ })
    const at = within[level] as (typeof within)[number]
    const before = at.part
    if (character === "#") at.part = "fragment"
    else if (character === "?" && before === "path") at.part = "query"
    const { list, part } = at
    marks.push({ at: index, after: index + text.length, character, level, part, before, list })
  }
  return marks
}

/** A slash is a separator if a parameter is a folder of the path, but not before a host. */
const isSeparator = ({ at, character, part }: Mark, url: string) =>
  character !== "/" || (part === "path" && url[at - 1] !== "/" && url[at - 1] !== ":")

/** True if a value ends at a mark. `level`: the number of times the value is escaped; marks that are escaped more often are part of it. */
const ends = (
  { after, before, character, level: own, list }: Mark,
  separator: Mark,
  level: number,
  { url, withAmpersand }: Scanned
): boolean => {
  if (own > level) return false
  switch (character) {
    case "&":
      return true
    case "#":
      return before !== "fragment"
    case "?":
      return before === "path"
    case "/":
      return before === "path" && separator.level === 0 && separator.part === "path"
    case ";":
      // In a list with `&` it is part of the value.
      return !withAmpersand.has(list) && NAMED.test(url.slice(after, after + LONGEST_NAME))
    default:
      return false
  }
}
