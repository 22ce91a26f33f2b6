// The model has no polls: a poll is kept with its message, and the users in it are given as users.
import { RawRecord } from "@chatferry/connector"
import { Consequence, type Entity } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import { declared } from "../consequences.ts"
import { withTimes } from "./actingFields.ts"
import type { Context } from "./context.ts"
import { person } from "./person.ts"
import { isBlank, isObject } from "./raw.ts"

/** Keeps a poll, and counts it. */
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
const PEOPLE = new Set(["created_by", "user"])

/** With users as their ids: what else is shown of them is said of the users themselves. */
const withIds = (value: unknown, context: Context): unknown => {
  if (Array.isArray(value)) return value.map((one: unknown) => withIds(one, context))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const id = PEOPLE.has(name) && isObject(inner) ? person(inner, context) : undefined
      return [name, id === undefined ? withIds(inner, context) : { id }]
    })
  )
}
