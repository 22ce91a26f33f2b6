/**
 * Reads the elements of arrays inside a JSON document that may be larger than
 * memory: `{"messages":[…],"channel":{…}}`, or an array at the top.
 *
 * Elements are found in the bytes and parsed many at a time by JSON.parse, so
 * the values are what JSON.parse gives, with one difference: an integer beyond
 * 2^53 comes as a string with all its digits. An element that is no valid JSON
 * or no valid UTF-8 is a failure of that element; a document whose structure is
 * broken is a `JsonSyntaxError`. Memory is a small multiple of `batchBytes`, or
 * of the largest element.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Schema from "effect/Schema"
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
} from "./internal/jsonScan.ts"
import { JsonWindow } from "./internal/jsonWindow.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Which members of the top-level object are read element by element, if they are arrays. Others are given whole. */
  readonly arrays: (member: string) => boolean
  /** About how many bytes are parsed at once; 48 KiB. More is slower: V8 keeps larger strings elsewhere. */
  readonly batchBytes?: number
  /** Largest element or other member; 64 MiB. */
  readonly maxElementBytes?: number
}

/**
 * Where reading goes on: give the reader the document's bytes from `offset`.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Position extends Schema.Opaque<Position>()(
  Schema.Struct({
    offset: Schema.Finite,
    /** In an array of elements, or between members of the top-level object. */
    within: Schema.Literals(["elements", "members"]),
    /** The member whose array it is; `null` for an array at the top. */
    member: Schema.NullOr(Schema.String),
    /** Elements read so far in this array; 1 between members when a comma comes next, else 0. */
    index: Schema.Finite
  })
) {}

/**
 * Some elements of one array. `textOf`, `bytesOf` and `offsetOf` look into the
 * reader's buffer: call them before the next `push` or `next`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Elements {
  readonly _tag: "elements"
  /** The member whose array it is; `undefined` for an array at the top. */
  readonly member: string | undefined
  /** `undefined` where an element failed. */
  readonly values: ReadonlyArray<unknown>
  /** Position of `values[0]` in its array. */
  readonly first: number
  /** What is wrong with elements that failed, by index in `values`. */
  readonly failures: ReadonlyMap<number, string>
  readonly position: Position
  /** The bytes of `values[i]` as they stand in the document. */
  readonly bytesOf: (i: number) => Uint8Array
  /** Byte offset of `values[i]` in the document. */
  readonly offsetOf: (i: number) => number
}

/**
 * A member of the top-level object that is not read by element.
 *
 * @category models
 * @since 0.1.0
 */
export interface Member {
  readonly _tag: "member"
  readonly name: string
  /** `undefined` when it failed. */
  readonly value: unknown
  readonly failure: string | undefined
  readonly offset: number
  readonly position: Position
}

/**
 * @category models
 * @since 0.1.0
 */
export type Part = Elements | Member

/**
 * The document's structure is broken: what is wrong and at which byte.
 *
 * @category errors
 * @since 0.1.0
 */
export class JsonSyntaxError extends Data.TaggedError("JsonSyntaxError")<{
  readonly problem: string
  readonly offset: number
}> {
  override get message(): string {
    return `${this.problem} (byte ${this.offset})`
  }
}

/**
 * An element or member is larger than `maxElementBytes`.
 *
 * @category errors
 * @since 0.1.0
 */
export class ElementTooLarge extends Data.TaggedError("ElementTooLarge")<{
  readonly limit: number
  readonly offset: number
}> {
  override get message(): string {
    return `an element is larger than ${this.limit} bytes (byte ${this.offset})`
  }
}

/**
 * Reads one document. Synchronous: push bytes, then take parts until there are
 * none; after the last bytes call `end` and take the rest. `next` throws
 * `JsonSyntaxError` or `ElementTooLarge`, after which the reader is of no use.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reader {
  readonly push: (chunk: Uint8Array) => void
  readonly end: () => void
  readonly next: () => Part | undefined
}

/**
 * Makes a reader, at the start of a document or at a position of it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options, position?: Position): Reader => new ElementReader(options, position)

// internal

type State = "start" | "members" | "value" | "elements" | "done"

const SPECULATION_LIMIT = 8

class ElementReader implements Reader {
  readonly #arrays: (member: string) => boolean
  readonly #batchBytes: number
  readonly #maxBytes: number
  readonly #window: JsonWindow
  readonly #scan = new Scan()

  #isEnded = false
  #state: State = "start"
  #member: string | undefined
  #hasMembers = false
  #index = 0
  #isAfterComma = false
  #separator: Uint8Array | undefined
  #misses = 0

  constructor(options: Options, position: Position | undefined) {
    this.#arrays = options.arrays
    this.#batchBytes = options.batchBytes ?? 48 << 10
    this.#maxBytes = options.maxElementBytes ?? 64 << 20
    this.#window = new JsonWindow(this.#batchBytes * 2, position?.offset ?? 0)
    if (position === undefined) return
    this.#state = position.within
    this.#member = position.member ?? undefined
    this.#hasMembers = position.within === "elements" ? position.member !== null : position.index > 0
    this.#index = position.index
  }

  readonly push = (chunk: Uint8Array): void => this.#window.push(chunk)

  readonly end = (): void => {
    this.#isEnded = true
  }

  readonly next = (): Part | undefined => {
    for (;;) {
      if (this.#state === "start" && !this.#window.skipByteOrderMark(this.#isEnded)) return undefined
      const byte = this.#window.peek()
      if (byte === undefined) {
        if (this.#isEnded && this.#state !== "done") throw this.#broken("the document ends too early")
        return undefined
      }
      const part = this.#step(byte)
      if (part === "more") return undefined
      if (part !== "again") return part
    }
  }

  #step(byte: number): Part | "again" | "more" {
    switch (this.#state) {
      case "start":
        return this.#open(byte)
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
    if (byte === OPEN_OBJECT) this.#state = "members"
    else if (byte === OPEN_ARRAY) this.#state = "elements"
    else throw this.#broken("expected a JSON object or array")
    this.#window.start++
    return "again"
  }

  #nextMember(byte: number): "again" | "more" {
    const window = this.#window
    if (byte === CLOSE_OBJECT && !this.#isAfterComma) {
      window.start++
      this.#state = "done"
      return "again"
    }
    if (this.#hasMembers && !this.#isAfterComma) {
      if (byte !== COMMA) throw this.#broken("expected , or } after a member")
      window.start++
      this.#isAfterComma = true
      return "again"
    }
    if (byte !== QUOTE) throw this.#broken("expected a member name")
    this.#scan.reset()
    const end = this.#scan.value(window.bytes, window.start, window.end, this.#isEnded)
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

  #nextValue(byte: number): Member | "again" | "more" {
    const window = this.#window
    const name = this.#member as string
    if (byte === OPEN_ARRAY && this.#arrays(name)) {
      window.start++
      this.#index = 0
      this.#state = "elements"
      return "again"
    }
    const end = this.#scan.value(window.bytes, window.start, window.end, this.#isEnded)
    if (end < 0) return this.#more()
    const offset = window.offset(window.start)
    const { failure, value } = window.parseOne(window.start, end)
    window.start = end
    this.#state = "members"
    return { _tag: "member", name, value, failure, offset, position: this.#position() }
  }

  #nextElements(byte: number): Elements | "again" | "more" {
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
    if (!this.#isEnded && window.end - window.start < this.#batchBytes) return "more"
    return this.#speculate() ?? this.#scanElements()
  }

  /**
   * Cuts where the learned separator stands last and lets JSON.parse prove the
   * cut: from a known element start, a cut inside a string, a nested value or
   * behind the array leaves text that is not valid JSON.
   */
  #speculate(): Elements | undefined {
    const [window, separator] = [this.#window, this.#separator]
    if (separator === undefined || this.#misses >= SPECULATION_LIMIT) return undefined
    let limit = Math.min(window.end, window.start + this.#batchBytes) - separator.length
    for (let attempt = 0; attempt < 3 && limit > window.start; attempt++) {
      const at = window.bytes.lastIndexOf(separator, limit)
      if (at <= window.start) break
      const values = window.parseMany(window.start, at + 1)
      if (values !== undefined) {
        this.#misses = 0
        return this.#take(values, at + 1, noFailures)
      }
      limit = at - 1
    }
    this.#misses++
    return undefined
  }

  #scanElements(): Elements | "more" {
    const window = this.#window
    const { bytes, start } = window
    const { closed, ends } = this.#scan.elements(bytes, start, window.end, start + this.#batchBytes)
    const last = ends.at(-1)
    if (last === undefined) return this.#more()
    if (!closed && ends.length > 1 && this.#separator === undefined) {
      this.#separator = learnSeparator(bytes, ends[0] as number, ends[1] as number)
    }
    this.#scan.reset()
    const values = window.parseMany(start, last)
    if (values?.length === ends.length) return this.#take(values, last, noFailures)
    const failures = new Map<number, string>()
    const one = ends.map((end, i) => {
      const { failure, value } = window.parseOne(i === 0 ? start : (ends[i - 1] as number) + 1, end)
      if (failure !== undefined) failures.set(i, failure)
      return value
    })
    return this.#take(one, last, failures)
  }

  #take(values: ReadonlyArray<unknown>, end: number, failures: ReadonlyMap<number, string>): Elements {
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
    return this.#state === "elements"
      ? { offset, within: "elements", member: this.#member ?? null, index: this.#index }
      : { offset, within: "members", member: null, index: this.#hasMembers ? 1 : 0 }
  }

  #more(): "more" {
    const window = this.#window
    if (this.#isEnded) throw this.#broken("the document ends too early", window.end)
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
