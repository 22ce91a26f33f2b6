// Fields beside the records in exports, responses and states of channels.
import { ArchiveReader, RawRecord } from "@chatferry/connector"
import { Consequence } from "@chatferry/core"
import type { Context } from "../records/context.ts"
import { isBlank } from "../records/raw.ts"

/** Counts a field beside the records unless it is blank. */
export const passOver = (name: string, value: unknown, { out }: Context): void => {
  if (SAYS_NOTHING.has(name) || isBlank(value)) return
  const code = SECRET.has(name)
    ? Consequence.codeOf(RawRecord.declared.secretDropped, `export.${name}`)
    : OF_THE_ASKER.has(name)
      ? Consequence.codeOf(RawRecord.declared.fieldDropped, `export.${name}`)
      : ArchiveReader.ignoredMember(name)
  out.note(code)
}

// internal

/** Duration and paging of a response. */
const SAYS_NOTHING = new Set(["duration", "next", "prev", "limit", "offset"])
const SECRET = new Set(["request_info", "devices"])

/** Counters, and values that hold only for the user who made the request. */
const OF_THE_ASKER = new Set([
  "active_live_locations",
  "draft",
  "hidden",
  "hide_messages_before",
  "push_preferences",
  "results_warning",
  "unread_count",
  "watcher_count"
])
