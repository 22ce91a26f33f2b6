import { byId, byMembers } from "./channelName.ts"
import { quotable } from "./finding.ts"
import type { Judge } from "./judge.ts"
import { type Fields, isGiven, textOf, textsOf } from "./readField.ts"

export interface ChannelReference {
  /** Only called when there is a finding. */
  readonly key: () => string
  readonly channel: number
  readonly members: ReadonlyArray<string> | undefined
}

/**
 * Which of two fields identify a channel: `id` its id, `set` its members. The older dialect ignores an empty field. In the
 * newer dialect it is an error, which is reported here for an id, and with other lists for a set.
 */
export const namesOf = (item: Fields, id: string, set: string, judge: Judge) => {
  const members = item[set]
  const hasSet = isGiven(item, set) && !(Array.isArray(members) && members.length === 0)
  const hasId = isGiven(item, id) && item[id] !== ""
  if (judge.dialect === "jsonl" && hasSet && item[id] === "") judge.found("id_empty", `/${judge.key}/${id}`)
  // The empty list is the only error: it may have been meant to identify the channel.
  const isReported = !hasId && !hasSet && judge.dialect === "jsonl" && isGiven(item, set)
  return { hasId, hasSet, isReported }
}

/** Reads which channel a member or message is in, and checks whether the channel exists. */
export const judgeReference = (item: Fields, judge: Judge): ChannelReference | undefined => {
  const { hasId, hasSet, isReported } = namesOf(item, "channel_id", "channel_member_ids", judge)
  const pointer = `/${judge.key}`
  if (hasId === hasSet) {
    if (!isReported) judge.found(hasId ? "channel_reference_both" : "channel_reference_missing", pointer)
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
  // An id that Stream computed from members is already reported as invalid.
  const isComputed = id?.startsWith("!members-") === true && judge.settings.distinctIds === "reject"
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

/** A key in a form that is safe to quote in a message. */
export const quotableKey = (key: string): string => (/^[\w@:.!,[\]-]{1,300}$/u.test(key) ? key : "…")
