import type { Judge } from "./judge.ts"
import { type Fields, isGiven, isNamed, textOf, textsOf } from "./readField.ts"

/** How files name a channel: by type and id, or by type and set of members. */
export const byId = (type: string, id: string): string => `${type}:${id}`

export const byMembers = (type: string, members: ReadonlyArray<string>): string =>
  `${type}:[${members.length > 1 ? members.toSorted().join() : members.join()}]`

export interface ChannelReference {
  /** Asked for only when there is something to say. */
  readonly key: () => string
  readonly channel: number
  readonly members: ReadonlyArray<string> | undefined
}

/** Reads which channel a member or message is in, and sees whether there is such a channel. */
export const judgeReference = (item: Fields, judge: Judge): ChannelReference | undefined => {
  const hasId = isNamed(item, "channel_id")
  const hasSet = isGiven(item, "channel_member_ids")
  const pointer = `/${judge.key}`
  if (hasId === hasSet) {
    judge.found(hasId ? "channel_reference_both" : "channel_reference_missing", pointer)
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
  if (!judge.registry.isChannel(channel)) {
    const at = `${pointer}/${hasId ? "channel_id" : "channel_member_ids"}`
    judge.wait(at, { what: "channel", channel, key: quotableKey(key()), isMuted: false, owner: "" })
  }
  return { key, channel, members }
}

/** A key as it may stand in a message. */
export const quotableKey = (key: string): string => (/^[\w@:.!,[\]-]{1,300}$/u.test(key) ? key : "…")
