// Characters that JSON can hold, as escapes, and databases cannot.
import { pointerPart } from "./fields.ts"
import type { Judge } from "./judge.ts"
import { isFields } from "./readField.ts"

/** Looks for escapes of UTF-16 units in the bytes of a file, which hardly any file has. */
export class EscapeSearch {
  #endsInBackslash = false

  isIn(chunk: Uint8Array): boolean {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const isSplit = this.#endsInBackslash && bytes[0] === U
    this.#endsInBackslash = bytes.at(-1) === BACKSLASH
    return isSplit || bytes.includes(ESCAPE)
  }
}

/** Says which fields of an item hold such characters; `before` is how many findings there were before it. */
export const judgeCharacters = (value: unknown, judge: Judge, before: number): void => {
  const item = isFields(value) ? value[judge.key] : undefined
  if (!isFields(item)) return
  for (const [name, field] of Object.entries(item)) {
    if (isKept(name) && areKept(field)) continue
    const pointer = `/${judge.key}/${pointerPart(name)}`
    const said = judge.findings.slice(before)
    if (!said.some((one) => `${one.pointer}/`.startsWith(`${pointer}/`)))
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
