// Reads files of consecutive JSON documents, each on any number of lines: pages that a script has written one after the
// other, or a single record.
import { ArchiveReader } from "@chatferry/connector"
import { Rejected } from "@chatferry/core"
import { Json, JsonElements } from "@chatferry/core/files"
import { type BatchBuilder } from "@chatferry/core/run"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { FileContext } from "./lists.ts"
import { value } from "./values.ts"

/** Corrected rejects of this format are read like lines. */
export const documents: ArchiveReader.Format<FileContext> = {
  open: (file, context, { maxElementBytes }, at) => {
    const start = at === undefined ? Option.none() : decode(at)
    if (at !== undefined && Option.isNone(start)) return undefined
    let position = Option.getOrUndefined(start)
    const cutter = new DocumentCutter(maxElementBytes, position?.offset)
    const mapping = { out: context.out, kind: "unknown", noun: "record", maxElementBytes } as const
    return {
      push: cutter.push,
      end: cutter.end,
      at: () => position,
      next: () => {
        const found = cutter.next()
        if (found === undefined) return false
        const part = ArchiveReader.located(file, partOf(found, maxElementBytes))
        const origin = new DocumentOrigin(part, file.location)
        ArchiveReader.eachRecord(part, origin, mapping, (record) => value(record, context))
        position = { offset: found.to }
        return true
      }
    }
  }
}

/** The range of a document, which may be malformed. */
export interface Document {
  /** `undefined` if the document is too large. */
  readonly bytes: Buffer | undefined
  readonly from: number
  readonly to: number
}

/** Splits the bytes of a file into documents. */
export class DocumentCutter {
  readonly #most: number
  readonly #ready: Array<Document> = []
  #pieces: Array<Buffer> = []
  /** Start of the unfinished document, and offset of the next byte. */
  #from: number | undefined
  #offset: number
  #depth = 0
  #isText = false
  #isEscaped = false

  constructor(most: number, offset = 0) {
    this.#most = most
    this.#offset = offset
  }

  readonly next = (): Document | undefined => this.#ready.shift()

  readonly end = (): void => {
    if (this.#from !== undefined) this.#cut(this.#offset)
  }

  readonly push = (chunk: Uint8Array): void => {
    let begun = 0
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if (this.#isText) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (byte === BACKSLASH) this.#isEscaped = true
        else if (byte === QUOTE) this.#isText = false
        continue
      }
      if (this.#from === undefined) {
        if (SPACE.has(byte)) continue
        this.#from = this.#offset + i
        begun = i
      }
      if (byte === QUOTE) this.#isText = this.#depth > 0
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#depth++
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.#depth--
      else if (byte !== LINE_FEED) continue
      if (this.#depth > 0 || byte === QUOTE) continue
      this.#keep(chunk, begun, i + 1)
      this.#cut(this.#offset + i + 1)
    }
    if (this.#from !== undefined) this.#keep(chunk, begun, chunk.length)
    this.#offset += chunk.length
  }

  #keep(chunk: Uint8Array, from: number, to: number): void {
    const isTooLarge = this.#offset + to - (this.#from ?? 0) > this.#most
    if (isTooLarge) this.#pieces = []
    // A chunk is valid only until the next one is requested.
    else this.#pieces.push(Buffer.from(chunk.subarray(from, to)))
  }

  #cut(to: number): void {
    const from = this.#from ?? to
    const bytes = to - from > this.#most ? undefined : Buffer.concat(this.#pieces)
    this.#ready.push({ bytes, from, to })
    this.#pieces = []
    this.#from = undefined
    this.#depth = 0
    this.#isText = false
    this.#isEscaped = false
  }
}

// internal

const [QUOTE, BACKSLASH, LINE_FEED] = [0x22, 0x5c, 0x0a]
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d]
/** White space, and the bytes of a byte order mark. */
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])

const Position = Schema.Struct({ offset: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)) })
const decode = Schema.decodeUnknownOption(Position)

const partOf = ({ bytes = NOTHING, from, to }: Document, most: number) => {
  const failures = new Map<number, JsonElements.ElementProblem>()
  let found: unknown
  if (to - from > most) failures.set(0, "too large")
  else if (Json.isTooHeavy(bytes, most)) failures.set(0, "too many values")
  else {
    try {
      found = JsonElements.parse(bytes.toString("utf8"))
    } catch {
      failures.set(0, "not valid JSON")
    }
  }
  return { values: [found], failures, bytesOf: () => bytes, offsetOf: () => from, endOf: () => to }
}

const NOTHING = Buffer.alloc(0)

type Part = Pick<ReturnType<typeof partOf>, "bytesOf" | "endOf" | "offsetOf">

class DocumentOrigin implements BatchBuilder.Origin {
  readonly #part: Part
  readonly #location: string
  i = 0

  constructor(part: Part, location: string) {
    this.#part = part
    this.#location = location
  }

  location(within: string): string {
    return `${this.#location}:${within} (${Rejected.bytesOf(this.range())})`
  }

  range(): Rejected.Range {
    return { from: this.#part.offsetOf(), to: this.#part.endOf() }
  }

  text(): string {
    return this.#part.bytesOf().toString("utf8")
  }

  context(): { readonly part: "line" } {
    return { part: "line" }
  }
}
