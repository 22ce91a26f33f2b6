// Recognises files of Stream exports, and files of Sendbird exports, by their first bytes.
import { type ArchiveSource } from "@chatferry/connector"
import { JsonElements } from "@chatferry/core/files"
import { bufferOf } from "../bufferOf.ts"
import { isRecord } from "../reading/standalone.ts"
import { isObject } from "../records/raw.ts"
import { CSV, isCsv } from "./foreign.ts"
import { beginsExport, firstByte, formOf, linesOf } from "./sniff.ts"

export const judge: ArchiveSource.Format["judge"] = ({ bytes: given, isWhole }) => {
  const bytes = bufferOf(given)
  const text = bytes.toString("utf8")
  if (isCsv(bytes)) return { hint: `${CSV[0]?.toUpperCase()}${CSV.slice(1)}.` }
  if (SENDBIRD_FIELDS.test(text) && !STREAM_FIELDS.test(text)) return SENDBIRD
  const form = formOf(bytes, isWhole)
  if (form === "text") return "nothing"
  return form === "lines" ? judgeLines(bytes, isWhole) : judgeObjects(bytes, isWhole)
}

// internal

const SENDBIRD: ArchiveSource.Judgement = {
  hint: "It looks like a Sendbird export: use SendbirdSource.archives."
}

/** Names in every file of a Sendbird export, in JSON or in the first row of CSV. */
const SENDBIRD_FIELDS =
  /"(?:channel_url|nickname|group_channels|open_channels|active_users|inactive_users|deactivated_users|failed_webhooks)"\s*:|^\uFEFF?[^\n{[]*\b(?:channel_url|message_id|nickname)\b/u
/** Fields that Stream's records have and Sendbird's do not. */
const STREAM_FIELDS =
  /"(?:cid|channel_cid|channel_role|html|own_reactions|latest_reactions|reaction_counts|team_role|teams|score|online)"\s*:|\{\s*"type"\s*:\s*"[a-z_]+"\s*,\s*"(?:data|item|value|object|payload)"\s*:/u

const judgeLines = (bytes: Buffer, isWhole: boolean): ArchiveSource.Judgement => {
  const lines = linesOf(bytes.subarray(firstByte(bytes)), isWhole, Number.POSITIVE_INFINITY)
  const values = lines.map((line) => parsed(line.toString("utf8")))
  if (values.some((value) => isObject(value) && isRecord(value))) return "own"
  // A record that is longer than the head has to be read before it can be recognised.
  return values.some(isObject) ? "nothing" : "undecided"
}

const judgeObjects = (bytes: Buffer, isWhole: boolean): ArchiveSource.Judgement => {
  if (beginsExport(bytes)) return "own"
  const reader = JsonElements.make({ arrays: () => false })
  reader.push(bytes)
  const values: Array<unknown> = []
  try {
    if (isWhole) reader.end()
    const object: Record<string, unknown> = {}
    for (let part = reader.next(); part !== undefined; part = reader.next()) {
      if (part._tag === "elements") values.push(...part.values)
      else object[part.name] = part.value
    }
    if (Object.keys(object).length > 0) values.push(object)
  } catch {
    // The reader reports what is wrong with it.
    return "undecided"
  }
  if (values.some((value) => isObject(value) && isRecord(value))) return "own"
  return isWhole || values.some(isObject) ? "nothing" : "undecided"
}

const parsed = (text: string): unknown => {
  try {
    return JsonElements.parse(text)
  } catch {
    return undefined
  }
}
