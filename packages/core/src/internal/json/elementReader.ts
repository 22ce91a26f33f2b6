import { Cursor, type Start } from "./cursor.ts"
import { ElementCutter } from "./elementCutter.ts"
import { ElementTooLarge, JsonSyntaxError, type SyntaxReason } from "./errors.ts"
import { Input } from "./input.ts"
import { BATCH_BYTES, MAX_ELEMENT_BYTES } from "./limits.ts"
import type { Options, Part, Position, Reader } from "./objectParts.ts"
import type { Elements } from "./parts.ts"
import { rangesIn } from "./ranges.ts"
import { CLOSE_ARRAY, CLOSE_OBJECT, COLON, COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE, Scan } from "./scan.ts"
import { Skip } from "./skip.ts"
import { isTooHeavy } from "./weight.ts"
import type { JsonWindow, Parsed } from "./window.ts"

/** The settings for one document, or with `objects` for a sequence of objects. */
export type Settings = Omit<Options, "objects"> & Partial<Pick<Options, "objects">>

const noBytes = () => new Uint8Array(0)

export class ElementReader implements Reader {
  readonly #arrays: (member: string) => boolean
  readonly #objects: ((member: string) => boolean) | undefined
  readonly #maxBytes: number
  readonly #memberLimit: ((member: string) => number) | undefined
  readonly #allowTrailing: boolean
  readonly #input: Input
  readonly #window: JsonWindow
  readonly #scan = new Scan()
  readonly #cutter: ElementCutter
  readonly #at: Cursor
  /** The value that is being skipped because it is too large. */
  #skip: Skip | undefined

  constructor(options: Settings, position: Start | undefined) {
    this.#arrays = options.arrays
    this.#objects = options.objects
    const maxBytes = options.maxElementBytes ?? MAX_ELEMENT_BYTES
    this.#maxBytes = maxBytes
    this.#memberLimit = options.memberLimit
    this.#allowTrailing = options.allowTrailing ?? false
    this.#input = new Input(position?.offset ?? 0, maxBytes)
    this.#window = this.#input.window
    // This way, elements inside a batch are never too large.
    const batchBytes = Math.max(1, Math.min(options.batchBytes ?? BATCH_BYTES, maxBytes))
    this.#cutter = new ElementCutter(this.#window, this.#scan, { batchBytes, maxBytes })
    this.#at = new Cursor(this.#window, options.objects !== undefined, position)
  }

  readonly push = (chunk: Uint8Array): void => this.#input.push(chunk)

  readonly end = (): void => this.#input.end()

  readonly next = (): Part | undefined => {
    while (!this.#input.hasTrailing) {
      const part = this.#advance()
      if (part === "more") {
        if (!this.#input.take()) return undefined
      } else if (part !== "again") return part
    }
    return undefined
  }

  get trailing(): Input["trailing"] {
    return this.#input.trailing
  }

  /** The value that is being skipped because it is too large: bytes before `to` are not needed any more. */
  get skipping(): { readonly from: number; readonly to: number } | undefined {
    const window = this.#window
    return this.#skip === undefined ? undefined : { from: this.#skip.from, to: window.offset(window.start) }
  }

  #advance(): Part | "again" | "more" | undefined {
    if (this.#skip !== undefined) return this.#continueSkip(this.#skip)
    const { isLast } = this.#input
    if (this.#at.state === "start" && !this.#window.skipByteOrderMark(isLast)) return "more"
    const byte = this.#window.peek()
    if (byte !== undefined) return this.#step(byte)
    if (!isLast) return "more"
    if (!this.#at.isComplete) throw this.#broken("truncated")
    this.#window.free()
    return undefined
  }

  #step(byte: number): Part | "again" | "more" {
    switch (this.#at.state) {
      case "start":
        return this.#open(byte)
      case "objects":
        return this.#nextObject(byte)
      case "members":
        return this.#nextMember(byte)
      case "colon":
        return this.#nextColon(byte)
      case "value":
        return this.#nextValue(byte)
      case "elements":
        return this.#nextElements(byte)
      case "done":
        if (!this.#allowTrailing) throw this.#broken("trailing content")
        this.#input.closeDocument()
        return "again"
    }
  }

  #open(byte: number): "again" {
    const at = this.#at
    if (this.#objects !== undefined) {
      at.state = "objects"
      return "again"
    }
    if (byte === OPEN_OBJECT) at.state = "members"
    else if (byte === OPEN_ARRAY) at.state = "elements"
    else throw this.#broken("not an object or array")
    this.#window.start++
    return "again"
  }

  #nextObject(byte: number): Part | "again" | "more" {
    const [at, window] = [this.#at, this.#window]
    if (at.around !== "") {
      if (byte === CLOSE_ARRAY && !at.isAfterComma) {
        window.start++
        at.leaveObjects()
        return "again"
      }
      if (at.isBehindValue) return this.#comma(byte, "no comma after an element")
      if (byte === CLOSE_ARRAY) throw this.#broken("no element after a comma")
    } else if (byte === OPEN_ARRAY) return this.#enterObjects("[")
    if (byte !== OPEN_OBJECT) return this.#nextWhole()
    at.openObject(window.offset(window.start++))
    return "again"
  }

  #comma(byte: number, reason: SyntaxReason): "again" {
    if (byte !== COMMA) throw this.#broken(reason)
    this.#window.start++
    this.#at.isAfterComma = true
    return "again"
  }

  #enterObjects(around: Position["around"]): "again" {
    this.#window.start++
    this.#at.enterObjects(around)
    this.#scan.reset()
    return "again"
  }

  #nextMember(byte: number): Part | "again" | "more" {
    const [at, window] = [this.#at, this.#window]
    if (byte === CLOSE_OBJECT && !at.isAfterComma) return this.#closeObject()
    if (at.isBehindValue) return this.#comma(byte, "no comma after a member")
    if (byte !== QUOTE) throw this.#broken("no member name")
    this.#scan.reset()
    const most = window.start + this.#maxBytes
    const end = this.#scan.value(window.bytes, window.start, Math.min(window.end, most + 1), false)
    if (end > most || (end < 0 && window.end > most)) {
      // A member with such a name cannot be skipped.
      throw new ElementTooLarge({ limit: this.#maxBytes, offset: window.offset(window.start) })
    }
    if (end < 0) return this.#more()
    const { failure, value } = window.parseOne(window.start, end)
    if (failure !== undefined) throw this.#broken(`member name ${failure}`)
    // It begins with a quote.
    at.beginMember(value as string, window.offset(window.start))
    window.start = end
    return "again"
  }

  #closeObject(): Part | "again" {
    this.#window.start++
    this.#scan.reset()
    return this.#at.closeObject() ?? "again"
  }

  #nextColon(byte: number): "again" {
    if (byte !== COLON) throw this.#broken("no colon after a member name")
    this.#window.start++
    this.#scan.reset()
    this.#at.state = "value"
    return "again"
  }

  #nextValue(byte: number): Part | "again" | "more" {
    const at = this.#at
    const name = at.member as string
    if (byte !== OPEN_ARRAY) return this.#nextWhole()
    if (at.around === "" && this.#objects?.(name) === true) return this.#enterObjects("{[")
    if (!this.#arrays(name)) return this.#nextWhole()
    this.#window.start++
    this.#cutter.restart()
    at.enterElements()
    return "again"
  }

  /** A value that is not read element by element. */
  #nextWhole(): Part | "again" | "more" {
    const [at, window] = [this.#at, this.#window]
    const memberLimit = at.state === "value" ? this.#memberLimit?.(at.member as string) : undefined
    const most = window.start + Math.min(this.#maxBytes, memberLimit ?? this.#maxBytes)
    const to = Math.min(window.end, most + 1)
    const isLast = this.#input.isLast && to === window.end
    const end = this.#scan.value(window.bytes, window.start, to, isLast)
    if (end < 0) return window.end > most ? this.#startSkip() : this.#more()
    if (end === window.start && at.state === "objects") {
      throw this.#broken("not an object or array")
    }
    const { bytes, start } = window
    const parsed = this.#parsed(end, most)
    window.start = end
    this.#scan.reset()
    const bytesOf = parsed.failure === "too large" ? noBytes : () => bytes.subarray(start, end)
    return at.one(parsed, window.offset(start), window.offset(end), bytesOf)
  }

  #parsed(end: number, most: number): Parsed {
    const { bytes, start } = this.#window
    if (end > most) return { value: undefined, failure: "too large" }
    return isTooHeavy(bytes, start, end, this.#maxBytes)
      ? { value: undefined, failure: "too many values" }
      : this.#window.parseOne(start, end)
  }

  #nextElements(byte: number): Elements<Position> | "again" | "more" {
    const at = this.#at
    if (byte === CLOSE_ARRAY && !at.isAfterComma) {
      this.#window.start++
      at.leaveElements()
      return "again"
    }
    if (at.isBehindValue) return this.#comma(byte, "no comma after an element")
    if (byte === CLOSE_ARRAY) throw this.#broken("no element after a comma")
    // Many arrays of a sequence are shorter than a cut, which only a scan can find out.
    const isShort = this.#objects !== undefined && at.index === 0
    const cut = this.#cutter.next(this.#input.isLast, isShort)
    if (cut === "more") return this.#more()
    if (cut === "too large") return this.#startSkip()
    const { start } = this.#window
    this.#window.start = cut.end
    return at.some(cut.values, cut.failures, rangesIn(this.#window, start, cut.end))
  }

  /** Begins to skip a value that is too large to be held in memory. */
  #startSkip(): "again" {
    this.#skip = new Skip(this.#window)
    return "again"
  }

  /** Skips more of the value, and returns its part at its end. */
  #continueSkip(skip: Skip): Part | "more" {
    const [at, window, scan] = [this.#at, this.#window, this.#scan]
    const { bytes, end, start } = window
    const found =
      at.state === "elements"
        ? (scan.elements(bytes, start, end, start).ends[0] ?? -1)
        : scan.value(bytes, start, end, this.#input.isLast)
    skip.over(found < 0 ? end : found)
    scan.shift()
    if (found < 0) return this.#more()
    this.#skip = undefined
    scan.reset()
    const { from, to } = skip
    if (at.state !== "elements") return at.one({ value: undefined, failure: "too large" }, from, to, noBytes)
    const ranges = { bytesOf: noBytes, offsetOf: () => from, endOf: () => to }
    return at.some([undefined], new Map([[0, "too large"]]), ranges)
  }

  #more(): "more" {
    if (this.#input.isLast) throw this.#broken("truncated", this.#window.end)
    return "more"
  }

  #broken(reason: SyntaxReason, at: number = this.#window.start): JsonSyntaxError {
    return new JsonSyntaxError({ reason, offset: this.#window.offset(at) })
  }
}
