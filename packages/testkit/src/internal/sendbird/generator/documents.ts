// JSON documents as byte streams, in the formatting variants of exports.

/** How a document is formatted: all variants mean the same. */
export interface Spelling {
  readonly isPretty: boolean
  /** Whether all non-ASCII characters are written as `\uXXXX`. */
  readonly isAscii: boolean
  /** Whether slashes are written as `\/`. */
  readonly isSlashed: boolean
}

/** A member of a document: one value, or an array whose elements come one by one. */
export type Part =
  | { readonly key: string; readonly value: () => unknown }
  | { readonly key: string; readonly elements: Iterable<unknown> }

/** The bytes of a JSON object, in chunks of about 64 KB. Parts are generated in order. */
export function* document(parts: ReadonlyArray<Part>, spelling: Spelling): Generator<Uint8Array> {
  const { isPretty } = spelling
  let pending: Array<string> = []
  let length = 0
  const put = (text: string) => {
    pending.push(text)
    length += text.length
  }
  const take = () => {
    const bytes = Buffer.from(pending.join(""))
    pending = []
    length = 0
    return bytes
  }
  put("{")
  for (const [i, part] of parts.entries()) {
    put(`${i === 0 ? "" : ","}${isPretty ? "\n  " : ""}${JSON.stringify(part.key)}:${isPretty ? " " : ""}`)
    if ("value" in part) {
      put(spell(part.value(), spelling, "\n  "))
      continue
    }
    put("[")
    let isFirst = true
    for (const element of part.elements) {
      put(`${isFirst ? "" : ","}${isPretty ? "\n    " : ""}`)
      put(spell(element, spelling, "\n    "))
      isFirst = false
      if (length >= CHUNK) yield take()
    }
    put(isPretty && !isFirst ? "\n  ]" : "]")
  }
  put(isPretty ? "\n}\n" : "}")
  yield take()
}

// internal

const CHUNK = 1 << 16

// Line breaks in a formatted value are only layout: inside strings they are escaped.
const spell = (value: unknown, { isAscii, isPretty, isSlashed }: Spelling, newline: string): string => {
  const plain = isPretty
    ? JSON.stringify(value, undefined, 2).replaceAll("\n", newline)
    : JSON.stringify(value)
  const slashed = isSlashed ? plain.replaceAll("/", "\\/") : plain
  return isAscii ? slashed.replaceAll(BEYOND_ASCII, escaped) : slashed
}

const BEYOND_ASCII = /[^\n -\u007f]/gu

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`
  ).join("")
