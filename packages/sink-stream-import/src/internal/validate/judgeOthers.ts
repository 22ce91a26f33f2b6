import { quotable } from "./finding.ts"
import type { Judge } from "./judge.ts"
import { Kind } from "./keyTable.ts"
import { type Fields, textOf } from "./readField.ts"

export const judgeUser = (item: Fields, judge: Judge): void => {
  const id = textOf(item, "id")
  if (id === undefined) return
  const { teams } = item
  const user = judge.registry.user(id)
  const names = Array.isArray(teams) ? teams.filter((team) => typeof team === "string" && team !== "") : []
  if (!judge.registry.defineUser(user, judge.file, names)) {
    judge.found("item_duplicated", `/${judge.key}`, { key: quotable(id) })
  }
}

export const judgeDevice = (item: Fields, judge: Judge): void => {
  const id = textOf(item, "id")
  if (id === undefined) return
  if (!judge.registry.define(Kind.device, id, judge.file)) {
    judge.found("item_duplicated", `/${judge.key}`, { key: quotable(id) })
  }
}

export const judgeBan = (item: Fields, judge: Judge): void => {
  const [target, by] = [textOf(item, "target_id"), textOf(item, "created_by")]
  if (target === undefined || by === undefined) return
  if (!judge.registry.define(Kind.ban, `${target} ${by}`, judge.file)) {
    judge.found("item_duplicated", `/${judge.key}`, { key: quotable(target) })
  }
}

export const judgeReaction = (item: Fields, judge: Judge): void => {
  const pointer = `/${judge.key}`
  const [message, user, type] = [textOf(item, "message_id"), textOf(item, "user_id"), textOf(item, "type")]
  if (message !== undefined && !judge.registry.isMessage(message)) {
    judge.defer(`${pointer}/message_id`, { what: "message", key: message })
  }
  if (user === undefined) return
  const number = judge.user(user, `${pointer}/user_id`)
  if (message === undefined || type === undefined) return
  if (!judge.registry.define(Kind.reaction, `${number} ${type} ${message}`, judge.file)) {
    judge.found("item_duplicated", pointer, { key: quotable(`${message}:${type}:${user}`) })
  }
}
