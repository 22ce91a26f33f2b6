import { Rejected, type Source } from "@chatferry/core"
import { type NdjsonLines } from "@chatferry/core/files"
import { BatchBuilder, EntityCheck, type Passage, RejectedLine } from "@chatferry/core/run"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

export interface Location {
  /** The file's name in messages. */
  readonly file: string
  readonly unknownFields: "reject" | "keep"
  readonly maxLineBytes: number
  /** The offset at which reading starts. */
  readonly offset: number
  /** Receives all bytes of the lines. Its checksum is part of each position. */
  readonly passage: Passage.Passage
  /** Maps an offset to the file if lines before it have been corrected. */
  readonly inInput: (offset: number) => number
}

/** Checks lines and joins them to batches. A batch ends with a part, so its end depends only on the bytes. */
export const toBatches =
  (location: Location) =>
  <E, R>(parts: Stream.Stream<NdjsonLines.LinesPart, E, R>): Stream.Stream<Source.Batch, E, R> =>
    Stream.concat(Stream.map(parts, Option.some), Stream.succeed(Option.none())).pipe(
      Stream.mapAccum(
        () => new OpenBatch(location),
        (open, part) => {
          if (Option.isSome(part)) open.add(part.value)
          return [open, Option.isNone(part) || open.isFull ? open.close() : []]
        }
      )
    )

const ENOUGH_RECORDS = 512
const ENOUGH_BYTES = 1 << 20

class OpenBatch {
  readonly #location: Location
  readonly #out = new BatchBuilder.BatchBuilder()
  #start: number
  #position: NdjsonLines.Position | undefined

  constructor(location: Location) {
    this.#location = location
    // A partition is one file.
    this.#out.entry = {}
    this.#start = location.offset
  }

  get isFull(): boolean {
    return this.#out.size >= ENOUGH_RECORDS || (this.#position?.offset ?? 0) - this.#start >= ENOUGH_BYTES
  }

  add(part: NdjsonLines.LinesPart): void {
    const { passage, unknownFields } = this.#location
    for (const [i, value] of part.values.entries()) {
      const failure = part.failures.get(i)
      const checked = failure === undefined ? EntityCheck.check(value, unknownFields) : undefined
      if (checked !== undefined && "entity" in checked) {
        this.#out.push(checked.entity)
        continue
      }
      this.#out.origin = this.#originOf(part, i)
      if (failure !== undefined) this.#unreadable(part, i, failure)
      else if (checked !== undefined) {
        const { code, kind, message } = checked.problem
        this.#out.reject(kind, code, message, value)
      }
    }
    this.#position = part.position
    passage.upTo(part.position.offset)
  }

  /** Returns the batch if anything was read, and starts the next one. */
  close(): ReadonlyArray<Source.Batch> {
    const position = this.#position
    if (position === undefined) return []
    const { line, offset } = position
    const read = this.#location.passage.upTo(offset)
    const { records, rejected } = this.#out.take()
    const batch: Source.Batch = {
      records,
      rejected,
      position: { offset, line, read },
      readDigest: { offset, read },
      bytes: position.offset - this.#start,
      location: `line ${position.line}`
    }
    this.#start = position.offset
    this.#position = undefined
    return [batch]
  }

  #originOf(part: NdjsonLines.LinesPart, i: number): BatchBuilder.Origin {
    return {
      location: () => `${this.#location.file}:${part.lineOf(i)} (${this.#whereOf(part, i)})`,
      text: () => Buffer.from(part.bytesOf(i)).toString("utf8"),
      range: () => this.#rangeOf(part, i)
    }
  }

  #rangeOf(part: NdjsonLines.LinesPart, i: number): Rejected.Range {
    const { inInput } = this.#location
    return { from: inInput(part.offsetOf(i)), to: inInput(part.endOf(i)) }
  }

  #whereOf(part: NdjsonLines.LinesPart, i: number): string {
    const range = this.#rangeOf(part, i)
    return Rejected.isTooLarge(part.failures.get(i)) ? Rejected.bytesOf(range) : `byte ${range.from}`
  }

  #unreadable(part: NdjsonLines.LinesPart, i: number, problem: NdjsonLines.LineProblem): void {
    if (problem === "not valid JSON" || problem === "not valid UTF-8" || problem === "nested too deeply") {
      const message = `the line is ${problem}`
      this.#out.rejectBytes("unknown", RejectedLine.CODES[problem], message, part.bytesOf(i))
      return
    }
    const { maxLineBytes } = this.#location
    this.#out.rejectTooLarge("unknown", this.#rangeOf(part, i), maxLineBytes, "maxLineBytes")
  }
}
