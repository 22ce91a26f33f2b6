// Maps a rejected record again, from its line in the rejects file alone.
import { ArchiveReader } from "@chatferry/connector"
import { type Source, type SourceError } from "@chatferry/core"
import { RejectedLine } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { declared } from "../consequences.ts"
import { channel } from "../records/channel.ts"
import { closeChannel, type Context } from "../records/context.ts"
import { member, readState } from "../records/member.ts"
import { message } from "../records/message.ts"
import { isObject, type RawObject } from "../records/raw.ts"
import { reaction } from "../records/reaction.ts"
import { RejectContext } from "../records/rejectContext.ts"
import { user } from "../records/user.ts"
import type { Limits } from "../settings/limits.ts"
import { filesOf } from "./files.ts"
import { each } from "./lists.ts"
import { exportedChannel, listOf, value as mapValue } from "./standalone.ts"

/** Maps the record of a line again. */
export const rejected =
  (limits: Limits) =>
  (line: RejectedLine.RejectedLine): Effect.Effect<Source.Mapped, SourceError.InvalidReject> =>
    Effect.suspend(() => {
      const of = Option.getOrUndefined(decodeContext(line.context))
      return ArchiveReader.rejected<Context, never>({
        ...filesOf(limits, of?.isBesideChannels),
        documents: {},
        recognise: () => "ignore",
        again: (one, context) => (of === undefined ? undefined : againOf(one, of, context))
      })(line)
    })

// internal

const PART = "it is part of a record that was read without it: correct the file and run the migration again"

const decodeContext = Schema.decodeUnknownOption(RejectContext, { onExcessProperty: "error" })

const againOf = (
  line: RejectedLine.RejectedLine,
  of: RejectContext,
  context: Context
): ArchiveReader.Again => {
  if (of.member !== undefined && of.record === "any") return { remains: PART }
  context.channelId = of.channel
  context.ownerId = of.owner
  map(line, of, context)
  closeChannel(context)
  return "mapped"
}

const map = (line: RejectedLine.RejectedLine, of: RejectContext, context: Context): void => {
  const { out } = context
  const content = RejectedLine.contentOf(line)
  const { bytes, problem, value } = content
  out.origin = RejectedLine.originOf(line, content)
  if (problem !== undefined)
    return out.rejectBytes(line.kind, declared.invalidJson.code, `the record is ${problem}`, bytes)
  if (of.record === "export") return exportedChannel(value, context, "")
  if (of.member !== undefined) return mapList(value, of.member, line, context)
  if (!isObject(value))
    return out.reject(line.kind, declared.notAnObject.code, "a record must be an object", value)
  mapOne(value, of, context)
}

const mapOne = (raw: RawObject, { message: of, record }: RejectContext, context: Context): void => {
  switch (record) {
    case "any":
      return mapValue(raw, context)
    case "channel":
      return channel(raw, context)
    case "user":
      return user(raw, context)
    case "member":
      return member(raw, context)
    case "read":
      return readState(raw, context)
    case "message":
      return message(raw, context)
    case "reaction":
      return void reaction(raw, of, context)
    case "export":
      return exportedChannel(raw, context, "")
  }
}

/** Maps a list that was rejected as a whole because it was not an array. */
const mapList = (value: unknown, name: string, line: RejectedLine.RejectedLine, context: Context): void => {
  const mapping = listOf(name)
  if (mapping === undefined || !Array.isArray(value)) {
    return context.out.reject(line.kind, declared.notAList.code, "the member must be an array", value)
  }
  each(value, mapping, context, "")
}
