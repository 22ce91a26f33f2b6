// Reads JSON documents: exports, and pages of the Platform API.
import { ArchiveReader } from "@chatferry/connector"
import { type Ids } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import { channelOf } from "../records/message.ts"
import { pinnedOf } from "../records/pins.ts"
import { channelId, idOfMessage, isNothing, isText, isObject, type RawObject } from "../records/raw.ts"
import { documents } from "./documents.ts"
import { CHANNEL, type FileContext, header, isList, lists, MESSAGES, values } from "./lists.ts"
import { value } from "./values.ts"

export type { FileContext } from "./lists.ts"

export const json: ArchiveReader.Format<FileContext> = ArchiveReader.elements<FileContext>({
  expected: "a Sendbird export",
  lists: { ...lists, "": { kind: "unknown", map: value } },
  values,
  header,
  isBlank: isNothing,
  // Further pages that a script has appended.
  trailing: documents,
  begin: (context) => {
    context.channel = undefined
    context.pinned = undefined
    context.isBegun = false
    context.pinnedBefore = NOBODY
  },
  meet: (member, context) => {
    // The first one is used, as in a search, so that a resumed run finds the same.
    context.channel ??= channelIn(member)
    context.pinned ??= pinnedIn(member)
    context.isBegun = true
    context.pinnedBefore = NOBODY
  },
  needs: (part, context, file, limits) => {
    const isResumed = !context.isBegun && part.member === MESSAGES && part.offsetOf(0) > BEGINNING
    context.isBegun = true
    // Messages only know the pins of a channel that comes before them.
    const pins = isResumed ? searched(file, limits, pinnedAhead) : undefined
    // The channel may come after the messages.
    const channel =
      context.channel === undefined && lacksOne(part) ? searched(file, limits, channelIn) : undefined
    if (pins === undefined && channel === undefined) return undefined
    return Effect.gen(function* () {
      if (pins !== undefined) context.pinned = (yield* pins) || undefined
      if (channel !== undefined) context.channel = yield* channel
    })
  },
  needsBefore: (member, context, file, limits) => {
    const pinned = pinnedIn(member)
    if (pinned === undefined) return undefined
    return Effect.map(searched(file, limits, pinnedBehind(pinned)), (found) => {
      context.pinnedBefore = found ?? NOBODY
    })
  },
  // A reject that does not depend on the channel must not have it, because other records decide whether it is known.
  contextOf: (value, list, { channel: of }) =>
    NEEDING.has(list) && lacksChannel(value) && of !== undefined && of !== null ? { channel: of } : undefined,
  restore: ({ channel: of, ...others }, context) => {
    context.channel = channelId(of)
    return Object.keys(others).length === 0 && (of === undefined || isText(of))
  }
})

// internal

/** Lists whose records may rely on the file to name their channel. */
const NEEDING = new Set([MESSAGES, "members", "operators", "muted_list", "reactions"])

const NOBODY: ReadonlyArray<RawObject> = []

/** Nothing else fits before the messages of a file that begins with them. */
const BEGINNING = 64

type Part = JsonElements.Member<unknown> | JsonElements.Elements

/** Finds the channel of a messages file, or the channel that was stored with a page. */
const channelIn = (part: Part): Ids.ChannelId | undefined => {
  if (part._tag !== "member") return undefined
  if (part.name === "channel_url") return channelId(part.value)
  return part.name === CHANNEL && isObject(part.value) ? channelId(part.value.channel_url) : undefined
}

const pinnedIn = (part: Part): ReadonlySet<string> | undefined =>
  part._tag === "member" && part.name === CHANNEL && isObject(part.value) ? pinnedOf(part.value) : undefined

/** Returns `false` if no channel comes before the messages. */
const pinnedAhead = (part: Part): ReadonlySet<string> | false | undefined =>
  part._tag === "elements" && part.member === MESSAGES ? false : pinnedIn(part)

/** Collects the pinned messages before the channel. */
const pinnedBehind = (pinned: ReadonlySet<string>) => {
  const found: Array<RawObject> = []
  return (part: Part): ReadonlyArray<RawObject> | undefined => {
    if (part._tag === "member") return part.name === CHANNEL ? found : undefined
    if (part.member !== MESSAGES) return undefined
    for (const value of part.values) {
      const id = isObject(value) ? idOfMessage(value) : undefined
      if (id !== undefined && pinned.has(id)) found.push(value as RawObject)
    }
    return undefined
  }
}

const searched = <A>(
  file: ArchiveReader.File,
  limits: ArchiveReader.Limits,
  find: (part: Part) => A | undefined
) =>
  ArchiveReader.search(
    file,
    JsonElements.make(ArchiveReader.elementOptions(file, limits, isList, true)),
    find,
    limits
  )

/** True if a record does not name its channel. The channel of the file is then needed, if only for a reject. */
const lacksOne = ({ member, values: all }: JsonElements.Elements) =>
  member !== undefined && NEEDING.has(member) && all.some(lacksChannel)

const lacksChannel = (value: unknown) => !isObject(value) || channelOf(value) === undefined
