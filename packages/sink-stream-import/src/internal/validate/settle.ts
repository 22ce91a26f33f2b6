import { type Finding, finding, quotable } from "./finding.ts"
import { Kind } from "./keyTable.ts"
import type { Registry } from "./registry.ts"
import type { Code, Params } from "./rules.ts"
import type { Resolved } from "./settings.ts"
import type { Waiting } from "./waiting.ts"

/** What is wrong with what waited, now that all items were read. */
export const settle = (waiting: Waiting, registry: Registry, settings: Resolved): Finding | undefined => {
  const found = (code: Code, params: Params) => finding(code, waiting, waiting.pointer, waiting.type, params)
  // What is not in the files may be in the app.
  const missing = (code: Code, params: Params) =>
    settings.references === "app" ? found("reference_assumed", {}) : found(code, params)
  switch (waiting.what) {
    case "user":
      return registry.isUser(waiting.user)
        ? undefined
        : missing(waiting.isMuted ? "muted_user_unknown" : "user_unknown", {
            key: waiting.key,
            owner: waiting.owner
          })
    case "channel":
      return registry.isChannel(waiting.channel)
        ? undefined
        : missing(waiting.isMuted ? "muted_channel_unknown" : "channel_unknown", {
            key: waiting.key,
            owner: waiting.owner
          })
    case "message":
      return registry.isMessage(waiting.key)
        ? undefined
        : missing("message_unknown", { key: quotable(waiting.key) })
    case "quoted":
      return registry.isMessage(waiting.key) ? undefined : missing("quoted_message_unknown", {})
    case "parent": {
      const parent = registry.message(waiting.key)
      if (parent === undefined) return missing("parent_unknown", { key: quotable(waiting.key) })
      if (parent.isReply) return found("parent_is_reply", {})
      const isApart = parent.channel !== waiting.channel && parent.channel !== 0 && waiting.channel !== 0
      return isApart ? found("parent_in_other_channel", {}) : undefined
    }
    case "team": {
      const { channel, key, owner, user } = waiting
      if (!registry.isUser(user) || !registry.isChannel(channel)) return undefined
      const team = registry.teamWithout(channel, user)
      return team === undefined ? undefined : found("team_mismatch", { key, owner, value: quotable(team) })
    }
    case "members": {
      const absent = waiting.members.filter(
        (id) => !registry.isDefined(Kind.member, `${waiting.channel} ${registry.user(id)}`)
      )
      return absent.length === 0
        ? undefined
        : missing("members_missing", {
            count: absent.length,
            key: `[${absent.slice(0, 10).map(quotable).join(" ")}]`
          })
    }
  }
}
