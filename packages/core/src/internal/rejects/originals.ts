// Writes a rejected record as JSON, so that reading it again gives the same value.
import { strip } from "../../errors/SignedLinks.ts"
import { parse } from "../../files/Json.ts"
import { isDeeper, MAX_DEPTH } from "../json/depth.ts"

/** The rejects file is JSON too, with the same limit as entities. */
const MOST_LEVELS = MAX_DEPTH + 8

/** True if JSON.stringify would fail on a value or change it: `1e400` is Infinity once it is parsed. */
export const needsText = (value: unknown): boolean => isDeeper(value, MOST_LEVELS) || hasOddNumber(value)

/** True if a value must be wrapped: it looks like a wrapped value, or it is `null`, which says nothing. */
export const isAmbiguous = (value: unknown): boolean => {
  if (value === null || value === undefined) return true
  if (typeof value !== "object" || Array.isArray(value)) return false
  const names = Object.keys(value)
  const of = value as Record<string, unknown>
  return (
    (names.length === 1 && (typeof of["text"] === "string" || typeof of["base64"] === "string")) ||
    isRange(value)
  )
}

/** True for the range of bytes of a record that was not read: `from` (inclusive) to `to` (exclusive). */
export const isRange = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).length === 2 &&
  "from" in value &&
  "to" in value &&
  typeof value.from === "number" &&
  typeof value.to === "number"

/** Like JSON.stringify, but for any depth, and with numbers that read back unchanged. Leaves out fields that are not kept. */
export const written = (
  value: unknown,
  keeps: (of: object, field: string) => boolean = () => true
): string => {
  const pieces: Array<string> = []
  const work: Array<{ readonly text: string } | { readonly value: unknown }> = [{ value }]
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    if ("text" in next) pieces.push(next.text)
    else if (Array.isArray(next.value)) pushList(work, "[", "]", next.value.length, elementOf(next.value))
    else if (typeof next.value === "object" && next.value !== null) {
      const of = next.value
      const entries = Object.entries(of).filter(([field]) => keeps(of, field))
      pushList(work, "{", "}", entries.length, (i) => {
        const [name, inner] = entries[i] as [string, unknown]
        return [`${JSON.stringify(name)}:`, inner]
      })
    } else pieces.push(scalar(next.value))
  }
  return pieces.join("")
}

/** Removes credentials from the links in a value. Texts of fields in `bodies` were written by users and are not changed. */
export const withoutCredentials = (value: unknown, bodies: ReadonlyArray<string>): unknown => {
  if (typeof value === "string") return isLink(value) ? strip(value) : value
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map((one) => withoutCredentials(one, bodies))
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [
      field,
      typeof inner === "string" && bodies.includes(field) ? inner : withoutCredentials(inner, bodies)
    ])
  )
}

/** The same for text that may be broken JSON. */
export const textWithoutCredentials = (text: string): string => text.replace(LINKS, strippedInJson)

// internal

const hasOddNumber = (value: unknown): boolean => {
  if (typeof value === "number") return !Number.isFinite(value) || Object.is(value, -0)
  if (typeof value !== "object" || value === null) return false
  if (Array.isArray(value)) return value.some(hasOddNumber)
  for (const name in value) if (hasOddNumber((value as Record<string, unknown>)[name])) return true
  return false
}

const elementOf = (list: ReadonlyArray<unknown>) => (i: number) => ["", list[i]] as const

const pushList = (
  work: Array<{ readonly text: string } | { readonly value: unknown }>,
  open: string,
  close: string,
  length: number,
  at: (i: number) => readonly [before: string, value: unknown]
) => {
  work.push({ text: close })
  for (let i = length - 1; i >= 0; i--) {
    const [before, value] = at(i)
    work.push({ value }, { text: i === 0 ? before : `,${before}` })
  }
  work.push({ text: open })
}

const scalar = (value: unknown): string => {
  if (Object.is(value, -0)) return "-0"
  if (typeof value !== "number" || Number.isFinite(value)) return JSON.stringify(value) ?? "null"
  return value > 0 ? "1e999" : "-1e999"
}

/** True for a single URL, absolute or relative, that is not JSON. */
const isLink = (text: string) => /^\s*[^\s[{"][^\s]*\s*$/u.test(text)

const LINKS = /https?:(?:\\?\/){2}(?:[^\s"'<>\\]|\\[^\s])+/giu

/** In JSON, the `&` of a link may be written as an escape. */
const strippedInJson = (found: string): string => {
  try {
    const link = parse(`"${found}"`) as string
    const left = strip(link)
    return left === link ? found : JSON.stringify(left).slice(1, -1)
  } catch {
    return strip(found)
  }
}
