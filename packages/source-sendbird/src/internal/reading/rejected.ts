// Maps a rejected record again, from its line in the rejects file alone.
import { ArchiveReader } from "@chatferry/connector"
import { type Source, type SourceError, Timestamp } from "@chatferry/core"
import { RejectedLine } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { declared } from "../consequences.ts"
import * as Channels from "../enrich/channels.ts"
import { ObservedOut } from "../enrich/observedOut.ts"
import * as Users from "../enrich/users.ts"
import type { Context } from "../records/context.ts"
import { memberOf } from "../records/members.ts"
import { message } from "../records/message.ts"
import { isObject } from "../records/raw.ts"
import { reaction, reactor } from "../records/reaction.ts"
import { type AnswerContext, RejectContext } from "../records/rejectContext.ts"
import type { Limits } from "../settings/limits.ts"
import { filesOf } from "./files.ts"
import type { FileContext } from "./lists.ts"
import { listed } from "./values.ts"

type Line = RejectedLine.RejectedLine

/** Maps the record of a line again. */
export const rejected =
  (limits: Limits) =>
  (line: Line): Effect.Effect<Source.Mapped, SourceError.InvalidReject> =>
    Effect.suspend(() => {
      const out = new ObservedOut(limits)
      const again = (of: Line, context: FileContext) => againOf(of, out, context)
      return ArchiveReader.rejected({ ...filesOf(limits, () => out), again })(line)
    })

// internal

const decodeContext = Schema.decodeUnknownOption(RejectContext, { onExcessProperty: "error" })

/** Maps parts of records, and records from responses of the API. */
const againOf = (line: Line, out: ObservedOut, context: FileContext): ArchiveReader.Again | undefined => {
  const found = decodeContext(line.context)
  if (Option.isNone(found)) return undefined
  const of = found.value
  const content = RejectedLine.contentOf(line)
  const { problem, value } = content
  if (problem !== undefined) return { problem: `its original is ${problem}; correct it` }
  out.origin = RejectedLine.originOf(line, content)
  if ("answer" in of) {
    answered(value, of, out, context)
    return "mapped"
  }
  if (of.part === "listed") {
    listed(value, of, context)
    return "mapped"
  }
  out.observedAt = of.seenAt
  switch (of.part) {
    case "member":
      memberOf(value, of, context)
      break
    case "reaction":
      reaction(value, of.message, context)
      break
    case "reactor":
      reactor(value, of, context)
      break
  }
  return "mapped"
}

const answered = (
  value: unknown,
  { answer, channel, isListed, pinned, to }: AnswerContext,
  out: ObservedOut,
  context: Context
): void => {
  if (answer === "users") return Users.listed(value, to, out, context)
  const kind = answer === "messages" ? "message" : "channel"
  if (!isObject(value))
    return out.reject(kind, declared.notAnObject.code, "a record must be an object", value)
  if (answer !== "messages") {
    const form = answer === "group_channels" ? "group" : "open"
    return isListed === true ? undefined : Channels.listed(value, form, to, out, context)
  }
  out.observedAt = Timestamp.fromMillis(to)
  message.map(value, { ...context, channel, pinned: pinned && new Set(pinned) })
}
