import { RejectedLine, type Source, SourceError, Timestamp } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
// Reads a record that was set aside, by its line in the rejects file alone.
import { declared } from "./consequences.ts"
import { rejectedRow } from "./csv/rejectedRow.ts"
import * as Channels from "./enrich/channels.ts"
import { ObservedOut } from "./enrich/observedOut.ts"
import * as Users from "./enrich/users.ts"
import type { Limits } from "./limits.ts"
import * as MapPart from "./mapPart.ts"
import { type AnswerContext, RejectContext } from "./rejectContext.ts"
import { type Context, makeContext } from "./toCanonical/context.ts"
import { memberOf } from "./toCanonical/members.ts"
import { message } from "./toCanonical/message.ts"
import { reaction, reactor } from "./toCanonical/reaction.ts"
import { channelId, isWire } from "./wire.ts"

type Line = RejectedLine.RejectedLine

/** The code of a file that has no record of an export. */
export const UNRECOGNISED: string = declared.unrecognisedFile.code

/** Maps the record again. */
export const rejected =
  (limits: Limits) =>
  (line: Line): Effect.Effect<Source.Mapped, SourceError.InvalidReject> =>
    Effect.suspend(() => {
      if (line.code === UNRECOGNISED && line.context === undefined) {
        return Effect.succeed(RejectedLine.again(line, WHOLE_FILE))
      }
      const out = new ObservedOut(limits)
      const of = decodeContext(line.context)
      const context = makeContext(out, limits)
      const problem = Option.isNone(of) ? FOREIGN : map(line, of.value, out, context)
      return problem === undefined
        ? Effect.succeed(out.take())
        : Effect.fail(new SourceError.InvalidReject({ problem }))
    })

// internal

const WHOLE_FILE =
  "a whole file is not a record: correct the file, or take it away, and run the migration again"
const FOREIGN = "its context is not one that this source writes; take it from rejects.ndjson"

const decodeContext = Schema.decodeUnknownOption(RejectContext, { onExcessProperty: "error" })

/** Gives what is wrong with the line. */
const map = (
  line: Line,
  of: typeof RejectContext.Type,
  out: ObservedOut,
  context: Context
): string | undefined => {
  if ("columns" in of) return rejectedRow(line, of, context)
  const content = RejectedLine.contentOf(line)
  const { problem, value } = content
  const origin = RejectedLine.originOf(line, content)
  out.origin = origin
  if ("list" in of) {
    if (!MapPart.isKnown(of.list)) return FOREIGN
    MapPart.elements(RejectedLine.elementsOf(content, of.list), origin, channelId(of.channel), context)
    return undefined
  }
  if ("member" in of) {
    if (!MapPart.isKnown(of.member)) return FOREIGN
    MapPart.member(RejectedLine.memberOf(content, of.member), origin, context)
    return undefined
  }
  if (problem !== undefined) return `its original is ${problem}; correct it`
  if ("answer" in of) {
    answered(value, of, out, context)
    return undefined
  }
  out.observedAt = of.seenAt
  switch (of.part) {
    case "member":
      memberOf(value, of, context)
      return undefined
    case "reaction":
      reaction(value, of.message, context, undefined)
      return undefined
    case "reactor":
      reactor(value, of, context)
      return undefined
  }
}

const answered = (
  value: unknown,
  { answer, channel, isListed, to }: AnswerContext,
  out: ObservedOut,
  context: Context
): void => {
  if (answer === "users") return Users.listed(value, to, out, context)
  const kind = answer === "messages" ? "message" : "channel"
  if (!isWire(value)) return out.reject(kind, declared.notAnObject.code, "a record must be an object", value)
  if (answer !== "messages") {
    const form = answer === "group_channels" ? "group" : "open"
    return isListed === true ? undefined : Channels.listed(value, form, to, out, context)
  }
  out.observedAt = Timestamp.fromMillis(to)
  message.map(value, { ...context, channel })
}
