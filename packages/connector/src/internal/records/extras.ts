// What goes into `custom.<provider>` while a record is read.
import { type Entity } from "@chatferry/core"
import { Json } from "@chatferry/core/files"

export type Extras = Record<string, NonNullable<Entity.Entity["custom"]>[string][string]>

/** Stands for extras with a value so deep that it cannot be written as JSON safely. */
export const TOO_DEEP: Extras = Object.freeze({})

export const TOO_DEEP_MESSAGE: string = `a value is nested deeper than ${Json.MAX_DEPTH} levels`

/** Puts a value that came from JSON among the extras, which are made when there are none yet. */
export const keep = (extras: Extras | undefined, field: string, value: unknown): Extras => {
  if (typeof value === "object" && Json.isDeeper(value, Json.MAX_DEPTH)) return TOO_DEEP
  const target = extras ?? {}
  if (field === "__proto__") {
    Object.defineProperty(target, field, { value, enumerable: true, configurable: true, writable: true })
  } else target[field] = value as Extras[string]
  return target
}
