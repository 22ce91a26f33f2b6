// Users nested in other records: in full, in part, or only by their id.
import type { Ids } from "@chatferry/core"
import type { Context } from "./context.ts"
import { idOfUser, isObject } from "./raw.ts"
import { user } from "./user.ts"

/** Returns the id of a user. A user with more than an id is also mapped as a user record. */
export const nestedUser = (value: unknown, context: Context): Ids.UserId | undefined => {
  const id = idOfUser(value)
  if (id === undefined || !isObject(value)) return id
  if (!hasMoreThanId(value) || !context.recentUsers.isNew(id, value)) return id
  context.isNested = true
  user(value, context, ".user")
  context.isNested = false
  return id
}

/** Returns the ids of the users in a list, each once. */
export const nestedUsers = (
  values: ReadonlyArray<unknown> | undefined,
  context: Context
): ReadonlyArray<Ids.UserId> | undefined => {
  if (values === undefined || values.length === 0) return undefined
  const found = new Set<Ids.UserId>()
  for (const value of values) {
    const id = nestedUser(value, context)
    if (id !== undefined) found.add(id)
  }
  return found.size === 0 ? undefined : Array.from(found)
}

// internal

const hasMoreThanId = (raw: object) => {
  for (const field in raw) if (field !== "id") return true
  return false
}
