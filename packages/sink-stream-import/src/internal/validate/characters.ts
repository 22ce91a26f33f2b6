// Characters that JSON can hold as escapes, but that databases cannot store.
import { pointerPart } from "./fields.ts"
import type { Judge } from "./judge.ts"
import { isFields } from "./readField.ts"

/** Searches the bytes of a file for escapes of such characters, which are rare. */
export class EscapeSearch {
  /** The end of the last chunk, which may be the start of an escape. */
  #tail = Buffer.alloc(0)

  isIn(chunk: Uint8Array): boolean {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const isSplit = hasEscape(Buffer.concat([this.#tail, bytes.subarray(0, LENGTH - 1)]))
    const last = bytes.subarray(1 - LENGTH)
    // A copy, because the memory of a chunk is released.
    this.#tail = Buffer.concat([this.#tail, last]).subarray(1 - LENGTH)
    return isSplit || hasEscape(bytes)
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

const ESCAPE = Buffer.from(String.raw`\u`)
const LENGTH = String.raw`\u0000`.length
/** The digits of the null character and of halves of surrogate pairs. */
const DIGITS = /^(?:0000|d[89a-f])/iu

const hasEscape = (bytes: Buffer): boolean => {
  for (let at = bytes.indexOf(ESCAPE); at >= 0; at = bytes.indexOf(ESCAPE, at + 1)) {
    if (DIGITS.test(bytes.toString("latin1", at + ESCAPE.length, at + LENGTH))) return true
  }
  return false
}

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
