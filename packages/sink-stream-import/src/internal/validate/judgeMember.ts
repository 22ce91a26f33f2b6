import { judgeReference, quotableKey } from "./channelKey.ts"
import { quotable } from "./finding.ts"
import type { Judge } from "./judge.ts"
import { Kind } from "./keyTable.ts"
import { type Fields, isGiven, textOf } from "./readField.ts"

export const judgeMember = (item: Fields, judge: Judge): void => {
  const pointer = `/${judge.key}`
  const { invited = false } = item
  if (judge.dialect === "jsonl" && (invited === false || invited === null)) {
    for (const field of ["invite_accepted_at", "invite_rejected_at"]) {
      if (isGiven(item, field)) judge.found("invite_date_without_invite", `${pointer}/${field}`)
    }
  }
  const reference = judgeReference(item, judge)
  const id = textOf(item, "user_id")
  if (id === undefined) return
  const user = judge.user(id, `${pointer}/user_id`)
  if (reference === undefined) return
  const { channel, key, members } = reference
  if (members !== undefined && !members.includes(id)) {
    judge.found("member_not_in_set", `${pointer}/user_id`, { key: quotable(id) })
  }
  if (!judge.registry.define(Kind.member, `${channel} ${user}`, judge.file)) {
    judge.found("item_duplicated", pointer, { key: quotable(id) })
  }
  if (!judge.settings.hasTeams) return
  if (!judge.registry.isUser(user) || !judge.registry.isChannel(channel)) {
    judge.defer(pointer, { what: "team", user, channel, key: quotable(id), owner: quotableKey(key()) })
    return
  }
  const team = judge.registry.teamWithout(channel, user)
  if (team !== undefined) {
    judge.found("team_mismatch", pointer, {
      key: quotable(id),
      owner: quotableKey(key()),
      value: quotable(team)
    })
  }
}
