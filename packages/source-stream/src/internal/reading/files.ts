// Decides how each file of an export is read.
import { ArchiveReader } from "@chatferry/connector"
import { type Ids } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import { BatchBuilder } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { bufferOf } from "../bufferOf.ts"
import { CSV, foreign, isCsv } from "../recognise/foreign.ts"
import { formOf, HEAD } from "../recognise/sniff.ts"
import { channel } from "../records/channel.ts"
import { type Context, contextOf, makeContext, separate } from "../records/context.ts"
import { isObject } from "../records/raw.ts"
import type { Limits } from "../settings/limits.ts"
import { objects } from "./objects.ts"
import { Out } from "./out.ts"
import { type PendingChannel, PendingChannelState } from "./pendingChannel.ts"
import { MOST_RECENT, RecentUsers } from "./recentUsers.ts"
import { value as mapValue } from "./standalone.ts"

export type Files = ArchiveReader.Options<Context, "objects" | "lines">

/** `isBesideChannels`: this is an export of users, and the exports of their channels are read too. */
export const filesOf = (limits: Limits, isBesideChannels = false): Files => ({
  limits,
  isGzipRead: true,
  recognise: verdictOf,
  documents: { objects, lines },
  context: () => makeContext(new Out(limits), new RecentUsers(), limits, isBesideChannels),
  state: {
    save: ({ channelId, open, ownerId, recentUsers }) => ({
      channelId: channelId ?? null,
      ownerId: ownerId ?? null,
      open: open === undefined ? null : { ...open.state() },
      shown: recentUsers.fingerprints()
    }),
    restore: (context, stored, within) =>
      Effect.gen(function* () {
        const found = decodeState(stored)
        if (Option.isNone(found)) return "foreign"
        const { channelId, open, ownerId, shown } = found.value
        context.channelId = (channelId ?? undefined) as Ids.ChannelId | undefined
        context.ownerId = (ownerId ?? undefined) as Ids.UserId | undefined
        context.recentUsers = new RecentUsers(shown)
        if (open === null) return "restored"
        if (within === undefined) return "changed"
        context.open = yield* pendingChannel(within.file, within.format, open, limits)
        return context.open === undefined ? "changed" : "restored"
      })
  }
})

// internal

const State = Schema.Struct({
  /** The channel that was named last, and the user of an export of a user. */
  channelId: Schema.NullOr(Schema.String),
  ownerId: Schema.NullOr(Schema.String),
  /** The channel whose members may still follow. */
  open: Schema.NullOr(PendingChannelState),
  /** Fingerprints of recent users. */
  shown: Schema.Array(Schema.String).check(Schema.isMaxLength(MOST_RECENT))
})
const decodeState = Schema.decodeUnknownOption(State)

const lines: ArchiveReader.Format<Context> = ArchiveReader.lines<Context>(mapValue, {
  begin: (context, at) => {
    context.at = at
  },
  contextOf: (context) => contextOf(context, "any"),
  finish: separate
})

const verdictOf = (file: ArchiveReader.File): ArchiveReader.Verdict<"objects" | "lines"> => {
  const { isWhole, name } = file
  const head = bufferOf(file.head)
  if (!isWhole && head.length < HEAD) return "more"
  const form = isZip(head) ? "text" : formOf(head, isWhole)
  if (form !== "text") {
    const problem = foreign(head, isWhole, form)
    return problem === undefined ? form : { _tag: "unrecognised", problem }
  }
  if (isCsv(head)) return { _tag: "unrecognised", problem: CSV }
  const problem = "the file is JSON by its name, but does not begin like JSON"
  return isJsonName(name) ? { _tag: "unrecognised", problem } : "ignore"
}

const isZip = (head: Buffer) => head.length >= 4 && head.readUInt32LE(0) === ZIP
const ZIP = 0x04034b50

const isJsonName = (name: string) => /\.(?:json|jsonl|ndjson)(?:\.gz)?$/iu.test(name)

/** Reads a channel again whose members may still follow; `undefined` if it is no longer there. */
const pendingChannel = (
  file: ArchiveReader.File,
  format: string,
  state: PendingChannelState,
  limits: Limits
): Effect.Effect<PendingChannel | undefined, ArchiveReader.Reason> =>
  Effect.map(
    ArchiveReader.bytes(file, state.offset, Math.min(state.bytes, limits.maxElementBytes)),
    (content) => {
      const raw = parsed(bufferOf(content).toString("utf8"))
      if (!isObject(raw)) return undefined
      const context = makeContext(new BatchBuilder.BatchBuilder(), new RecentUsers(), limits)
      context.at = () => ({ offset: state.offset, bytes: state.bytes })
      if (format === "lines") mapValue(raw, context)
      else channel(raw, context)
      context.open?.restore(state)
      return context.open
    }
  )

const parsed = (text: string): unknown => {
  try {
    return JsonElements.parse(text)
  } catch {
    return undefined
  }
}
