import type { DeferredCheck } from "./deferred.ts"
import { type Finding, finding, quotable } from "./finding.ts"
import { Kind } from "./keyTable.ts"
import type { Registry } from "./registry.ts"
import type { Code, Params } from "./rules.ts"
import type { Resolved } from "./settings.ts"

/** Runs a deferred check after all items have been read. */
export const judgeDeferred = (
  check: DeferredCheck,
  registry: Registry,
  settings: Resolved
): Finding | undefined => {
  const found = (code: Code, params: Params) => finding(code, check, check.pointer, check.type, params)
  // Objects that are not in the files may be in the app.
  const missing = (code: Code, params: Params) =>
    settings.references === "app" ? found("reference_assumed", {}) : found(code, params)
  switch (check.what) {
    case "user":
      return registry.isUser(check.user)
        ? undefined
        : missing(check.isMuted ? "muted_user_unknown" : "user_unknown", {
            key: check.key,
            owner: check.owner
          })
    case "channel":
      return registry.isChannel(check.channel)
        ? undefined
        : missing(check.isMuted ? "muted_channel_unknown" : "channel_unknown", {
            key: check.key,
            owner: check.owner
          })
    case "message":
      return registry.isMessage(check.key)
        ? undefined
        : missing("message_unknown", { key: quotable(check.key) })
    case "quoted":
      return registry.isMessage(check.key) ? undefined : missing("quoted_message_unknown", {})
    case "parent": {
      const parent = registry.message(check.key)
      if (parent === undefined) return missing("parent_unknown", { key: quotable(check.key) })
      if (parent.isReply) return found("parent_is_reply", {})
      const isApart = parent.channel !== check.channel && parent.channel !== 0 && check.channel !== 0
      return isApart ? found("parent_in_other_channel", {}) : undefined
    }
    case "team": {
      const { channel, key, owner, user } = check
      if (!registry.isUser(user) || !registry.isChannel(channel)) return undefined
      const team = registry.teamWithout(channel, user)
      return team === undefined ? undefined : found("team_mismatch", { key, owner, value: quotable(team) })
    }
    case "members": {
      const absent = check.members.filter(
        (id) => !registry.isDefined(Kind.member, `${check.channel} ${registry.user(id)}`)
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
