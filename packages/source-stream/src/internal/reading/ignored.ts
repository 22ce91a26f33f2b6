// Members beside records, of exports, answers and states of channels.
import { ArchiveReader, RawRecord } from "@chatferry/connector"
import { Consequence } from "@chatferry/core"
import type { Context } from "../records/context.ts"
import { isBlank } from "../records/raw.ts"

/** Counts what is beside records and has something in it. */
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

/** How an answer came about, and where the next one begins. */
const SAYS_NOTHING = new Set(["duration", "next", "prev", "limit", "offset"])
const SECRET = new Set(["request_info", "devices"])

/** Counters, and what is so for the one who asked alone. */
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
