import { Rejected } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import type { Dialect } from "../../StreamImportPolicies.ts"
import { EscapeSearch, judgeCharacters } from "./characters.ts"
import type { Batch, FileReader, Unread } from "./fileReader.ts"
import { type Finding, finding, type Location } from "./finding.ts"
import { faultOf, faultOfElement, hasRepeatedKey, NO_VALUE, wrongCharacter } from "./jsonFault.ts"
import { Judge } from "./judge.ts"
import { ItemJudge } from "./judgeItem.ts"
import { ElementsReader, NotAnArray } from "./readElements.ts"
import { LinesReader } from "./readLines.ts"
import type { Code, Params } from "./rules.ts"

/** Guesses the dialect of a file from its first bytes. */
export const detect = (
  start: Uint8Array
): { readonly dialect: Dialect; readonly problem: Code | undefined } => {
  const text = Buffer.from(start.buffer, start.byteOffset, start.byteLength)
  const isCompressed = COMPRESSED.some((magic) => text.subarray(0, magic.length).equals(magic))
  const isWide = WIDE.some((mark) => text.subarray(0, mark.length).equals(mark))
  const hasMark = text.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
  let at = hasMark ? BYTE_ORDER_MARK.length : 0
  while (at < text.length && (text[at] ?? 0) <= 32) at++
  return {
    dialect: text[at] === OPEN_ARRAY ? "json-array" : "jsonl",
    problem: isCompressed
      ? "file_compressed"
      : isWide
        ? "utf8_invalid"
        : hasMark
          ? "byte_order_mark"
          : undefined
  }
}

/** Checks the bytes of one file. */
export class FileCheck {
  readonly #judge: Judge
  readonly #items: ItemJudge
  readonly #reader: FileReader
  readonly #file: string
  #isBroken = false
  #isBlank = true
  readonly #escapes = new EscapeSearch()
  #hasEscapes = false
  /** The number of items that were read, valid or not. */
  items = 0

  constructor(file: string, options: ConstructorParameters<typeof Judge>[0]) {
    this.#file = file
    this.#judge = new Judge(options)
    this.#items = new ItemJudge(this.#judge)
    const { itemBytes } = options.settings
    this.#reader =
      options.dialect === "jsonl" ? new LinesReader(file, itemBytes) : new ElementsReader(file, itemBytes)
  }

  /** Whether the rest of the file could not be read, so that nothing is known about missing items. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /** Checks the next bytes of the file; `undefined` marks its end. */
  push(chunk: Uint8Array | undefined): ReadonlyArray<Finding> {
    if (this.#isBroken) return []
    this.#isBlank &&= chunk?.every((byte) => byte <= 32) !== false
    if (chunk === undefined) this.#reader.end()
    else {
      this.#hasEscapes ||= this.#escapes.isIn(chunk)
      this.#reader.push(chunk)
    }
    this.#judge.findings = []
    try {
      for (let batch = this.#reader.next(); batch !== undefined; batch = this.#reader.next())
        this.#batch(batch)
    } catch (cause) {
      this.#broken(cause)
    }
    if (chunk === undefined && !this.#isBroken) this.#ended()
    return this.#judge.findings
  }

  #batch(batch: Batch): void {
    const judge = this.#judge
    const { failures, values } = batch
    judge.batch(batch.locationOf)
    this.items += values.length
    for (let i = 0; i < values.length; i++) {
      judge.item(i)
      const failure = failures.size === 0 ? undefined : failures.get(i)
      if (failure !== undefined) this.#unreadable(failure, batch, i)
      else {
        if (judge.settings.findsRepeatedKeys) this.#repeated(batch, i)
        const before = judge.findings.length
        this.#items.item(values[i])
        if (this.#hasEscapes) judgeCharacters(values[i], judge, before)
      }
    }
  }

  #repeated(batch: Batch, i: number): void {
    if (hasRepeatedKey(batch.bytesOf(i))) this.#judge.found("key_repeated", "")
  }

  #unreadable(failure: Unread, batch: Batch, i: number): void {
    const judge = this.#judge
    if (Rejected.isTooLarge(failure)) judge.found("item_too_large", "", { limit: judge.settings.itemBytes })
    else if (failure === "not valid UTF-8") judge.found("utf8_invalid", "")
    else {
      const bytes = batch.bytesOf(i)
      const found = judge.dialect === "jsonl" ? faultOf(bytes) : faultOfElement(bytes, COMMA)
      // Valid JSON that cannot be read is nested deeper than the parser supports.
      if (found === undefined) judge.found("item_nested_too_deeply", "")
      else judge.found("json_invalid", "", { fault: found.fault, at: batch.locationOf(i).byte + found.at })
    }
  }

  #broken(cause: unknown): void {
    this.#isBroken = true
    if (cause instanceof NotAnArray) this.#atByte(0, "array_expected", {})
    else if (cause instanceof JsonElements.ElementTooLarge) {
      this.#atByte(cause.offset, "item_too_large", { limit: cause.limit })
    } else if (cause instanceof JsonElements.JsonSyntaxError) this.#malformed(cause)
    else throw cause
  }

  #malformed({ offset, problem, reason }: JsonElements.JsonSyntaxError): void {
    if (reason === "not an object or array") this.#atByte(offset, "array_expected", {})
    else if (reason === "truncated") this.#truncated(offset)
    else if (reason === "trailing content") this.#atByte(offset, "trailing_content", {})
    else {
      const where = AFTER[reason]
      const fault =
        where === undefined ? problem : wrongCharacter(this.#reader.byteAt(offset) ?? COMMA, where)
      this.#atByte(offset, "json_invalid", { at: offset, fault })
    }
  }

  #truncated(offset: number): void {
    const skipped = this.#reader.skipped()
    if (skipped !== undefined) {
      const location = { file: this.#file, ...skipped, bytes: offset - skipped.byte }
      this.#whole(location, "item_too_large", { limit: this.#judge.settings.itemBytes })
    }
    this.#atByte(offset, this.#isBlank ? "file_empty" : "array_truncated", {})
  }

  #atByte(byte: number, code: Code, params: Params): void {
    this.#whole({ file: this.#file, line: this.#reader.lineAt(byte), byte, bytes: 0 }, code, params)
  }

  #whole(location: Location, code: Code, params: Params): void {
    this.#judge.findings.push(finding(code, location, "", undefined, params))
  }

  #ended(): void {
    const { byte, count, line } = this.#reader.blank()
    if (count > 0) this.#whole({ file: this.#file, line, byte, bytes: 0 }, "blank_line", {})
    if (this.items === 0) this.#whole({ file: this.#file, line: 1, byte: 0, bytes: 0 }, "file_empty", {})
  }
}

// internal

const OPEN_ARRAY = 91
const COMMA = 44
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf)
const COMPRESSED = [
  Buffer.of(0x1f, 0x8b),
  Buffer.from("PK\u0003\u0004", "latin1"),
  Buffer.of(0x28, 0xb5, 0x2f, 0xfd),
  Buffer.from("BZh"),
  Buffer.of(0xfd, 0x37, 0x7a, 0x58)
]
const WIDE = [Buffer.of(0xff, 0xfe), Buffer.of(0xfe, 0xff)]

/** Where Go finds the wrong character. */
const AFTER: Partial<Record<JsonElements.SyntaxReason, string>> = {
  "no comma after an element": "after array element",
  "no element after a comma": NO_VALUE
}
