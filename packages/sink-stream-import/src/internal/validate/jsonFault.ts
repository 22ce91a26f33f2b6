// Finds the fault in a text that JSON.parse rejects, in the words of Go's parser, which Stream's server uses. It also
// finds repeated keys, which no parser reports. It is slow compared with JSON.parse, so it is only for single items.
import { Json } from "@chatferry/core/files"

export interface JsonFault {
  /** Offset of the wrong byte. */
  readonly at: number
  /** One character and its context, never more of the text. */
  readonly fault: string
}

/** Finds the fault in one value with white space around it, if any. A level of nesting takes one byte. */
export const faultOf = (bytes: Uint8Array): JsonFault | undefined =>
  new Scanner(bytes, "top-level value").document()

/**
 * Like `faultOf`, for an element of an array: it ends at `next`, a comma or a bracket,
 * not at the end of the text.
 */
export const faultOfElement = (element: Uint8Array, next: number): JsonFault | undefined =>
  element.every(isSpace)
    ? { at: element.length, fault: wrongCharacter(next, NO_VALUE) }
    : new Scanner(element, "array element").document()

/** Whether any object in a value has the same key twice. */
export const hasRepeatedKey = (bytes: Uint8Array): boolean => {
  const scanner = new Scanner(bytes, "top-level value", true)
  scanner.document()
  return scanner.isRepeated
}

/** Go's words for an unexpected character. */
export const wrongCharacter = (byte: number, where: string): string => {
  const isShown = byte >= 32 && byte < 127
  return `invalid character '${isShown ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`}' ${where}`
}

/** Where Go expects a value. */
export const NO_VALUE = "looking for beginning of value"

// internal

const QUOTE = 34
const COMMA = 44
const COLON = 58
const BACKSLASH = 92

class Scanner {
  readonly #bytes: Uint8Array
  /** Whether the container at each depth is an object. */
  #levels = new Uint8Array(64)
  #depth = 0
  /** The keys of the open objects so far, by depth: a single key, or a set of several. */
  readonly #keys = new Map<number, string | Set<string>>()
  #at = 0
  /** Go's name for the whole value. */
  readonly #whole: "top-level value" | "array element"
  readonly #remembersKeys: boolean
  isRepeated = false

  constructor(bytes: Uint8Array, whole: "top-level value" | "array element", remembersKeys = false) {
    this.#bytes = bytes
    this.#whole = whole
    this.#remembersKeys = remembersKeys
  }

  document(): JsonFault | undefined {
    for (;;) {
      const fault = this.#value()
      if (fault !== undefined) return fault
      // After an opening bracket, the first value follows; otherwise the value is complete.
      if (this.#isOpening) continue
      const after = this.#after()
      if (after === "value") continue
      return after === "end" ? undefined : after
    }
  }

  #isOpening = false

  #value(): JsonFault | undefined {
    this.#isOpening = false
    const byte = this.#skip()
    if (byte === undefined) return this.#ended()
    if (byte === 91 || byte === 123) return this.#open(byte === 123)
    if (byte === QUOTE) return this.#string()
    if (byte === 45 || isDigit(byte)) return this.#number()
    const word = byte === 116 ? "true" : byte === 102 ? "false" : byte === 110 ? "null" : undefined
    return word === undefined ? this.#wrong(NO_VALUE) : this.#word(word)
  }

  #open(isObject: boolean): JsonFault | undefined {
    this.#at++
    const byte = this.#skip()
    if (byte === (isObject ? 125 : 93)) {
      this.#at++
      return undefined
    }
    if (this.#depth === this.#levels.length) {
      const levels = new Uint8Array(this.#depth * 2)
      levels.set(this.#levels)
      this.#levels = levels
    }
    this.#levels[this.#depth++] = isObject ? 1 : 0
    this.#isOpening = true
    return isObject ? this.#key() : undefined
  }

  #key(): JsonFault | undefined {
    const byte = this.#skip()
    if (byte === undefined) return this.#ended()
    if (byte !== QUOTE) return this.#wrong("looking for beginning of object key string")
    const from = this.#at
    const fault = this.#string()
    if (fault !== undefined) return fault
    if (this.#remembersKeys) this.#remember(from)
    const colon = this.#skip()
    if (colon === undefined) return this.#ended()
    if (colon !== COLON) return this.#wrong("after object key")
    this.#at++
    return undefined
  }

  #remember(from: number): void {
    const key = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, this.#at - from).toString()
    const name = key.includes("\\") ? (Json.parse(key) as string) : key.slice(1, -1)
    const keys = this.#keys.get(this.#depth)
    if (keys === undefined) this.#keys.set(this.#depth, name)
    else if (typeof keys === "string") {
      if (keys === name) this.isRepeated = true
      else this.#keys.set(this.#depth, new Set([keys, name]))
    } else if (keys.has(name)) this.isRepeated = true
    else keys.add(name)
  }

  /** Reads what follows a value: another value, the end or a fault. */
  #after(): "value" | "end" | JsonFault {
    for (;;) {
      const byte = this.#skip()
      if (this.#depth === 0) return byte === undefined ? "end" : this.#wrong(`after ${this.#whole}`)
      if (byte === undefined) return this.#ended()
      const isObject = this.#levels[this.#depth - 1] === 1
      if (byte === COMMA) {
        this.#at++
        const fault = isObject ? this.#key() : undefined
        return fault ?? "value"
      }
      if (byte !== (isObject ? 125 : 93)) {
        return this.#wrong(isObject ? "after object key:value pair" : "after array element")
      }
      this.#at++
      if (isObject) this.#keys.delete(this.#depth)
      this.#depth--
    }
  }

  #string(): JsonFault | undefined {
    const bytes = this.#bytes
    for (this.#at++; this.#at < bytes.length; this.#at++) {
      const byte = bytes[this.#at] as number
      if (byte === QUOTE) {
        this.#at++
        return undefined
      }
      if (byte < 32) return this.#wrong("in string literal")
      if (byte === BACKSLASH) {
        const fault = this.#escape()
        if (fault !== undefined) return fault
      }
    }
    return this.#ended()
  }

  #escape(): JsonFault | undefined {
    const byte = this.#bytes[++this.#at]
    if (byte === undefined) return this.#ended()
    if (byte !== 117) return ESCAPES.has(byte) ? undefined : this.#wrong("in string escape code")
    for (let i = 0; i < 4; i++) {
      const digit = this.#bytes[++this.#at]
      if (digit === undefined) return this.#ended()
      if (!isHex(digit)) return this.#wrong("in \\u hexadecimal character escape")
    }
    return undefined
  }

  #number(): JsonFault | undefined {
    const bytes = this.#bytes
    if (bytes[this.#at] === 45) this.#at++
    if (bytes[this.#at] === 48) this.#at++
    else {
      const fault = this.#digits("in numeric literal")
      if (fault !== undefined) return fault
    }
    if (bytes[this.#at] === 46) {
      this.#at++
      const fault = this.#digits("after decimal point in numeric literal")
      if (fault !== undefined) return fault
    }
    if (((bytes[this.#at] ?? 0) | 32) !== 101) return undefined
    this.#at++
    if (bytes[this.#at] === 43 || bytes[this.#at] === 45) this.#at++
    return this.#digits("in exponent of numeric literal")
  }

  #digits(where: string): JsonFault | undefined {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) return this.#ended()
    if (!isDigit(byte)) return this.#wrong(where)
    while (isDigit(this.#bytes[this.#at] ?? 0)) this.#at++
    return undefined
  }

  #word(word: string): JsonFault | undefined {
    for (let i = 0; i < word.length; i++, this.#at++) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined) return this.#ended()
      if (byte !== word.charCodeAt(i)) return this.#wrong(`in literal ${word} (expecting '${word[i] ?? ""}')`)
    }
    return undefined
  }

  #skip(): number | undefined {
    const bytes = this.#bytes
    for (;;) {
      const byte = bytes[this.#at]
      if (byte === undefined || !isSpace(byte)) return byte
      this.#at++
    }
  }

  #ended(): JsonFault {
    return { at: this.#bytes.length, fault: "unexpected end of JSON input" }
  }

  #wrong(where: string): JsonFault {
    const byte = this.#bytes[this.#at] ?? 0
    return { at: this.#at, fault: wrongCharacter(byte, where) }
  }
}

const ESCAPES: ReadonlySet<number> = new Set([34, 47, 92, 98, 102, 110, 114, 116])
const isSpace = (byte: number) => byte === 32 || byte === 10 || byte === 13 || byte === 9
const isDigit = (byte: number) => byte >= 48 && byte <= 57
const isHex = (byte: number) => isDigit(byte) || ((byte | 32) >= 97 && (byte | 32) <= 102)
