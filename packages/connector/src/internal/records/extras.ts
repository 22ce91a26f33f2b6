// The extras of a record, which become `custom.<provider>`.
import { type Entity } from "@chatferry/core"
import { Json } from "@chatferry/core/files"

export type Extras = Record<string, NonNullable<Entity.Entity["custom"]>[string][string]>

/** Marks extras with a value that is nested too deep to be written as JSON safely. */
export const TOO_DEEP: Extras = Object.freeze({})

export const TOO_DEEP_MESSAGE: string = `a value is nested deeper than ${Json.MAX_DEPTH} levels`

/** Adds a JSON value to the extras, and creates them if there are none yet. */
export const keep = (extras: Extras | undefined, field: string, value: unknown): Extras => {
  if (typeof value === "object" && Json.isDeeper(value, Json.MAX_DEPTH)) return TOO_DEEP
  const target = extras ?? {}
  if (field === "__proto__") {
    Object.defineProperty(target, field, { value, enumerable: true, configurable: true, writable: true })
  } else target[field] = value as Extras[string]
  return target
}
