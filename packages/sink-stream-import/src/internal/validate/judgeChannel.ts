import { byId, byMembers, quotableKey } from "./channelKey.ts"
import type { Judge } from "./judge.ts"
import { type Fields, isGiven, isNamed, textOf, textsOf } from "./readField.ts"

export const judgeChannel = (item: Fields, judge: Judge): void => {
  const hasId = isNamed(item, "id")
  const hasSet = isGiven(item, "member_ids")
  const id = textOf(item, "id")
  const type = textOf(item, "type")
  const creator = textOf(item, "created_by")
  const members = textsOf(item, "member_ids")
  const pointer = `/${judge.key}`
  let key = ""
  if (hasId && hasSet) judge.found("channel_identity_both", pointer)
  else if (!hasId && !hasSet) judge.found("channel_identity_missing", pointer)
  else if (type !== undefined) {
    if (id !== undefined) key = byId(type, id)
    else if (members !== undefined) key = byMembers(type, members)
  }
  const quoted = quotableKey(key)
  if (creator !== undefined) judge.user(creator, `${pointer}/created_by`, () => key)
  if (key === "") return
  const channel = judge.registry.channel(key)
  if (!judge.registry.defineChannel(channel, judge.file, textOf(item, "team"))) {
    judge.found("item_duplicated", pointer, { key: quoted })
    return
  }
  if (members === undefined) return
  const unique = Array.from(new Set(members))
  if (unique.length < members.length) judge.found("list_repeats", `${pointer}/member_ids`)
  judge.wait(`${pointer}/member_ids`, { what: "members", channel, members: unique })
}
