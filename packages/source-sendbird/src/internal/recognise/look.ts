// Recognises a JSON document by its first bytes. Folders of exports also contain other files: logs with lines of JSON,
// responses to requests for exports, pages of the Platform API, files of other providers.
import { JsonElements } from "@chatferry/core/files"
import { DocumentCutter } from "../reading/documents.ts"
import { header, isExported, isList, isPaged } from "../reading/lists.ts"
import { isOwn, isWebhook, OF_WEBHOOKS, recordOf } from "../reading/values.ts"
import { isObject } from "../records/raw.ts"

/**
 * `own`: an export, or a page of the Platform API. `records`: such documents, or single records, on lines. `array`:
 * the same in an array. `documents`: the same on any number of lines each. `record`: a single record. `webhooks`: bodies
 * of Sendbird's webhooks. `list`: an array of something else. `stream`: it has the fields of Stream's records. `lines`:
 * several documents, none of which is Sendbird's. `foreign`: a document or an array that is not Sendbird's. `alike`: a
 * document with lists that Sendbird's pages also have, but of other things. `answer`: a response to a request for an
 * export. `broken`: it is malformed, with no part of an export before that.
 */
export type Look =
  | "own"
  | "records"
  | "array"
  | "documents"
  | "record"
  | "webhooks"
  | "list"
  | "stream"
  | "lines"
  | "foreign"
  | "alike"
  | "answer"
  | "broken"
  | "undecided"

/** True if documents or records of an export are on lines. */
export const isOnLines = (bytes: Buffer, isWhole: boolean): boolean =>
  areOwn(severalLines(bytes, isWhole), bytes)

export const lookAt = (bytes: Buffer, isWhole: boolean): Look => {
  if (isOnLines(bytes, isWhole)) return "records"
  const several = severalDocuments(bytes)
  if (areOwn(several, bytes)) return "documents"
  if (several.some((one) => isObject(one) && isWebhook(one))) return "webhooks"
  if (isQuick(bytes)) return "own"
  const { elements, hasElements, isBroken, isOver, members } = membersOf(bytes, isWhole)
  if (areOwn(elements, bytes)) return "array"
  if (elements.length > 0) return "list"
  if (members.includes("category") && OF_WEBHOOKS.some((name) => members.includes(name))) return "webhooks"
  if (recordOf((name) => members.includes(name)) !== undefined && !isStream(bytes.toString("utf8")))
    return "record"
  if (members.some(isExported)) return "own"
  if (members.some(isPaged)) {
    const text = bytes.toString("utf8")
    if (isStream(text)) return "stream"
    // Other providers have lists of these names too.
    if (SENDBIRD_IDS.test(text)) return "own"
    if (isBroken) return "broken"
    if (!isOver) return bytes.length < ENOUGH ? "undecided" : "alike"
    const isEmpty = !hasElements && members.every((member) => isPaged(member) || header.includes(member))
    return isEmpty ? "own" : "alike"
  }
  if (isBroken) return SECOND_DOCUMENT.test(bytes.toString("utf8")) ? "lines" : "broken"
  if (!isOver) return "undecided"
  const isAnswer =
    members.includes("exported_data") || (members.includes("request_id") && members.includes("data_type"))
  return isAnswer ? "answer" : "foreign"
}

/** True if a text has fields of Stream's channels and messages, and none of the fields that Sendbird's always have. */
export const isStream = (text: string): boolean => STREAM_FIELDS.test(text) && !SENDBIRD_FIELDS.test(text)

// internal

const areOwn = (values: ReadonlyArray<unknown>, bytes: Buffer) =>
  values.some((one) => isObject(one) && isOwn(one)) && !isStream(bytes.toString("utf8"))

/** True if the first field identifies an export, as in most files. */
export const isQuick = (bytes: Buffer): boolean => {
  const [, first] = FIRST.exec(bytes.toString("latin1", 0, FIRST_BYTES)) ?? []
  return first !== undefined && isExported(first)
}

const FIRST = /^(?:\u00EF\u00BB\u00BF)?\s*\{\s*"(\w+)"\s*:/u
const FIRST_BYTES = 64

/** So many bytes contain at least one complete record of a page. */
const ENOUGH = 1 << 14

/** Returns the first lines if several documents are on lines. One of them may be damaged. */
const severalLines = (bytes: Buffer, isWhole: boolean): ReadonlyArray<unknown> => {
  const lines: Array<Buffer> = []
  let from = 0
  let isSeveral = false
  while (lines.length < MOST_LINES && from < bytes.length) {
    const to = bytes.indexOf(LINE_FEED, from)
    if (to < 0 && !isWhole) break
    const line = bytes.subarray(from, to < 0 ? bytes.length : to)
    lines.push(line)
    if (to < 0) break
    from = to + 1
    isSeveral ||= ENDS.test(line.toString("latin1", Math.max(0, line.length - FEW))) && begins(bytes, from)
  }
  return isSeveral ? lines.map(parsed) : []
}

/** Returns the first documents if several follow each other. Two objects inside one document have a comma between them. */
const severalDocuments = (bytes: Buffer): ReadonlyArray<unknown> => {
  if (!hasSecond(bytes)) return []
  const cutter = new DocumentCutter(bytes.length)
  cutter.push(bytes)
  const found: Array<unknown> = []
  for (let one = cutter.next(); one !== undefined && found.length < MOST_LINES; one = cutter.next()) {
    if (one.bytes !== undefined) found.push(parsed(one.bytes))
  }
  return found
}

/** True if a document begins on a new line after the end of another. */
const hasSecond = (bytes: Buffer): boolean => {
  for (let at = bytes.indexOf(LINE_BEGIN); at >= 0; at = bytes.indexOf(LINE_BEGIN, at + 1)) {
    if (ENDS.test(bytes.toString("latin1", Math.max(0, at - FEW), at))) return true
  }
  return false
}

const begins = (bytes: Buffer, at: number) => BEGINS.test(bytes.toString("latin1", at, at + FEW))

const parsed = (line: Buffer): unknown => {
  try {
    return JsonElements.parse(line.toString("utf8").replace(MARK, ""))
  } catch {
    return undefined
  }
}

const MOST_LINES = 3
const LINE_FEED = 0x0a
const FEW = 16
const MARK = /^\uFEFF/u
/** JSON strings cannot contain an unescaped line break. */
const LINE_BEGIN = "\n{"
const BEGINS = /^\s*\{/u
const ENDS = /\}\s*$/u

const SECOND_DOCUMENT = /[}\]]\s*\n\s*[{[]/u

const membersOf = (bytes: Buffer, isWhole: boolean) => {
  const members: Array<string> = []
  const elements: Array<unknown> = []
  const arrays = (member: string) => {
    members.push(member)
    return isList(member)
  }
  const reader = JsonElements.make({ arrays })
  let isOver = isWhole
  let isBroken = false
  let hasElements = false
  try {
    reader.push(bytes)
    if (isWhole) reader.end()
    for (let part = reader.next(); part !== undefined; part = reader.next()) {
      if (part._tag === "member") members.push(part.name)
      // An export is never an array at the top level, however it continues.
      else if (part.member === undefined) {
        isOver = true
        elements.push(...part.values)
      } else hasElements = true
    }
  } catch {
    isBroken = true
  }
  return { members, elements, hasElements, isOver, isBroken }
}

const SENDBIRD_IDS =
  /"(?:user_id|guest_id|bot_userid|channel_url|message_id|msg_id|user_ids|sampled_user_ids)"\s*:/u
const STREAM_FIELDS =
  /"(?:cid|channel_cid|channel_role|own_reactions|latest_reactions|reaction_counts|team_role|teams)"\s*:|\{\s*"type"\s*:\s*"(?:user|channel|member|message|reaction)"\s*,\s*"(?:data|item)"\s*:/u
const SENDBIRD_FIELDS =
  /"(?:channel_url|user_id"\s*:\s*"[^"]*"\s*,\s*"nickname|group_channels|open_channels|active_users|inactive_users|deactivated_users|failed_webhooks)"/u
