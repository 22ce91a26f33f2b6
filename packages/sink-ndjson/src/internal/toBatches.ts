import { type Entity, type NdjsonLines, type Passage, Rejected, type Source } from "@chatferry/core"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { checkEntity } from "./checkEntity.ts"

export interface Place {
  /** The file's name, for people. */
  readonly file: string
  readonly isStrict: boolean
  readonly maxLineBytes: number
  /** Where reading starts. */
  readonly offset: number
  /** Has all bytes that come as lines; its checksum is part of each position. */
  readonly passage: Passage.Passage
}

/** Checks lines and joins them to batches. A batch ends with a part, so where it ends depends on the bytes alone. */
export const toBatches =
  (place: Place) =>
  <E, R>(parts: Stream.Stream<NdjsonLines.LinesPart, E, R>): Stream.Stream<Source.Batch, E, R> =>
    Stream.concat(Stream.map(parts, Option.some), Stream.succeed(Option.none())).pipe(
      Stream.mapAccum(
        () => new OpenBatch(place),
        (open, part) => {
          if (Option.isSome(part)) open.add(part.value)
          return [open, Option.isNone(part) || open.isFull ? open.close() : []]
        }
      )
    )

const ENOUGH_RECORDS = 512
const ENOUGH_BYTES = 1 << 20

class OpenBatch {
  readonly #place: Place
  #start: number
  #records: Array<Entity.Entity> = []
  #rejected: Array<Rejected.Rejected> = []
  #position: NdjsonLines.Position | undefined

  constructor(place: Place) {
    this.#place = place
    this.#start = place.offset
  }

  get isFull(): boolean {
    return (
      this.#records.length + this.#rejected.length >= ENOUGH_RECORDS ||
      (this.#position?.offset ?? 0) - this.#start >= ENOUGH_BYTES
    )
  }

  add(part: NdjsonLines.LinesPart): void {
    const { isStrict } = this.#place
    part.values.forEach((value, i) => {
      const failure = part.failures.get(i)
      if (failure !== undefined) return this.#unreadable(part, i, failure)
      const checked = checkEntity(value, isStrict)
      if ("entity" in checked) {
        this.#records.push(checked.entity)
        return
      }
      const { code, isTooDeep, kind, message } = checked.problem
      this.#reject(
        part,
        i,
        kind,
        code,
        message,
        isTooDeep ? Rejected.textOrBytes(part.bytesOf(i)) : (value as Schema.Json)
      )
    })
    this.#position = part.position
    this.#place.passage.upTo(part.position.offset)
  }

  /** The batch, if anything was read, and begins the next. */
  close(): ReadonlyArray<Source.Batch> {
    const position = this.#position
    if (position === undefined) return []
    const { line, offset } = position
    const read = this.#place.passage.upTo(offset)
    const batch: Source.Batch = {
      records: this.#records,
      rejected: this.#rejected,
      position: { offset, line, read },
      trail: { offset, read },
      bytes: position.offset - this.#start,
      place: `line ${position.line}`
    }
    this.#start = position.offset
    this.#records = []
    this.#rejected = []
    this.#position = undefined
    return [batch]
  }

  #reject(
    part: NdjsonLines.LinesPart,
    i: number,
    kind: Rejected.Rejected["kind"],
    code: string,
    message: string,
    original: Schema.Json
  ): void {
    const place = `${this.#place.file}:${part.lineOf(i)} (byte ${part.offsetOf(i)})`
    this.#rejected.push({ kind, code, message, place, original })
  }

  #unreadable(part: NdjsonLines.LinesPart, i: number, problem: NdjsonLines.LineProblem): void {
    if (problem === "not valid JSON" || problem === "not valid UTF-8" || problem === "nested too deeply") {
      const original = Rejected.textOrBytes(part.bytesOf(i))
      return this.#reject(part, i, "unknown", codes[problem], `the line is ${problem}`, original)
    }
    const { file, maxLineBytes } = this.#place
    const range = { from: part.offsetOf(i), to: part.endOf(i) }
    const place = `${file}:${part.lineOf(i)} (${Rejected.bytesOf(range)})`
    const limit = { setting: "maxLineBytes", bytes: maxLineBytes }
    this.#rejected.push(Rejected.tooLarge("unknown", place, range, limit))
  }
}

const codes = {
  "not valid JSON": "invalid_json",
  "not valid UTF-8": "invalid_utf8",
  "nested too deeply": "nested_too_deeply"
} as const
