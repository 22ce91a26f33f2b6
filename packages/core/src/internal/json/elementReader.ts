import { type Cut, ElementCutter } from "./elementCutter.ts"
import { type ElementProblem, ElementTooLarge, JsonSyntaxError } from "./errors.ts"
import { BATCH_BYTES, MAX_ELEMENT_BYTES } from "./limits.ts"
import type { Options, Part, Position, Reader, Value } from "./objectParts.ts"
import type { Elements, Member } from "./parts.ts"
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  elementRanges,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  Scan
} from "./scan.ts"
import { Skip } from "./skip.ts"
import { isTooHeavy } from "./weight.ts"
import { JsonWindow, type Parsed } from "./window.ts"

type State = "start" | "objects" | "members" | "colon" | "value" | "elements" | "done"

/** One document, or with `objects` a sequence of objects. */
export type Settings = Omit<Options, "objects"> & Partial<Pick<Options, "objects">>

/** What the reader gives when it does not read a sequence has no `around`. */
export type Start = Omit<Position, "around"> & Partial<Pick<Position, "around">>

const PIECE = 64 << 10

const noBytes = () => new Uint8Array(0)

export class ElementReader implements Reader {
  readonly #arrays: (member: string) => boolean
  readonly #objects: ((member: string) => boolean) | undefined
  readonly #maxBytes: number
  readonly #room: ((member: string) => number) | undefined
  readonly #allowTrailing: boolean
  readonly #window: JsonWindow
  readonly #scan = new Scan()
  readonly #cutter: ElementCutter

  // What was pushed and is not in the window yet: taken in small pieces, so that the window stays small.
  readonly #chunks: Array<Uint8Array> = []
  #isEnded = false
  /** Something stands behind the document. */
  #hasTrailing = false
  #state: State = "start"
  #member: string | undefined
  /** Where the name of the member is whose value comes. */
  #nameOffset = 0
  #hasMembers = false
  #index = 0
  #isAfterComma = false
  /** What is being passed over because it is too large. */
  #skip: Skip | undefined
  /** Of a sequence: where the object that is read begins. */
  #objectStart: number | undefined
  /** And what it, or the next one, stands in. */
  #around: Position["around"] = ""

  constructor(options: Settings, position: Start | undefined) {
    this.#arrays = options.arrays
    this.#objects = options.objects
    const maxBytes = options.maxElementBytes ?? MAX_ELEMENT_BYTES
    this.#maxBytes = maxBytes
    this.#room = options.room
    this.#allowTrailing = options.allowTrailing ?? false
    this.#window = new JsonWindow(position?.offset ?? 0, maxBytes + PIECE + 2)
    // Elements inside a batch are then never too large.
    const batchBytes = Math.max(1, Math.min(options.batchBytes ?? BATCH_BYTES, maxBytes))
    this.#cutter = new ElementCutter(this.#window, this.#scan, { batchBytes, maxBytes })
    if (position === undefined) return
    this.#state = position.within
    this.#member = position.member ?? undefined
    this.#hasMembers = position.within === "elements" ? position.member !== null : position.index > 0
    this.#index = position.index
    this.#around = position.around ?? ""
  }

  readonly push = (chunk: Uint8Array): void => {
    if (!this.#hasTrailing) this.#chunks.push(chunk)
  }

  readonly end = (): void => {
    this.#isEnded = true
  }

  readonly next = (): Part | undefined => {
    while (!this.#hasTrailing) {
      const part = this.#advance()
      if (part === "more") {
        if (!this.#take()) return undefined
      } else if (part !== "again") return part
    }
    return undefined
  }

  /** What stands behind the document: where, and what has been pushed of it. */
  get trailing(): { readonly offset: number; readonly chunks: ReadonlyArray<Uint8Array> } | undefined {
    if (!this.#hasTrailing) return undefined
    const { bytes, end, start } = this.#window
    return { offset: this.#window.offset(start), chunks: [bytes.subarray(start, end), ...this.#chunks] }
  }

  /** Moves some bytes into the window; `false` when there are none. */
  #take(): boolean {
    const [chunk] = this.#chunks
    if (chunk === undefined) return false
    if (chunk.length <= PIECE) this.#chunks.shift()
    else this.#chunks[0] = chunk.subarray(PIECE)
    this.#window.push(chunk.subarray(0, PIECE))
    return true
  }

  /** There is nothing behind the window. */
  get #isLast(): boolean {
    return this.#isEnded && this.#chunks.length === 0
  }

  /** What is being passed over because it is too large: nothing before `to` is needed any more. */
  get skipping(): { readonly from: number; readonly to: number } | undefined {
    const window = this.#window
    return this.#skip === undefined ? undefined : { from: this.#skip.from, to: window.offset(window.start) }
  }

  #advance(): Part | "again" | "more" | undefined {
    if (this.#skip !== undefined) return this.#passOn(this.#skip)
    if (this.#state === "start" && !this.#window.skipByteOrderMark(this.#isLast)) return "more"
    const byte = this.#window.peek()
    if (byte !== undefined) return this.#step(byte)
    if (!this.#isLast) return "more"
    if (!this.#isComplete) throw this.#broken("the document ends too early")
    this.#window.free()
    return undefined
  }

  get #isComplete(): boolean {
    if (this.#objects === undefined) return this.#state === "done"
    return this.#state === "start" || (this.#state === "objects" && this.#around === "")
  }

  #step(byte: number): Part | "again" | "more" {
    switch (this.#state) {
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
        if (!this.#allowTrailing) throw this.#broken("there is something after the end of the document")
        this.#hasTrailing = true
        return "again"
    }
  }

  #open(byte: number): "again" {
    if (this.#objects !== undefined) {
      this.#state = "objects"
      return "again"
    }
    if (byte === OPEN_OBJECT) this.#state = "members"
    else if (byte === OPEN_ARRAY) this.#state = "elements"
    else throw this.#broken("expected a JSON object or array")
    this.#window.start++
    return "again"
  }

  /** Among objects, where `#index` tells whether there was one before in the array around them. */
  #nextObject(byte: number): Part | "again" | "more" {
    const window = this.#window
    if (this.#around !== "") {
      if (byte === CLOSE_ARRAY && !this.#isAfterComma) return this.#leave()
      if (this.#index > 0 && !this.#isAfterComma) {
        if (byte !== COMMA) throw this.#broken("expected , or ] after an element")
        window.start++
        this.#isAfterComma = true
        return "again"
      }
      if (byte === CLOSE_ARRAY) throw this.#broken("expected an element after ,")
    } else if (byte === OPEN_ARRAY) {
      window.start++
      return this.#enter("[")
    }
    if (byte === OPEN_OBJECT) {
      this.#objectStart = window.offset(window.start++)
      this.#state = "members"
      this.#hasMembers = false
      this.#isAfterComma = false
      return "again"
    }
    return this.#nextWhole()
  }

  #enter(around: Position["around"]): "again" {
    this.#around = around
    this.#index = 0
    this.#state = "objects"
    this.#scan.reset()
    return "again"
  }

  #leave(): "again" {
    this.#window.start++
    this.#state = this.#around === "[" ? "objects" : "members"
    this.#hasMembers = true
    this.#around = ""
    return "again"
  }

  #nextMember(byte: number): Part | "again" | "more" {
    const window = this.#window
    if (byte === CLOSE_OBJECT && !this.#isAfterComma) {
      window.start++
      this.#state = this.#objects === undefined ? "done" : "objects"
      if (this.#objects === undefined) return "again"
      this.#index = 1
      this.#scan.reset()
      const start = this.#objectStart
      this.#objectStart = undefined
      return { _tag: "end", start, position: this.#position() }
    }
    if (this.#hasMembers && !this.#isAfterComma) {
      if (byte !== COMMA) throw this.#broken("expected , or } after a member")
      window.start++
      this.#isAfterComma = true
      return "again"
    }
    if (byte !== QUOTE) throw this.#broken("expected a member name")
    this.#scan.reset()
    const most = window.start + this.#maxBytes
    const end = this.#scan.value(window.bytes, window.start, Math.min(window.end, most + 1), false)
    if (end > most || (end < 0 && window.end > most)) {
      // Nothing can be passed over with it.
      throw new ElementTooLarge({ limit: this.#maxBytes, offset: window.offset(window.start) })
    }
    if (end < 0) return this.#more()
    const name = window.parseOne(window.start, end)
    if (typeof name.value !== "string") throw this.#broken(`a member name is ${name.failure}`)
    this.#member = name.value
    this.#nameOffset = window.offset(window.start)
    window.start = end
    this.#isAfterComma = false
    this.#hasMembers = true
    this.#state = "colon"
    return "again"
  }

  #nextColon(byte: number): "again" {
    if (byte !== COLON) throw this.#broken("expected : after a member name")
    this.#window.start++
    this.#scan.reset()
    this.#state = "value"
    return "again"
  }

  #nextValue(byte: number): Part | "again" | "more" {
    const window = this.#window
    const name = this.#member as string
    if (byte === OPEN_ARRAY && this.#around === "" && this.#objects?.(name) === true) {
      window.start++
      return this.#enter("{[")
    }
    if (byte === OPEN_ARRAY && this.#arrays(name)) {
      window.start++
      this.#index = 0
      this.#cutter.restart()
      this.#state = "elements"
      return "again"
    }
    return this.#nextWhole()
  }

  /** A value that is not read by element. */
  #nextWhole(): Part | "again" | "more" {
    const window = this.#window
    const room = this.#state === "value" ? this.#room?.(this.#member as string) : undefined
    const most = window.start + Math.min(this.#maxBytes, room ?? this.#maxBytes)
    const to = Math.min(window.end, most + 1)
    const end = this.#scan.value(window.bytes, window.start, to, this.#isLast && to === window.end)
    if (end < 0) return window.end > most ? this.#pass() : this.#more()
    if (end === window.start && this.#state === "objects") {
      throw this.#broken("expected a JSON object or array")
    }
    const { bytes, start } = window
    const parsed = this.#parsed(end, most)
    window.start = end
    const bytesOf = parsed.failure === "too large" ? noBytes : () => bytes.subarray(start, end)
    return this.#one(parsed, window.offset(start), window.offset(end), bytesOf)
  }

  #parsed(end: number, most: number): Parsed {
    const { bytes, start } = this.#window
    if (end > most) return { value: undefined, failure: "too large" }
    return isTooHeavy(bytes, start, end, this.#maxBytes)
      ? { value: undefined, failure: "too many values" }
      : this.#window.parseOne(start, end)
  }

  #one(
    { failure, value }: Parsed,
    offset: number,
    end: number,
    bytesOf: () => Uint8Array
  ): Member<Position> | Value {
    this.#scan.reset()
    if (this.#state === "objects") {
      this.#isAfterComma = false
      this.#index = 1
      return { _tag: "value", value, failure, offset, end, bytesOf, position: this.#position() }
    }
    this.#state = "members"
    const [name, nameOffset] = [this.#member as string, this.#nameOffset]
    const position = this.#position()
    return { _tag: "member", name, nameOffset, value, failure, offset, end, bytesOf, position }
  }

  #nextElements(byte: number): Elements<Position> | "again" | "more" {
    const window = this.#window
    if (byte === CLOSE_ARRAY && !this.#isAfterComma) {
      window.start++
      this.#state = this.#hasMembers ? "members" : "done"
      this.#member = undefined
      return "again"
    }
    if (this.#index > 0 && !this.#isAfterComma) {
      if (byte !== COMMA) throw this.#broken("expected , or ] after an element")
      window.start++
      this.#isAfterComma = true
      this.#scan.reset()
      return "again"
    }
    if (byte === CLOSE_ARRAY) throw this.#broken("expected an element after ,")
    // Many arrays of a sequence are shorter than what would be cut: only a scan tells.
    const isShort = this.#objects !== undefined && this.#index === 0
    const cut = this.#cutter.next(this.#isLast, isShort)
    if (cut === "more") return this.#more()
    if (cut === "too large") return this.#pass()
    return this.#elements(cut)
  }

  #elements({ end, failures, values }: Cut): Elements<Position> {
    const window = this.#window
    const { bytes, start } = window
    let ranges: ReadonlyArray<readonly [number, number]> | undefined
    const range = (i: number) => {
      ranges ??= elementRanges(bytes, start, end)
      return ranges[i] ?? [start, end]
    }
    window.start = end
    return {
      ...this.#counted(values, failures),
      bytesOf: (i) => bytes.subarray(...range(i)),
      // The first one begins where all of them do, which needs no scan.
      offsetOf: (i) => window.offset(i === 0 ? start : range(i)[0]),
      endOf: (i) => window.offset(range(i)[1])
    }
  }

  #counted(values: ReadonlyArray<unknown>, failures: ReadonlyMap<number, ElementProblem>) {
    const first = this.#index
    this.#index += values.length
    this.#isAfterComma = false
    return {
      _tag: "elements",
      member: this.#member,
      values,
      first,
      failures,
      position: this.#position()
    } as const
  }

  /** Begins to pass over a value that is too large to be held. */
  #pass(): "again" {
    this.#skip = new Skip(this.#window)
    return "again"
  }

  /** Passes over more of it, and tells of it when it has ended. */
  #passOn(skip: Skip): Part | "more" {
    const [window, scan] = [this.#window, this.#scan]
    const { bytes, end, start } = window
    const found =
      this.#state === "elements"
        ? (scan.elements(bytes, start, end, start).ends[0] ?? -1)
        : scan.value(bytes, start, end, this.#isLast)
    skip.over(found < 0 ? end : found)
    scan.shift()
    if (found < 0) return this.#more()
    this.#skip = undefined
    scan.reset()
    return this.#skipped(skip)
  }

  #skipped({ from, to }: Skip): Part {
    if (this.#state !== "elements")
      return this.#one({ value: undefined, failure: "too large" }, from, to, noBytes)
    return {
      ...this.#counted([undefined], new Map([[0, "too large"]])),
      bytesOf: noBytes,
      offsetOf: () => from,
      endOf: () => to
    }
  }

  #position(): Position {
    const offset = this.#window.offset(this.#window.start)
    const around = this.#objects === undefined ? undefined : { around: this.#around }
    const start: Start =
      this.#state === "elements"
        ? { offset, within: "elements", member: this.#member ?? null, index: this.#index, ...around }
        : this.#state === "objects"
          ? { offset, within: "objects", member: null, index: this.#index, ...around }
          : { offset, within: "members", member: null, index: this.#hasMembers ? 1 : 0, ...around }
    return start as Position
  }

  #more(): "more" {
    if (this.#isLast) throw this.#broken("the document ends too early", this.#window.end)
    return "more"
  }

  #broken(problem: string, at: number = this.#window.start): JsonSyntaxError {
    return new JsonSyntaxError({ problem, offset: this.#window.offset(at) })
  }
}
