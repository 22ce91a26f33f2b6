import { byId, byMembers } from "./channelName.ts"
import { quotable } from "./finding.ts"
import type { Judge } from "./judge.ts"
import { type Fields, isGiven, textOf, textsOf } from "./readField.ts"

export interface ChannelReference {
  /** Asked for only when there is something to say. */
  readonly key: () => string
  readonly channel: number
  readonly members: ReadonlyArray<string> | undefined
}

/**
 * Which of two fields name a channel: `id` its id, `set` its members. Where a field is there and empty, the older dialect
 * takes it for none; in the newer one it is a mistake, which is said here for an id and where lists are judged for a set.
 */
export const namesOf = (item: Fields, id: string, set: string, judge: Judge) => {
  const members = item[set]
  const hasSet = isGiven(item, set) && !(Array.isArray(members) && members.length === 0)
  const hasId = isGiven(item, id) && item[id] !== ""
  if (judge.dialect === "jsonl" && hasSet && item[id] === "") judge.found("id_empty", `/${judge.key}/${id}`)
  // That a list is empty is all that is wrong with it, and it may have been meant to name the channel.
  const isSaid = !hasId && !hasSet && judge.dialect === "jsonl" && isGiven(item, set)
  return { hasId, hasSet, isSaid }
}

/** Reads which channel a member or message is in, and sees whether there is such a channel. */
export const judgeReference = (item: Fields, judge: Judge): ChannelReference | undefined => {
  const { hasId, hasSet, isSaid } = namesOf(item, "channel_id", "channel_member_ids", judge)
  const pointer = `/${judge.key}`
  if (hasId === hasSet) {
    if (!isSaid) judge.found(hasId ? "channel_reference_both" : "channel_reference_missing", pointer)
    return undefined
  }
  const type = textOf(item, "channel_type")
  const id = textOf(item, "channel_id")
  const members = textsOf(item, "channel_member_ids")
  if (type === undefined) return undefined
  const key =
    members !== undefined
      ? () => byMembers(type, members)
      : id !== undefined
        ? () => byId(type, id)
        : undefined
  if (key === undefined) return undefined
  const channel =
    members === undefined && id !== undefined
      ? judge.registry.channelById(type, id)
      : judge.registry.channel(key())
  // Of an id that was computed from members it is said already that it names nothing here.
  const isComputed = id?.startsWith("!members-") === true && judge.settings.distinctIds === "refuse"
  if (!judge.registry.isChannel(channel) && !isComputed) {
    const at = `${pointer}/${hasId ? "channel_id" : "channel_member_ids"}`
    judge.defer(at, {
      what: "channel",
      channel,
      key: quotableKey(key()),
      isMuted: false,
      owner: quotable(judge.owner)
    })
  }
  return { key, channel, members }
}

/** A key as it may stand in a message. */
export const quotableKey = (key: string): string => (/^[\w@:.!,[\]-]{1,300}$/u.test(key) ? key : "…")
