// Characters that JSON can hold but databases cannot: U+0000 and halves of surrogate pairs.
import { Json } from "@chatferry/core/files"
import { notes } from "./consequences.ts"
import type { Changes, Fields } from "./custom.ts"

/** Writes an item as JSON, with U+FFFD for each character that databases do not store, and counts the record. */
export const writeItem = (item: Fields, changes: Changes): string => {
  const text = Json.write(item)
  // JSON.stringify writes them as escapes, which are rare.
  const kept = text.includes(ESCAPE) ? text.replaceAll(ESCAPED, replacement) : text
  if (kept === text) return text
  const { code } = notes.characterReplaced
  if (!changes.notes.includes(code)) changes.notes.push(code)
  changes.isOneWay = true
  return kept
}

// internal

const ESCAPE = String.raw`\u`

// It matches other escapes too, so that text after an escaped backslash is not taken for an escape.
const ESCAPED = /\\(?:u(?:0000|d[89a-f][\da-f]{2})|.)/gu

const replacement = (escaped: string) => (escaped.length === 6 ? "\ufffd" : escaped)
