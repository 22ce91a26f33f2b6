// Removes parameters that are credentials from a URL, and keeps the rest unchanged.
import { endOf, type Mark, type Parameter, parameterAt, scan, type Scanned } from "./parameters.ts"
import { isCompanion, isSecretWith } from "./table.ts"

/** The URL without credentials; the same text if there are none. */
export const withoutCredentials = (url: string): string => {
  const scanned = scan(url)
  const { marks } = scanned
  const lists = namesByList(scanned)
  const left = new Left(url)
  for (let i = 0; i < marks.length;) {
    const parameter = parameterAt(scanned, i)
    if (parameter !== undefined && isCredential(scanned, i, parameter, lists)) {
      const end = endOf(scanned, i, parameter)
      left.drop(parameter.separator, end.at, marks[end.mark])
      i = end.mark
    } else i++
  }
  return left.text()
}

// internal

type Lists = ReadonlyMap<number, ReadonlySet<string>>

const namesByList = (scanned: Scanned): Lists => {
  const lists = new Map<number, Set<string>>()
  for (let i = 0; i < scanned.marks.length; i++) {
    const parameter = parameterAt(scanned, i)
    if (parameter === undefined) continue
    const { list } = parameter.separator
    let names = lists.get(list)
    if (names === undefined) lists.set(list, (names = new Set()))
    for (const name of parameter.names.all) names.add(name)
  }
  return lists
}

const isCredential = (scanned: Scanned, i: number, parameter: Parameter, lists: Lists): boolean => {
  const { equals, names, separator } = parameter
  if (names.isSecret) return true
  const others = lists.get(separator.list)
  if (others !== undefined && names.all.some((name) => isCompanion(name, others))) return true
  return (
    names.all.includes("key") &&
    isSecretWith("key", scanned.url.slice(equals.after, endOf(scanned, i, parameter).at))
  )
}

/** True for the mark that begins a query or a fragment, but not for the same character inside it. */
const isOpener = ({ before, character }: Mark) =>
  (character === "?" && before !== "query") || (character === "#" && before !== "fragment")

/** Builds the remaining URL, so that the first remaining parameter keeps the `?` or `#` before the parameters. */
class Left {
  readonly #url: string
  #text = ""
  #kept = 0
  #opener: Mark | undefined
  #next: Mark | undefined

  constructor(url: string) {
    this.#url = url
  }

  /** Removes a parameter with its separator. `next`: the mark at its end. */
  drop(separator: Mark, end: number, next: Mark | undefined): void {
    if (separator.at > this.#kept || this.#kept === 0) this.#keep(separator.at)
    if (separator.character === "=") this.#text += this.#url.slice(separator.at, separator.after)
    else if (isOpener(separator)) this.#opener = separator
    this.#kept = end
    this.#next = next
  }

  text(): string {
    if (this.#kept === 0) return this.#url
    this.#keep(this.#url.length)
    return this.#text
  }

  #keep(to: number): void {
    const { character, level } = this.#next ?? {}
    const opener = this.#opener
    if (opener !== undefined && level === opener.level && (character === "&" || character === ";")) {
      this.#text += this.#url.slice(opener.at, opener.after)
      this.#kept = this.#next?.after ?? this.#kept
    }
    this.#opener = undefined
    this.#text += this.#url.slice(this.#kept, to)
  }
}
