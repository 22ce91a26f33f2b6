import { type Entity, Sha256, Timestamp } from "@chatferry/core"
import * as Limits from "../StreamImportLimits.ts"
import { notes } from "./consequences.ts"
import * as Custom from "./custom.ts"
import * as ReservedNames from "./reservedNames.ts"
import type { Settings } from "./settings.ts"

type Reaction = Entity.Entity<"reaction">

/** A reaction as it is staged; `item` as of a message. */
export interface StagedReaction {
  readonly type: string
  /** Empty when the source does not say when; the message's time is used then. */
  readonly createdAt: string
  readonly rank: string
  readonly notes: string | null
  readonly item: string
  readonly moved: ReadonlyArray<Custom.Moved>
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
    if (reaction.score !== undefined && reaction.score !== 1) own["score"] = reaction.score
    if (reaction.updatedAt !== undefined) own["updated_at"] = reaction.updatedAt
    const custom = Custom.fields(reaction.custom, own, ReservedNames.reaction)
    if (custom !== undefined) Object.assign(item, Custom.limit(custom, 0, "", changes))
    return {
      type,
      createdAt: Timestamp.sortable(reaction.createdAt),
      rank: Timestamp.sortable(reaction.updatedAt ?? reaction.createdAt),
      notes: changes.notes.length === 0 ? null : JSON.stringify(changes.notes),
      item: JSON.stringify(item).slice(1, -1),
      moved: changes.moved
    }
  }
}

// internal

/**
 * Maps types of reactions: as chosen, as they are when Stream takes them, else
 * by code points (`👍` is `u1f44d`, `thumbs up` is `thumbs-u20-up`), and by hash
 * when that is too long.
 */
const makeReactionTypes = (chosen: Readonly<Record<string, string>>): ((source: string) => string) => {
  const types = new Map(Object.entries(chosen))
  return (source) => {
    const known = types.get(source)
    if (known !== undefined) return known
    const type = Limits.reactionType.test(source) ? source : encodeType(source)
    // Emoji come in great numbers and few kinds; what is hostile does not get to grow the map.
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
