// The position of a reader in a document or a sequence of objects.
import type { ElementProblem } from "./errors.ts"
import type { End, Position, Value } from "./objectParts.ts"
import type { Elements, Member } from "./parts.ts"
import type { Ranges } from "./ranges.ts"
import type { JsonWindow, Parsed } from "./window.ts"

/** The syntax that comes next. */
type State = "start" | "objects" | "members" | "colon" | "value" | "elements" | "done"

/** The position where reading begins. Only the position of a sequence has `around`. */
export type Start = Omit<Position, "around"> & Partial<Pick<Position, "around">>

/** Follows the reader, and makes the parts with their positions. The next part begins at the window's start. */
export class Cursor {
  readonly #window: JsonWindow
  readonly #isSequence: boolean
  state: State = "start"
  /** The member whose value or elements come next; `undefined` in an array at the top level. */
  member: string | undefined
  /** Offset of its name. */
  #nameOffset = 0
  /** The object has members before this position, or the array is a member. */
  #hasMembers = false
  /** The number of elements of the array that have been read. Between objects: 1 after an object, otherwise 0. */
  index = 0
  isAfterComma = false
  /** For a sequence: the offset of the current object. */
  #objectStart: number | undefined
  /** For a sequence: what surrounds the current or next object. */
  around: Position["around"] = ""

  constructor(window: JsonWindow, isSequence: boolean, position: Start | undefined) {
    this.#window = window
    this.#isSequence = isSequence
    if (position === undefined) return
    this.state = position.within
    this.member = position.member ?? undefined
    this.#hasMembers = position.within === "elements" ? position.member !== null : position.index > 0
    this.index = position.index
    this.around = position.around ?? ""
  }

  /** Nothing is open, and the document may end here. */
  get isComplete(): boolean {
    if (!this.#isSequence) return this.state === "done"
    return this.state === "start" || (this.state === "objects" && this.around === "")
  }

  /** A comma, or the end of the object or array, must come next. */
  get isBehindValue(): boolean {
    return !this.isAfterComma && (this.state === "members" ? this.#hasMembers : this.index > 0)
  }

  enterObjects(around: Position["around"]): void {
    this.around = around
    this.index = 0
    this.state = "objects"
  }

  leaveObjects(): void {
    this.state = this.around === "[" ? "objects" : "members"
    this.#hasMembers = true
    this.around = ""
  }

  /** For a sequence only. */
  openObject(offset: number): void {
    this.#objectStart = offset
    this.state = "members"
    this.#hasMembers = false
    this.isAfterComma = false
  }

  /** For a sequence, the end of an object is a part. */
  closeObject(): End | undefined {
    if (!this.#isSequence) {
      this.state = "done"
      return undefined
    }
    this.state = "objects"
    this.index = 1
    const start = this.#objectStart
    this.#objectStart = undefined
    return { _tag: "end", start, position: this.#position() }
  }

  beginMember(name: string, offset: number): void {
    this.member = name
    this.#nameOffset = offset
    this.isAfterComma = false
    this.#hasMembers = true
    this.state = "colon"
  }

  enterElements(): void {
    this.index = 0
    this.state = "elements"
  }

  leaveElements(): void {
    this.state = this.#hasMembers ? "members" : "done"
    this.member = undefined
  }

  /** The part of a value that has been read whole: of a member, or between objects. */
  one(
    { failure, value }: Parsed,
    offset: number,
    end: number,
    bytesOf: () => Uint8Array
  ): Member<Position> | Value {
    if (this.state === "objects") {
      this.isAfterComma = false
      this.index = 1
      return { _tag: "value", value, failure, offset, end, bytesOf, position: this.#position() }
    }
    this.state = "members"
    const [name, nameOffset] = [this.member as string, this.#nameOffset]
    const position = this.#position()
    return { _tag: "member", name, nameOffset, value, failure, offset, end, bytesOf, position }
  }

  /** The part of elements that have been read. */
  some(
    values: ReadonlyArray<unknown>,
    failures: ReadonlyMap<number, ElementProblem>,
    { bytesOf, endOf, offsetOf }: Ranges
  ): Elements<Position> {
    const first = this.index
    this.index += values.length
    this.isAfterComma = false
    const { member } = this
    const position = this.#position()
    return { _tag: "elements", member, values, first, failures, position, bytesOf, offsetOf, endOf }
  }

  #position(): Position {
    const offset = this.#window.offset(this.#window.start)
    const around = this.#isSequence ? { around: this.around } : undefined
    const start: Start =
      this.state === "elements"
        ? { offset, within: "elements", member: this.member ?? null, index: this.index, ...around }
        : this.state === "objects"
          ? { offset, within: "objects", member: null, index: this.index, ...around }
          : { offset, within: "members", member: null, index: this.#hasMembers ? 1 : 0, ...around }
    return start as Position
  }
}
