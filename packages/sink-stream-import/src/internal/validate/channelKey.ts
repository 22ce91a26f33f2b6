import type { Fields, Judge } from "./judge.ts"

/** How files name a channel: by type and id, or by type and set of members. */
export const byId = (type: string, id: string): string => `${type}:${id}`

export const byMembers = (type: string, members: ReadonlyArray<string>): string =>
  `${type}:[${members.length > 1 ? members.toSorted().join() : members.join()}]`

/** The members of a set, if it is one. */
export const membersOf = (value: unknown): ReadonlyArray<string> | undefined =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string")
    ? value
    : undefined

export interface ChannelReference {
  /** Asked for only when there is something to say. */
  readonly key: () => string
  readonly channel: number
  readonly members: ReadonlyArray<string> | undefined
}

/** Reads which channel a member or message is in, and sees whether there is such a channel. */
export const judgeReference = (item: Fields, judge: Judge): ChannelReference | undefined => {
  const [id, set] = [item["channel_id"], item["channel_member_ids"]]
  const hasId = id !== undefined && id !== null && id !== ""
  const hasSet = set !== undefined && set !== null
  const pointer = `/${judge.key}`
  if (hasId === hasSet) {
    judge.found(hasId ? "channel_reference_both" : "channel_reference_missing", pointer)
    return undefined
  }
  const type = item["channel_type"]
  const members = hasSet ? membersOf(set) : undefined
  if (typeof type !== "string" || (hasSet ? members === undefined : typeof id !== "string")) return undefined
  const key = () => (members === undefined ? byId(type, id as string) : byMembers(type, members))
  const channel =
    members === undefined ? judge.registry.channelById(type, id as string) : judge.registry.channel(key())
  if (!judge.registry.isChannel(channel)) {
    const at = `${pointer}/${hasId ? "channel_id" : "channel_member_ids"}`
    judge.wait(at, { what: "channel", channel, key: quotableKey(key()), isMuted: false, owner: "" })
  }
  return { key, channel, members }
}

/** A key as it may stand in a message. */
export const quotableKey = (key: string): string => (/^[\w@:.!,[\]-]{1,300}$/u.test(key) ? key : "…")
