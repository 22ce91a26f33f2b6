// Users as other records show them: in full, in part, or by their id alone.
import type { Ids } from "@chatferry/core"
import type { Context } from "./context.ts"
import { idOfUser, isObject } from "./raw.ts"
import { user } from "./user.ts"

/** The id of a user; who is shown with more than that is told as a user. */
export const person = (value: unknown, context: Context): Ids.UserId | undefined => {
  const id = idOfUser(value)
  if (id === undefined || !isObject(value)) return id
  if (!hasMoreThanId(value) || !context.shown.isNews(id, value)) return id
  context.isShownByOthers = true
  user(value, context, ".user")
  context.isShownByOthers = false
  return id
}

/** The ids of users in a list, each once. */
export const people = (
  values: ReadonlyArray<unknown> | undefined,
  context: Context
): ReadonlyArray<Ids.UserId> | undefined => {
  if (values === undefined || values.length === 0) return undefined
  const found = new Set<Ids.UserId>()
  for (const value of values) {
    const id = person(value, context)
    if (id !== undefined) found.add(id)
  }
  return found.size === 0 ? undefined : Array.from(found)
}

// internal

const hasMoreThanId = (wire: object) => {
  for (const field in wire) if (field !== "id") return true
  return false
}
