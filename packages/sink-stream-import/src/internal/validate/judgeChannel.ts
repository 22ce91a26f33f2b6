import { byId, byMembers, membersOf, quotableKey } from "./channelKey.ts"
import type { Fields, Judge } from "./judge.ts"

export const judgeChannel = (item: Fields, judge: Judge): void => {
  const { id, team, type } = item
  const set = item["member_ids"]
  const hasId = id !== undefined && id !== null && id !== ""
  const hasSet = set !== undefined && set !== null
  const members = membersOf(set)
  const pointer = `/${judge.key}`
  let key = ""
  if (hasId && hasSet) judge.found("channel_identity_both", pointer)
  else if (!hasId && !hasSet) judge.found("channel_identity_missing", pointer)
  else if (typeof type === "string") {
    if (typeof id === "string") key = byId(type, id)
    else if (members !== undefined) key = byMembers(type, members)
  }
  const quoted = quotableKey(key)
  if (typeof item["created_by"] === "string" && item["created_by"] !== "") {
    judge.user(item["created_by"], `${pointer}/created_by`, () => key)
  }
  if (key === "") return
  const channel = judge.registry.channel(key)
  if (
    !judge.registry.defineChannel(
      channel,
      judge.file,
      typeof team === "string" && team !== "" ? team : undefined
    )
  ) {
    judge.found("item_duplicated", pointer, { key: quoted })
    return
  }
  if (members === undefined) return
  const unique = Array.from(new Set(members))
  if (unique.length < members.length) judge.found("list_repeats", `${pointer}/member_ids`)
  judge.wait(`${pointer}/member_ids`, { what: "members", channel, members: unique })
}
