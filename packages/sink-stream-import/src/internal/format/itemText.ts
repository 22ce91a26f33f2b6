// Characters that JSON can hold and databases cannot: U+0000 and halves of surrogate pairs.
import { Json } from "@chatferry/core/files"
import { notes } from "./consequences.ts"
import type { Changes, Fields } from "./custom.ts"

/** An item as JSON, with U+FFFD for each character that no database keeps; counts the record. */
export const writeItem = (item: Fields, changes: Changes): string => {
  const text = Json.write(item)
  // They come as escapes only, and hardly any text has one.
  const kept = text.includes(ESCAPE) ? text.replaceAll(ESCAPED, replacement) : text
  if (kept === text) return text
  const { code } = notes.characterReplaced
  if (!changes.notes.includes(code)) changes.notes.push(code)
  changes.isOneWay = true
  return kept
}

// internal

const ESCAPE = String.raw`\u`

// With the other escapes, so that what follows an escaped backslash is none.
const ESCAPED = /\\(?:u(?:0000|d[89a-f][\da-f]{2})|.)/gu

const replacement = (escaped: string) => (escaped.length === 6 ? "\ufffd" : escaped)
