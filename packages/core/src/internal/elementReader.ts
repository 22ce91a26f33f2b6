import type { Elements, Member } from "../JsonElements.ts"
import type { Options, Part, Position, Reader } from "../JsonObjects.ts"
import { ElementTooLarge, JsonSyntaxError } from "./jsonErrors.ts"
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  elementRanges,
  isSpace,
  learnSeparator,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  Scan
} from "./jsonScan.ts"
import { JsonWindow } from "./jsonWindow.ts"

type State = "start" | "objects" | "members" | "value" | "elements" | "done"

/** One document, or with `objects` a sequence of objects. */
export type Settings = Omit<Options, "objects"> & Partial<Pick<Options, "objects">>

/** What the reader gives when it does not read a sequence has no `around`. */
export type Start = Omit<Position, "around"> & Partial<Pick<Position, "around">>

const SPECULATION_LIMIT = 8
const PIECE = 64 << 10

export class ElementReader implements Reader {
  readonly #arrays: (member: string) => boolean
  readonly #objects: ((member: string) => boolean) | undefined
  readonly #batchBytes: number
  readonly #maxBytes: number
  readonly #window: JsonWindow
  readonly #scan = new Scan()

  // What was pushed and is not in the window yet: taken in small pieces, so that the window stays small.
  readonly #chunks: Array<Uint8Array> = []
  #isEnded = false
  #state: State = "start"
  #member: string | undefined
  #hasMembers = false
  #index = 0
  #isAfterComma = false
  #separator: Uint8Array | undefined
  #misses = 0
  /** Of a sequence: what the object or the next one stands in. */
  #around: Position["around"] = ""

  constructor(options: Settings, position: Start | undefined) {
    this.#arrays = options.arrays
    this.#objects = options.objects
    this.#batchBytes = options.batchBytes ?? 48 << 10
    this.#maxBytes = options.maxElementBytes ?? 64 << 20
    this.#window = new JsonWindow(position?.offset ?? 0)
    if (position === undefined) return
    this.#state = position.within
    this.#member = position.member ?? undefined
    this.#hasMembers = position.within === "elements" ? position.member !== null : position.index > 0
    this.#index = position.index
    this.#around = position.around ?? ""
  }

  readonly push = (chunk: Uint8Array): void => {
    this.#chunks.push(chunk)
  }

  readonly end = (): void => {
    this.#isEnded = true
  }

  readonly next = (): Part | undefined => {
    for (;;) {
      const part = this.#advance()
      if (part === "more") {
        if (!this.#take()) return undefined
      } else if (part !== "again") return part
    }
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

  #advance(): Part | "again" | "more" | undefined {
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
      case "value":
        return this.#nextValue(byte)
      case "elements":
        return this.#nextElements(byte)
      case "done":
        throw this.#broken("there is something after the end of the document")
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
      window.start++
      this.#state = "members"
      this.#hasMembers = false
      this.#isAfterComma = false
      return "again"
    }
    const end = this.#scan.value(window.bytes, window.start, window.end, this.#isLast)
    if (end < 0) return this.#more()
    if (end === window.start) throw this.#broken("expected a JSON object or array")
    const offset = window.offset(window.start)
    const { failure, value } = window.parseOne(window.start, end)
    window.start = end
    this.#scan.reset()
    this.#isAfterComma = false
    this.#index = 1
    return { _tag: "value", value, failure, offset, position: this.#position() }
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
      return { _tag: "end", position: this.#position() }
    }
    if (this.#hasMembers && !this.#isAfterComma) {
      if (byte !== COMMA) throw this.#broken("expected , or } after a member")
      window.start++
      this.#isAfterComma = true
      return "again"
    }
    if (byte !== QUOTE) throw this.#broken("expected a member name")
    this.#scan.reset()
    const end = this.#scan.value(window.bytes, window.start, window.end, this.#isLast)
    if (end < 0) return this.#more()
    let colon = end
    while (colon < window.end && isSpace(window.bytes[colon])) colon++
    if (colon >= window.end) return this.#more()
    if (window.bytes[colon] !== COLON) throw this.#broken("expected : after a member name", colon)
    const name = window.parseOne(window.start, end)
    if (typeof name.value !== "string") throw this.#broken(`a member name is ${name.failure}`)
    this.#member = name.value
    window.start = colon + 1
    this.#isAfterComma = false
    this.#hasMembers = true
    this.#scan.reset()
    this.#state = "value"
    return "again"
  }

  #nextValue(byte: number): Member<Position> | "again" | "more" {
    const window = this.#window
    const name = this.#member as string
    if (byte === OPEN_ARRAY && this.#around === "" && this.#objects?.(name) === true) {
      window.start++
      return this.#enter("{[")
    }
    if (byte === OPEN_ARRAY && this.#arrays(name)) {
      window.start++
      this.#index = 0
      this.#misses = 0
      this.#state = "elements"
      return "again"
    }
    const end = this.#scan.value(window.bytes, window.start, window.end, this.#isLast)
    if (end < 0) return this.#more()
    const offset = window.offset(window.start)
    const { failure, value } = window.parseOne(window.start, end)
    window.start = end
    this.#state = "members"
    return { _tag: "member", name, value, failure, offset, position: this.#position() }
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
    if (!this.#isLast && window.end - window.start < this.#batchBytes) return "more"
    // Many arrays of a sequence are shorter than what would be cut: only a scan tells.
    const isShort = this.#objects !== undefined && this.#index === 0
    return (isShort ? undefined : this.#speculate()) ?? this.#scanElements()
  }

  /**
   * Cuts where the learned separator stands last and lets JSON.parse prove the
   * cut: from a known element start, a cut inside a string, a nested value or
   * behind the array leaves text that is not valid JSON.
   */
  #speculate(): Elements<Position> | undefined {
    const [window, separator] = [this.#window, this.#separator]
    if (separator === undefined || this.#misses >= SPECULATION_LIMIT) return undefined
    let limit = Math.min(window.end, window.start + this.#batchBytes) - separator.length
    for (let attempt = 0; attempt < 3 && limit > window.start; attempt++) {
      const at = window.bytes.lastIndexOf(separator, limit)
      if (at <= window.start) break
      const values = window.parseMany(window.start, at + 1)
      if (values !== undefined) {
        this.#misses = 0
        return this.#elements(values, at + 1, noFailures)
      }
      limit = at - 1
    }
    this.#misses++
    return undefined
  }

  /**
   * Learns from the first element alone, so that even the first batch of a
   * document is cut without a scan: most documents are not much longer.
   */
  #learn(): Elements<Position> | undefined {
    const { bytes, end, start } = this.#window
    const { closed, ends } = this.#scan.elements(bytes, start, end, start)
    const first = ends[0]
    if (first === undefined) return undefined
    this.#scan.reset()
    if (!closed) this.#separator = learnSeparator(bytes, first, end)
    return this.#speculate()
  }

  #scanElements(): Elements<Position> | "more" {
    if (this.#separator === undefined) {
      const learned = this.#learn()
      if (learned !== undefined) return learned
    }
    const window = this.#window
    const { bytes, start } = window
    const { ends } = this.#scan.elements(bytes, start, window.end, start + this.#batchBytes)
    const last = ends.at(-1)
    if (last === undefined) return this.#more()
    this.#scan.reset()
    const values = window.parseMany(start, last)
    if (values?.length === ends.length) return this.#elements(values, last, noFailures)
    const failures = new Map<number, string>()
    const one = ends.map((end, i) => {
      const { failure, value } = window.parseOne(i === 0 ? start : (ends[i - 1] as number) + 1, end)
      if (failure !== undefined) failures.set(i, failure)
      return value
    })
    return this.#elements(one, last, failures)
  }

  #elements(
    values: ReadonlyArray<unknown>,
    end: number,
    failures: ReadonlyMap<number, string>
  ): Elements<Position> {
    const window = this.#window
    const { bytes, start } = window
    const first = this.#index
    window.start = end
    this.#index += values.length
    this.#isAfterComma = false
    let ranges: ReadonlyArray<readonly [number, number]> | undefined
    const range = (i: number) => {
      ranges ??= elementRanges(bytes, start, end)
      return ranges[i] ?? [start, end]
    }
    return {
      _tag: "elements",
      member: this.#member,
      values,
      first,
      failures,
      position: this.#position(),
      bytesOf: (i) => bytes.subarray(...range(i)),
      offsetOf: (i) => window.offset(range(i)[0])
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
    const window = this.#window
    if (this.#isLast) throw this.#broken("the document ends too early", window.end)
    if (window.end - window.start > this.#maxBytes) {
      throw new ElementTooLarge({ limit: this.#maxBytes, offset: window.offset(window.start) })
    }
    return "more"
  }

  #broken(problem: string, at: number = this.#window.start): JsonSyntaxError {
    return new JsonSyntaxError({ problem, offset: this.#window.offset(at) })
  }
}

const noFailures: ReadonlyMap<number, string> = new Map()
