// Files that have a record on each line.
import { Rejected } from "@chatferry/core"
import { NdjsonLines } from "@chatferry/core/files"
import { type BatchBuilder, RejectedLine } from "@chatferry/core/run"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as RawValue from "../../records/RawValue.ts"
import { located } from "./corrections.ts"
import type { Base, Format } from "./model.ts"
import { partBytes } from "./partBytes.ts"
import { eachRecord } from "./rejects.ts"

/** The position of a record in its file. */
export interface At {
  readonly offset: number
  readonly bytes: number
}

export interface LinesOptions<in C> {
  /**
   * The kind of rejected values that are not records.
   *
   * @default unknown
   */
  readonly kind?: Rejected.Rejected["kind"]
  /** Everything outside a record that its meaning depends on, for `Rejected.context`. By default there is nothing. */
  readonly contextOf?: (context: C) => Schema.JsonObject
  /** Restores the result of `contextOf` from the context of a reject. Returns `false` if the context has another form. */
  readonly restore?: (from: Schema.Json, context: C) => boolean
  /** Called before the records of a part. `at` returns the position of the record that is being mapped, until the next call. */
  readonly begin?: (context: C, at: () => At) => void
  /** Called after the last line. */
  readonly finish?: (context: C) => void
}

export const lines = <C extends Base>(
  map: (record: RawValue.RawObject, context: C) => void,
  { begin, contextOf, finish, kind = "unknown", restore }: LinesOptions<C> = {}
): Format<C> => ({
  open: (file, context, limits, at) => {
    const start = at === undefined ? Option.none() : decode(at)
    if (at !== undefined && Option.isNone(start)) return undefined
    let position = Option.getOrUndefined(start)
    const { maxElementBytes } = limits
    const options = { maxLineBytes: maxElementBytes, batchBytes: partBytes(limits) }
    const reader = NdjsonLines.make(options, position)
    const { out } = context
    return {
      // Incomplete lines are kept, and a chunk is only valid until the next one is requested.
      push: (chunk) => reader.push(Buffer.from(chunk)),
      end: reader.end,
      at: () => (position === undefined ? undefined : { offset: position.offset, line: position.line }),
      ...(finish !== undefined && { finish: () => finish(context) }),
      next: () => {
        const read = reader.next()
        if (read === undefined) return false
        const part = located(file, read)
        const origin = new LineOrigin(part, file.location, () => contextOf?.(context) ?? LINE)
        begin?.(context, () => ({ offset: read.offsetOf(origin.i), bytes: read.bytesOf(origin.i).length }))
        eachRecord(part, origin, { out, kind, noun: "line", maxElementBytes }, (record) =>
          map(record, context)
        )
        position = part.position
        return true
      }
    }
  },
  again: (line, context, { maxElementBytes }) => {
    const { context: from } = line
    const isOwn =
      contextOf === undefined ? isLine(from) : from !== undefined && restore?.(from, context) === true
    if (!isOwn) return undefined
    const content = RejectedLine.contentOf(line)
    const origin = { ...RejectedLine.originOf(line, content), i: 0 }
    const mapping = { out: context.out, kind, noun: "line", maxElementBytes } as const
    eachRecord(RejectedLine.elementsOf(content), origin, mapping, (record) => map(record, context))
    finish?.(context)
    return "mapped"
  }
})

// internal

/** The context of a line whose meaning does not depend on anything else. */
const LINE: Schema.JsonObject = { part: "line" }

const isLine = (context: unknown) => JSON.stringify(context) === JSON.stringify(LINE)

const Position = Schema.Struct({
  offset: NdjsonLines.Position.fields.offset.check(Schema.isGreaterThanOrEqualTo(0)),
  line: NdjsonLines.Position.fields.line.check(Schema.isGreaterThanOrEqualTo(0))
})
const decode = Schema.decodeUnknownOption(Position)

class LineOrigin implements BatchBuilder.Origin {
  readonly #part: NdjsonLines.LinesPart
  readonly #location: string
  readonly context: () => Schema.Json
  i = 0

  constructor(part: NdjsonLines.LinesPart, location: string, context: () => Schema.Json) {
    this.#part = part
    this.#location = location
    this.context = context
  }

  location(within: string): string {
    const { endOf, failures, lineOf, offsetOf } = this.#part
    const from = offsetOf(this.i)
    const isTooLarge = Rejected.isTooLarge(failures.get(this.i))
    const at = isTooLarge ? Rejected.bytesOf({ from, to: endOf(this.i) }) : `byte ${from}`
    return `${this.#location}:line ${lineOf(this.i)}${within} (${at})`
  }

  range(): Rejected.Range {
    return { from: this.#part.offsetOf(this.i), to: this.#part.endOf(this.i) }
  }

  text(): string {
    return Buffer.from(this.#part.bytesOf(this.i)).toString("utf8")
  }
}
