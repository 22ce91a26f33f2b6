// Maps Pigeon's lines to records.
import { type Entity, type Ids, Rejected, type Source, Timestamp } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import type { Fault } from "./PigeonSource.ts"

export interface Line {
  readonly text: string
  /** The channel that the file has named before the line. */
  readonly room: string
  readonly location: string
}

type Raw = Readonly<Record<string, unknown>>

const READ: ReadonlySet<string> = new Set([
  "kind",
  "id",
  "handle",
  "title",
  "people",
  "room",
  "by",
  "at",
  "says",
  "likes",
  "score",
  "unread"
])

export const map = (
  lines: ReadonlyArray<Line>,
  keepText: boolean,
  has: (fault: Fault) => boolean
): Source.Mapped => {
  const records: Array<unknown> = []
  const rejected: Array<Rejected.Rejected> = []
  const notes: Record<string, number> = {}
  const isRead = (field: string) => READ.has(field) || (field === "session_token" && !has("keepsToken"))
  const rest = (raw: Raw) => {
    if ("session_token" in raw) notes["token_dropped"] = (notes["token_dropped"] ?? 0) + 1
    const found = Object.entries(raw).filter(([field]) => !isRead(field))
    return found.length === 0 ? {} : { custom: { pigeon: Object.fromEntries(found) } }
  }
  for (const { location, room, text } of lines) {
    if (text.trim() === "") continue
    const reject = (
      kind: Rejected.Rejected["kind"],
      code: string,
      message: string,
      original: Rejected.Rejected["original"]
    ) => {
      rejected.push({ kind, code, message, location, original })
    }
    const value = parse(text, has)
    if (value === undefined) {
      if (!has("skipsBadJson")) reject("unknown", "invalid_json", "the line is not JSON", { text })
      continue
    }
    const raw: Raw = typeof value === "object" && value !== null ? (value as Raw) : {}
    const id = textOf(raw["id"])
    const unknown = (code: string, message: string) =>
      reject("unknown", code, message, Rejected.originalOf(value))
    if (raw["kind"] === "in") continue
    if (id === undefined) unknown("missing_id", "the record has no id")
    else if (raw["kind"] === "user") {
      const name = textOf(raw["handle"])
      const named = has("undefinedFields") ? { name } : name === undefined ? {} : { name }
      records.push({ _tag: "user", id, ...named, ...rest(raw) })
    } else if (raw["kind"] === "room") {
      records.push({ _tag: "channel", id, form: "group", name: textOf(raw["title"]) ?? id, ...rest(raw) })
      for (const userId of listOf(raw["people"])) records.push({ _tag: "member", channelId: id, userId })
    } else if (raw["kind"] === "note") {
      const createdAt = timeOf(raw["at"], has)
      if (createdAt === undefined) {
        const code = has("sentenceAsCode") ? "Invalid time!" : "invalid_time"
        reject(
          has("wrongRejectKind") ? "user" : "message",
          code,
          "its time is missing or not a time",
          Rejected.originalOf(raw)
        )
        continue
      }
      const userId = textOf(raw["by"])
      records.push({
        _tag: "message",
        id,
        channelId: textOf(raw["room"]) ?? (room === "" ? "lobby" : room),
        type: "regular",
        createdAt,
        ...(keepText && { text: textOf(raw["says"]) ?? "" }),
        ...(userId !== undefined && { userId }),
        ...rest(raw)
      })
      for (const by of listOf(raw["likes"])) {
        const userId = has("mangledReference") ? `U${by}` : by
        records.push({ _tag: "reaction", messageId: id, userId, type: "like" })
      }
    } else unknown("unknown_kind", "it is not a user, a room or a note")
  }
  return { records: records as ReadonlyArray<Entity.Entity>, rejected, notes }
}

// internal

const parse = (text: string, has: (fault: Fault) => boolean): unknown => {
  try {
    return has("roundedIds") ? JSON.parse(text) : JsonElements.parse(text)
  } catch {
    return undefined
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined

const listOf = (value: unknown): ReadonlyArray<Ids.UserId> =>
  Array.isArray(value) ? value.flatMap((one) => (textOf(one) as Ids.UserId | undefined) ?? []) : []

const timeOf = (value: unknown, has: (fault: Fault) => boolean) => {
  const text = textOf(value) ?? ""
  const time = Timestamp.fromText(text)
  if (time !== undefined && has("localTimes") && !/Z|[+-]\d\d:/u.test(text))
    return Timestamp.fromMillis(new Date(text).getTime())
  return time !== undefined && has("cutTimes") ? Timestamp.fromMillis(Timestamp.toMillis(time)) : time
}
