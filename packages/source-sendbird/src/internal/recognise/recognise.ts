// Recognises files of Sendbird exports, and files of Stream exports, by their first bytes.
import { ArchiveReader, CsvRows, type ArchiveSource } from "@chatferry/connector"
import { bufferOf } from "../bufferOf.ts"
import { tableOf } from "../csv/table.ts"
import { contentOf, isJsonName } from "../reading/files.ts"
import type { Limits } from "../settings/limits.ts"
import { isStream, lookAt } from "./look.ts"

export const judgeOf =
  (limits: Limits): ArchiveSource.Format["judge"] =>
  (head) => {
    const judgement = judge(head, limits)
    return GZIP.test(head.name) && typeof judgement !== "object" ? COMPRESSED : judgement
  }

// internal

const judge = (head: ArchiveSource.Head, limits: Limits): ArchiveSource.Judgement => {
  const content = contentOf(head.bytes, head.name)
  switch (content) {
    case "archive":
      return content
    case "broken":
      // The reader reports how it is damaged.
      return "undecided"
    case "json":
      return isStream(bufferOf(head.bytes).toString("utf8")) ? STREAM : judgeJson(head)
    case "other":
      return judgeCsv(head, limits)
  }
}

const GZIP = /\.t?gz$/iu
const COMPRESSED: ArchiveSource.Judgement = {
  hint: "Files that are compressed with gzip are not read: unpack them with gunzip."
}

const STREAM: ArchiveSource.Judgement = {
  hint: "It looks like a Stream export: use StreamSource.files."
}

const judgeJson = ({ bytes, isWhole, name }: ArchiveSource.Head): ArchiveSource.Judgement => {
  switch (lookAt(bufferOf(bytes), isWhole)) {
    case "own":
    case "records":
    case "array":
    case "record":
    case "documents":
      return "own"
    case "stream":
      return STREAM
    case "undecided":
      return "undecided"
    case "broken":
      // The reader reports damage if the file should belong to the export.
      return isJsonName(name) ? "undecided" : "nothing"
    default:
      return "nothing"
  }
}

const judgeCsv = ({ bytes, isWhole, name }: ArchiveSource.Head, limits: Limits): ArchiveSource.Judgement => {
  if (bytes.length === 0 || bytes.subarray(0, TEXT).includes(0)) return "nothing"
  const delimiter = limits.csvDelimiter ?? ","
  const columns = ArchiveReader.columnsOf({ head: bytes, isWhole }, delimiter)
  if (columns === "more") return "undecided"
  const fits = (cells: ReadonlyArray<string>) => tableOf(cells, name) !== undefined
  if (columns !== undefined && fits(columns)) return "own"
  // The reader reports which delimiter it has.
  return CsvRows.otherDelimiter(bytes, delimiter, fits) === undefined ? "nothing" : "own"
}

const TEXT = 4 << 10
