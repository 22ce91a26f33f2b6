// Tells what a JSON document is by its first bytes. Whoever keeps exports keeps other things beside them: logs that are
// lines of JSON, answers to requests for exports, pages of the Platform API, files of other providers.
import { JsonElements } from "@chatferry/core"
import { header, isExported, isList, isPaged } from "./lists.ts"

/**
 * `own`: of an export, or a page of the Platform API. `stream`: it has the fields of Stream's records. `lines`: several
 * documents, none of them of Sendbird's. `foreign`: one document, or an array, that is not. `alike`: one with lists that
 * Sendbird's pages have too, of other things. `answer`: what Sendbird said to a request for an export. `broken`: it is
 * not well-formed, and nothing of an export up to there.
 */
export type Look = "own" | "stream" | "lines" | "foreign" | "alike" | "answer" | "broken" | "undecided"

export const lookAt = (bytes: Buffer, isWhole: boolean): Look => {
  if (isQuick(bytes)) return "own"
  const { hasElements, isBroken, isOver, members } = membersOf(bytes, isWhole)
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

/** Fields that every channel and message of a Stream export has, and names that every one of Sendbird's has. */
export const isStream = (text: string): boolean => STREAM_FIELDS.test(text) && !SENDBIRD_FIELDS.test(text)

// internal

/** Most files of exports begin with what they are. */
const isQuick = (bytes: Buffer): boolean => {
  const [, first] = FIRST.exec(bytes.toString("latin1", 0, FIRST_BYTES)) ?? []
  return first !== undefined && isExported(first)
}

const FIRST = /^(?:\u00EF\u00BB\u00BF)?\s*\{\s*"(\w+)"\s*:/u
const FIRST_BYTES = 64

/** Some record of a page has begun and ended in as much. */
const ENOUGH = 1 << 14

const SECOND_DOCUMENT = /[}\]]\s*\n\s*[{[]/u

const membersOf = (bytes: Buffer, isWhole: boolean) => {
  const members: Array<string> = []
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
      // An array at the top is none of an export, however it continues.
      else if (part.member === undefined) isOver = true
      else hasElements = true
    }
  } catch {
    isBroken = true
  }
  return { members, hasElements, isOver, isBroken }
}

const SENDBIRD_IDS = /"(?:user_id|guest_id|channel_url|message_id|msg_id)"\s*:/u
const STREAM_FIELDS =
  /"(?:cid|channel_cid|channel_role|own_reactions|latest_reactions|reaction_counts|team_role|teams)"\s*:|\{\s*"type"\s*:\s*"(?:user|channel|member|message|reaction)"\s*,\s*"(?:data|item)"\s*:/u
const SENDBIRD_FIELDS =
  /"(?:channel_url|user_id"\s*:\s*"[^"]*"\s*,\s*"nickname|group_channels|open_channels|active_users|inactive_users|deactivated_users|failed_webhooks)"/u
