import { type Entity, Timestamp } from "@chatferry/core"
import { Json, Sha256 } from "@chatferry/core/files"
import * as Limits from "../../StreamImportLimits.ts"
import { kept, notes } from "../format/consequences.ts"
import * as Custom from "../format/custom.ts"
import { writeItem } from "../format/itemText.ts"
import * as ReservedNames from "../format/reservedNames.ts"
import type { Settings } from "../format/settings.ts"

type Reaction = Entity.Entity<"reaction">

/** A reaction for the stage, with an `item` like that of a message. */
export interface StagedReaction {
  readonly type: string
  /** Empty if the source gives no time; the message's time is used then. */
  readonly createdAt: string
  /** Whether the source gives a count of one, which the item does not have. */
  readonly isSingle: boolean
  readonly rank: string
  readonly notes: string | null
  readonly item: string
  readonly moved: ReadonlyArray<Custom.Moved>
  /** The reaction cannot be restored from its row. */
  readonly isOneWay: boolean
}

/** Makes the encoder of reactions. */
export const makeReactionEncoder = (
  settings: Settings,
  mapUser: (source: string) => string,
  mapMessage: (source: string) => string
): ((reaction: Reaction) => StagedReaction) => {
  const mapType = makeReactionTypes(settings.reactionTypes)
  return (reaction) => {
    const type = mapType(reaction.type)
    const changes = Custom.noChanges()
    const item: Custom.Fields = {
      message_id: mapMessage(reaction.messageId),
      type,
      user_id: mapUser(reaction.userId)
    }
    if (reaction.createdAt !== undefined) item["created_at"] = reaction.createdAt
    const own: Custom.Fields = {}
    if (type !== reaction.type) {
      own["type"] = reaction.type
      changes.notes.push(notes.reactionTypeMapped.code)
    }
    if (reaction.score !== undefined && reaction.score !== 1)
      Custom.keep(own, changes, "score", reaction.score, kept.score)
    if (reaction.updatedAt !== undefined)
      Custom.keep(own, changes, "updated_at", reaction.updatedAt, kept.reactionUpdatedAt)
    const custom = Custom.fields(reaction.custom, own, ReservedNames.reaction)
    if (custom !== undefined) Object.assign(item, Custom.limit(custom, 0, "", changes))
    const text = writeItem(item, changes)
    return {
      type,
      createdAt: Timestamp.sortable(reaction.createdAt),
      isSingle: reaction.score === 1,
      rank: Timestamp.sortable(reaction.updatedAt ?? reaction.createdAt),
      notes: changes.notes.length === 0 ? null : JSON.stringify(changes.notes),
      item: text.slice(1, -1),
      moved: changes.moved,
      isOneWay:
        changes.isOneWay ||
        changes.moved.length > 0 ||
        Custom.isOneWay(reaction.custom, ReservedNames.reaction)
    }
  }
}

/** A staged reaction with all its values in the stage. */
export interface ReactionRow {
  readonly messageId: string
  readonly channelId: string | null
  readonly userId: string
  readonly isSingle: number
  readonly item: string
}

/** Decodes a staged reaction, unless the encoding was one-way. */
export const decodeReaction = ({
  channelId,
  isSingle,
  item: inside,
  messageId,
  userId
}: ReactionRow): object => {
  const item = Json.parse(`{${inside}}`) as Custom.Fields
  const own = (item["chatferry"] ?? {}) as Custom.Fields
  return Custom.given({
    _tag: "reaction",
    messageId,
    channelId: channelId ?? undefined,
    userId,
    type: own["type"] ?? item["type"],
    score: isSingle === 1 ? 1 : own["score"],
    createdAt: item["created_at"],
    updatedAt: own["updated_at"],
    custom: Custom.custom(item, FIELDS)
  })
}

// internal

/** The fields of an item besides custom data. */
const FIELDS: ReadonlySet<string> = new Set(["message_id", "type", "user_id", "created_at"])

/**
 * Maps types of reactions: to the chosen types, unchanged if Stream accepts them,
 * otherwise to code points (`👍` is `u1f44d`, `thumbs up` is `thumbs-u20-up`), or
 * to a hash if that is too long.
 */
const makeReactionTypes = (chosen: Readonly<Record<string, string>>): ((source: string) => string) => {
  const types = new Map(Object.entries(chosen))
  return (source) => {
    const known = types.get(source)
    if (known !== undefined) return known
    const type = Limits.reactionType.test(source) ? source : encodeType(source)
    // There are many emoji but few different ones. The limit keeps hostile input from growing the map.
    if (types.size < 10_000) types.set(source, type)
    return type
  }
}

const encodeType = (source: string) => {
  const runs = source.match(/[\w\-+:.]+|[^\w\-+:.]+/gu) ?? []
  const encoded = runs.map((run) => (/^[\w\-+:.]/.test(run) ? run : `u${codePoints(run)}`)).join("-")
  return Limits.reactionType.test(encoded) ? encoded : `u-${Sha256.hex([source]).slice(0, 24)}`
}

const codePoints = (text: string) =>
  Array.from(text, (character) => character.codePointAt(0)?.toString(16)).join("-")
