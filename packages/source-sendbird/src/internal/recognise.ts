// Tells a file of a Sendbird export, and one of Stream's, by its first bytes.
import { ArchiveReader, CsvRows } from "@chatferry/connector"
import { type ArchiveSource, JsonElements } from "@chatferry/core"
import { tableOf } from "./csv/table.ts"
import { contentOf } from "./files.ts"
import { isKnown, isList } from "./json.ts"
import type { Limits } from "./limits.ts"

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
      // That it is damaged, and how, is said when it is read.
      return "undecided"
    case "json":
      return isStream(head.bytes) ? STREAM : judgeJson(head)
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

const judgeJson = ({ bytes, isWhole }: ArchiveSource.Head): ArchiveSource.Judgement => {
  const members: Array<string> = []
  const arrays = (member: string) => {
    members.push(member)
    return isList(member)
  }
  const reader = JsonElements.make({ arrays })
  reader.push(bytes)
  let isAtEnd = isWhole
  try {
    if (isWhole) reader.end()
    for (let part = reader.next(); part !== undefined; part = reader.next()) {
      if (part._tag === "member") members.push(part.name)
      // An array at the top is none of an export, however it continues.
      else if (part.member === undefined) isAtEnd = true
    }
  } catch {
    // A second document behind the first is none of an export; of damage reading tells.
    isAtEnd = SECOND_DOCUMENT.test(bytes.toString("utf8"))
  }
  if (members.some(isKnown)) return "own"
  return isAtEnd ? "nothing" : "undecided"
}

const SECOND_DOCUMENT = /\}\s*\n\s*\{/u

const judgeCsv = ({ bytes, isWhole, name }: ArchiveSource.Head, limits: Limits): ArchiveSource.Judgement => {
  if (bytes.length === 0 || bytes.subarray(0, TEXT).includes(0)) return "nothing"
  const delimiter = limits.csvDelimiter ?? ","
  const columns = ArchiveReader.columnsOf({ head: bytes, isWhole }, delimiter)
  if (columns === "more") return "undecided"
  const fits = (cells: ReadonlyArray<string>) => tableOf(cells, name) !== undefined
  if (columns !== undefined && fits(columns)) return "own"
  // Reading says which delimiter it is.
  return CsvRows.otherDelimiter(bytes, delimiter, fits) === undefined ? "nothing" : "own"
}

const TEXT = 4 << 10

/** Fields that every channel and message of a Stream export has, and names that every one of Sendbird's has. */
const isStream = (bytes: Buffer) => {
  const text = bytes.toString("utf8")
  return STREAM_FIELDS.test(text) && !SENDBIRD_FIELDS.test(text)
}

const STREAM_FIELDS =
  /"(?:cid|channel_cid|channel_role|own_reactions|latest_reactions|reaction_counts|team_role|teams)"\s*:|\{\s*"type"\s*:\s*"(?:user|channel|member|message|reaction)"\s*,\s*"(?:data|item)"\s*:/u
const SENDBIRD_FIELDS =
  /"(?:channel_url|user_id"\s*:\s*"[^"]*"\s*,\s*"nickname|group_channels|open_channels|active_users|inactive_users|deactivated_users|failed_webhooks)"/u
