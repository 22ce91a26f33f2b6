import { namesOf, quotableKey } from "./channelKey.ts"
import { byId, byMembers } from "./channelName.ts"
import type { Judge } from "./judge.ts"
import { type Fields, textOf, textsOf } from "./readField.ts"

export const judgeChannel = (item: Fields, judge: Judge): void => {
  const { hasId, hasSet, isReported } = namesOf(item, "id", "member_ids", judge)
  const id = textOf(item, "id")
  const type = textOf(item, "type")
  const creator = textOf(item, "created_by")
  const members = textsOf(item, "member_ids")
  const pointer = `/${judge.key}`
  if (hasId && hasSet) judge.found("channel_identity_both", pointer)
  else if (!hasId && !hasSet && !isReported) judge.found("channel_identity_missing", pointer)
  if (creator !== undefined) judge.user(creator, `${pointer}/created_by`)
  if (type === undefined) return
  // A channel that has both is known by both, so that references to it are not reported.
  if (id !== undefined) define(byId(type, id), item, judge)
  const set = members === undefined ? undefined : define(byMembers(type, members), item, judge)
  if (members === undefined || set === undefined || id !== undefined) return
  const unique = Array.from(new Set(members))
  if (unique.length < members.length) judge.found("list_repeats", `${pointer}/member_ids`)
  judge.defer(`${pointer}/member_ids`, { what: "members", channel: set, members: unique })
}

// internal

/** The number of the channel, if the file does not have it already. */
const define = (key: string, item: Fields, judge: Judge): number | undefined => {
  const channel = judge.registry.channel(key)
  if (judge.registry.defineChannel(channel, judge.file, textOf(item, "team"))) return channel
  judge.found("item_duplicated", `/${judge.key}`, { key: quotableKey(key) })
  return undefined
}
