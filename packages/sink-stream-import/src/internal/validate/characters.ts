// Characters that JSON can hold as escapes, but that databases cannot store.
import { pointerPart } from "./fields.ts"
import type { Judge } from "./judge.ts"
import { isFields } from "./readField.ts"

/** Searches the bytes of a file for escapes of UTF-16 units, which are rare. */
export class EscapeSearch {
  #endsInBackslash = false

  isIn(chunk: Uint8Array): boolean {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const isSplit = this.#endsInBackslash && bytes[0] === U
    this.#endsInBackslash = bytes.at(-1) === BACKSLASH
    return isSplit || bytes.includes(ESCAPE)
  }
}

/** Finds the fields of an item with such characters; `before` is the number of findings before the item. */
export const judgeCharacters = (value: unknown, judge: Judge, before: number): void => {
  const item = isFields(value) ? value[judge.key] : undefined
  if (!isFields(item)) return
  for (const [name, field] of Object.entries(item)) {
    if (isKept(name) && areKept(field)) continue
    const pointer = `/${judge.key}/${pointerPart(name)}`
    const reported = judge.findings.slice(before)
    if (!reported.some((one) => `${one.pointer}/`.startsWith(`${pointer}/`)))
      judge.found("character_ambiguous", pointer)
  }
}

// internal

const BACKSLASH = 92
const U = 117
const ESCAPE = Buffer.from(String.raw`\u`)

const isKept = (text: string) => !text.includes("\0") && text.isWellFormed()

const areKept = (root: unknown): boolean => {
  const left = [root]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === "string") {
      if (!isKept(value)) return false
    } else if (Array.isArray(value)) for (const one of value) left.push(one)
    else if (isFields(value)) {
      for (const name in value) {
        if (!isKept(name)) return false
        left.push(value[name])
      }
    }
  }
  return true
}
