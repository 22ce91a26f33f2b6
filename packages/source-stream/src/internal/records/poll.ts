// The model does not have polls. A poll is kept with its message, and the users in it are mapped as user records.
import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import { declared } from "../consequences.ts"
import { withTimes } from "./actingFields.ts"
import type { Context } from "./context.ts"
import { nestedUser } from "./nestedUser.ts"
import { isBlank, isObject } from "./raw.ts"

/** Keeps and counts a poll. */
export const keptPoll = <T>(
  kit: RawRecord.Kit<Entity.Entity<"message">, Context, T>
): RawRecord.Field<unknown, Context> =>
  kit.from([RawRecord.any("poll")], (x, value) => {
    if (isBlank(value)) return
    const isTooDeep = Json.isDeeper(value, Json.MAX_DEPTH)
    x.keep("poll", isTooDeep ? value : withTimes("poll", withIds(value, x.context)))
    x.note(KEPT)
  })

// internal

const KEPT = Consequence.codeOf(declared.keptAsCustom, "message.poll")
const USER_FIELDS = new Set(["created_by", "user"])

/** Replaces users by their ids, because their other fields are in the user records. */
const withIds = (value: unknown, context: Context): unknown => {
  if (Array.isArray(value)) return value.map((one: unknown) => withIds(one, context))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const id = USER_FIELDS.has(name) && isObject(inner) ? nestedUser(inner, context) : undefined
      return [name, id === undefined ? withIds(inner, context) : { id }]
    })
  )
}
