import { quotable } from "./finding.ts"
import type { Fields, Judge } from "./judge.ts"
import { Kind } from "./keyTable.ts"

export const judgeUser = (item: Fields, judge: Judge): void => {
  const { id, teams } = item
  if (typeof id !== "string" || id === "") return
  const user = judge.registry.user(id)
  const names = Array.isArray(teams) ? teams.filter((team) => typeof team === "string") : []
  if (!judge.registry.defineUser(user, judge.file, names)) {
    judge.found("item_duplicated", `/${judge.key}`, { key: quotable(id) })
  }
}

export const judgeDevice = (item: Fields, judge: Judge): void => {
  const { id } = item
  if (typeof id !== "string" || id === "") return
  if (!judge.registry.define(Kind.device, id, judge.file)) {
    judge.found("item_duplicated", `/${judge.key}`, { key: quotable(id) })
  }
}

export const judgeBan = (item: Fields, judge: Judge): void => {
  const [target, by] = [item["target_id"], item["created_by"]]
  if (typeof target !== "string" || typeof by !== "string") return
  if (!judge.registry.define(Kind.ban, `${target} ${by}`, judge.file)) {
    judge.found("item_duplicated", `/${judge.key}`, { key: quotable(target) })
  }
}

export const judgeReaction = (item: Fields, judge: Judge): void => {
  const pointer = `/${judge.key}`
  const [message, user, type] = [item["message_id"], item["user_id"], item["type"]]
  const hasMessage = typeof message === "string" && message !== ""
  if (hasMessage && !judge.registry.isMessage(message)) {
    judge.wait(`${pointer}/message_id`, { what: "message", key: message })
  }
  if (typeof user !== "string" || user === "") return
  const number = judge.user(user, `${pointer}/user_id`, () => "")
  if (!hasMessage || typeof type !== "string") return
  if (!judge.registry.define(Kind.reaction, `${number} ${type} ${message}`, judge.file)) {
    judge.found("item_duplicated", pointer, { key: quotable(`${message}:${type}:${user}`) })
  }
}
