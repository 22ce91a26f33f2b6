import { RejectedLine, type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
// Reads a record that was set aside, by its line in the rejects file alone.
import { declared } from "./consequences.ts"
import type { Limits } from "./limits.ts"
import { exportedChannel, LISTS, value as mapValue } from "./mapValue.ts"
import { Out } from "./out.ts"
import { RejectContext } from "./rejectContext.ts"
import { ShownUsers } from "./shownUsers.ts"
import { channel } from "./toCanonical/channel.ts"
import { closeChannel, type Context, makeContext } from "./toCanonical/context.ts"
import { member, readState } from "./toCanonical/member.ts"
import { message } from "./toCanonical/message.ts"
import { reaction } from "./toCanonical/reaction.ts"
import { user } from "./toCanonical/user.ts"
import { isWire, type Wire } from "./wire.ts"

/** The code of a file that has no record of an export. */
export const UNRECOGNISED: string = declared.unrecognisedFile.code

/** Maps the record again. */
export const rejected =
  (limits: Limits) =>
  (line: RejectedLine.RejectedLine): Effect.Effect<Source.Mapped, SourceError.InvalidReject> =>
    Effect.suspend(() => {
      if (line.code === UNRECOGNISED && line.context === undefined) {
        return Effect.succeed(RejectedLine.again(line, WHOLE_FILE))
      }
      const of = decodeContext(line.context)
      if (Option.isNone(of)) return Effect.fail(new SourceError.InvalidReject({ problem: FOREIGN }))
      if (of.value.member !== undefined && of.value.record === "any") {
        return Effect.succeed(RejectedLine.again(line, PART))
      }
      const out = new Out(limits)
      const context = makeContext(out, new ShownUsers(), limits, of.value.isBesideChannels)
      context.channelId = of.value.channel
      context.ownerId = of.value.owner
      map(line, of.value, context)
      closeChannel(context)
      return Effect.succeed(out.take())
    })

// internal

const WHOLE_FILE =
  "a whole file is not a record: correct the file, or take it away, and run the migration again"
const PART = "it is a part of a record that was read without it: correct the file and run the migration again"
const FOREIGN = "its context is not one that this source writes; take it from rejects.ndjson"

const decodeContext = Schema.decodeUnknownOption(RejectContext, { onExcessProperty: "error" })

const map = (line: RejectedLine.RejectedLine, of: RejectContext, context: Context): void => {
  const { out } = context
  const content = RejectedLine.contentOf(line)
  const { bytes, problem, value } = content
  out.origin = RejectedLine.originOf(line, content)
  if (problem !== undefined)
    return out.rejectBytes(line.kind, declared.invalidJson.code, `the record is ${problem}`, bytes)
  if (of.record === "export") return exportedChannel(value, context, "")
  if (of.member !== undefined) return mapList(value, of.member, line, context)
  if (!isWire(value))
    return out.reject(line.kind, declared.notAnObject.code, "a record must be an object", value)
  mapOne(value, of, context)
}

const mapOne = (wire: Wire, { message: shown, record }: RejectContext, context: Context): void => {
  switch (record) {
    case "any":
      return mapValue(wire, context)
    case "channel":
      return channel(wire, context)
    case "user":
      return user(wire, context)
    case "member":
      return member(wire, context)
    case "read":
      return readState(wire, context)
    case "message":
      return message(wire, context)
    case "reaction":
      return void reaction(wire, shown, context)
    case "export":
      return exportedChannel(wire, context, "")
  }
}

/** A list as a whole, which was not one. */
const mapList = (value: unknown, name: string, line: RejectedLine.RejectedLine, context: Context): void => {
  const mapping = LISTS.get(name)
  if (mapping === undefined || !Array.isArray(value)) {
    return context.out.reject(line.kind, declared.notAList.code, "the member must be an array", value)
  }
  for (const [i, one] of value.entries()) {
    if (isWire(one)) mapping.map(one, context, `[${i}]`)
    else context.out.reject(line.kind, declared.notAnObject.code, "a record must be an object", one, `[${i}]`)
  }
}
