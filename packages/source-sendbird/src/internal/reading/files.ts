// Decides how each file of an export is read.
import { ArchiveReader, CsvRows, Gzip } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import { bufferOf } from "../bufferOf.ts"
import { csvOf } from "../csv/csv.ts"
import { tableOf } from "../csv/table.ts"
import { isOnLines, isQuick, lookAt } from "../recognise/look.ts"
import { makeContext } from "../records/context.ts"
import type { Limits } from "../settings/limits.ts"
import { documents } from "./documents.ts"
import { type FileContext, json } from "./json.ts"
import { Out } from "./out.ts"
import { value } from "./values.ts"

type Name = "json" | "lines" | "documents" | "csv"

export type Files = ArchiveReader.Options<FileContext, Name>

export const filesOf = (limits: Limits, outOf: () => Out = () => new Out(limits)): Files => ({
  limits,
  recognise: (file) => verdictOf(file, limits.csvDelimiter ?? ","),
  documents: { json, lines, documents, csv: csvOf(limits.csvDelimiter) },
  context: () => ({
    ...makeContext(outOf(), limits),
    channel: undefined,
    pinned: undefined,
    isBegun: false,
    pinnedBefore: []
  })
})

/** Classifies a file by its first bytes. `broken`: it is JSON only by its name. */
export const contentOf = (head: Uint8Array, name: string): "json" | "archive" | "other" | "broken" => {
  const extension = extensionOf(name)
  const byte = firstByte(head)
  if (byte === 0x7b || byte === 0x5b) return "json"
  if (head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5)) return "archive"
  // There is only white space so far, so the JSON reader decides.
  if (head.length > 0 && byte === undefined && extension === "json") return "json"
  return extension === "json" ? "broken" : extension === "zip" ? "archive" : "other"
}

export const isJsonName = (name: string): boolean => extensionOf(name) === "json"

// internal

/** Files with a page or a record on each line. */
const lines: ArchiveReader.Format<FileContext> = ArchiveReader.lines<FileContext>(value)

const COMPRESSED = "the file is compressed with gzip, which this source does not read: unpack it with gunzip"
const NO_HEADER =
  "the file is CSV by its name, but its first row does not have the columns of a Sendbird export in UTF-8"

const LINES = "the file has a JSON document on each line, but none of them belongs to a Sendbird export"
const WEBHOOKS = "the file has bodies of Sendbird's webhooks: they are events, not records of an export"
const LIST = "the file is an array, and its first elements are not records of a Sendbird app"
const ALIKE = "the file has lists with names that Sendbird also uses, but their records are not Sendbird's"

const verdictOf = (file: ArchiveReader.File, delimiter: string): ArchiveReader.Verdict<Name> => {
  const { name, location } = file
  const head = bufferOf(file.head)
  const content = contentOf(head, name)
  if (content === "broken") {
    return new SourceError.CorruptInput({
      location,
      problem: head.length === 0 ? "the file is empty" : "the file is not JSON in UTF-8",
      hint: "Export it again, or remove it if it is not part of the export."
    })
  }
  if (content === "json") return jsonVerdict(file)
  if (content !== "other") return content
  const csv = csvVerdict(file, delimiter)
  if (csv !== undefined) return csv
  if (Gzip.isGzip(head)) return { _tag: "unrecognised", problem: COMPRESSED }
  return extensionOf(name) === "csv" ? { _tag: "unrecognised", problem: NO_HEADER } : "ignore"
}

/** A file without a JSON name belongs to the export only if it begins like one. */
const jsonVerdict = (file: ArchiveReader.File): ArchiveReader.Verdict<Name> => {
  const { name, size } = file
  const head = bufferOf(file.head)
  const isWhole = file.isWhole || head.length >= size
  const isNamed = isJsonName(name)
  // Most files of exports can be recognised immediately, and further documents after the first are read in order.
  if (isNamed && isQuick(head)) return isOnLines(head, isWhole) ? "lines" : "json"
  // Another document may follow the first, which may be a long page.
  if (!isWhole && head.length < MOST_LOOKED_AT) return "more"
  const look = lookAt(head, isWhole)
  switch (look) {
    case "records":
      return "lines"
    case "record":
    case "documents":
      return "documents"
    case "webhooks":
      return { _tag: "unrecognised", problem: WEBHOOKS }
    case "array":
      return "json"
    case "own":
      return !isWhole && LINES_NAME.test(name) && !head.includes(LINE_FEED) ? "lines" : "json"
    case "answer":
      return "ignore"
    case "undecided":
      return "json"
    case "lines":
      return isNamed ? { _tag: "unrecognised", problem: LINES } : "ignore"
    case "list":
      return isNamed ? { _tag: "unrecognised", problem: LIST } : "ignore"
    case "stream":
    case "alike":
      return isNamed ? { _tag: "unrecognised", problem: ALIKE } : "ignore"
    case "broken":
    case "foreign":
      // The reader reports what is wrong with it.
      return isNamed ? "json" : "ignore"
  }
}

const LINES_NAME = /\.(?:jsonl|ndjson)$/iu

const LINE_FEED = 0x0a

const csvVerdict = (
  { head, isWhole, name, location }: ArchiveReader.File,
  delimiter: string
): "csv" | "more" | SourceError.InvalidConfig | undefined => {
  if (head.length === 0 || head.subarray(0, LOOKED_AT).includes(0)) return undefined
  const columns = ArchiveReader.columnsOf({ head, isWhole }, delimiter)
  if (columns === "more") return "more"
  const fits = (cells: ReadonlyArray<string>) => tableOf(cells, name) !== undefined
  if (columns !== undefined && fits(columns)) return "csv"
  const other = CsvRows.otherDelimiter(head, delimiter, fits)
  if (other === undefined) return undefined
  return new SourceError.InvalidConfig({
    setting: "csvDelimiter",
    problem: `the columns in ${location} are not separated by ${JSON.stringify(delimiter)}, but they would be by ${JSON.stringify(other)}`
  })
}

const LOOKED_AT = 4 << 10
const MOST_LOOKED_AT = 1 << 20

const extensionOf = (name: string) => /\.([^./]+)$/u.exec(name)?.[1]?.toLowerCase()

const firstByte = (bytes: Uint8Array) => {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++
  return bytes[at]
}
