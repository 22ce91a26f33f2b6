// Recognises the form of a file by its beginning.
import { Json, JsonObjects } from "@chatferry/core/files"

/** `objects`: channels or users with all their records. `lines`: a record on each line. `text`: neither of them. */
export type Form = "objects" | "lines" | "text"

/** The number of bytes of a file that are examined. */
export const HEAD = 1 << 20

/** `isWhole`: the head is the whole file. */
export const formOf = (head: Buffer, isWhole: boolean): Form => {
  const start = firstByte(head)
  if (head[start] === OPEN_ARRAY) return "objects"
  const lines = linesOf(head.subarray(start), isWhole)
  // The first line may be damaged, so the next ones are examined too.
  if (lines.some((line) => isObject(line))) return beginsExport(head) ? "objects" : "lines"
  if (head[start] !== OPEN_OBJECT) return "text"
  if (beginsExport(head)) return "objects"
  // A record can be longer than the head. An indented record is not on one line.
  return lines.length === 0 ? "lines" : "objects"
}

/** Returns the offset of the text after a byte order mark and white space. */
export const firstByte = (bytes: Buffer) => {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (at < bytes.length && (bytes[at] as number) <= 0x20) at++
  return at
}

/** Returns the first complete lines. */
export const linesOf = (bytes: Buffer, isWhole: boolean, most = MOST_LINES): ReadonlyArray<Buffer> => {
  const lines: Array<Buffer> = []
  let from = 0
  while (lines.length < most && from < bytes.length) {
    const found = bytes.indexOf(LINE_FEED, from)
    if (found < 0 && !isWhole) break
    const to = found < 0 ? bytes.length : found
    if (to > from + 1) lines.push(bytes.subarray(from, to))
    from = to + 1
  }
  return lines
}

/** True if the first object has a list of an exported channel or user. */
export const beginsExport = (head: Buffer) => {
  let isExport = false
  const names = new Set<string>()
  const meet = (member: string) => {
    if (isListOfExport(member, names) || isListOfEvents(member, head)) isExport = true
    names.add(member)
    return false
  }
  const reader = JsonObjects.make({ arrays: meet, objects: meet })
  reader.push(head)
  try {
    for (let part = reader.next(); part?._tag === "member"; part = reader.next()) names.add(part.name)
  } catch {
    // The reader reports what is wrong with it.
  }
  return isExport
}

/** Lists of events in a response or a delivery. */
export const EVENTS: ReadonlySet<string> = new Set(["events", "hook_events"])

/** Fields that records and events have beside a channel. An exported channel has them in its `channel`. */
export const OF_RECORDS: ReadonlyArray<string> = [
  "channel_id",
  "channel_type",
  "cid",
  "created_at",
  "id",
  "message_id",
  "type"
]

// internal

const OPEN_ARRAY = 0x5b
const OPEN_OBJECT = 0x7b
const LINE_FEED = 0x0a
const MOST_LINES = 3

const isObject = (line: Buffer) => {
  if (line[0] !== OPEN_OBJECT) return false
  try {
    Json.parse(line.toString("utf8"))
    return true
  } catch {
    return false
  }
}

const FIRST_EVENT = /"(?:hook_)?events"\s*:\s*\[\s*\{[^]*?"type"\s*:\s*"[a-z_]+\.[a-z_.]+"/u

const isListOfEvents = (member: string, head: Buffer) =>
  EVENTS.has(member) && FIRST_EVENT.test(head.toString("utf8"))

const isListOfExport = (member: string, before: ReadonlySet<string>) => {
  if (member === "messages" || member === "channels") return true
  if (OF_RECORDS.some((name) => before.has(name))) return false
  if (member === "members" || member === "read" || member === "pinned_messages") return before.has("channel")
  return member === "reactions" && before.has("user")
}
