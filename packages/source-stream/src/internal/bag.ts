// Fields the model does not know: they go on under `custom.stream`, as they are.
import type { Entity } from "@chatferry/core"

export type Custom = NonNullable<Entity.Entity["custom"]>
export type Bag = Record<string, Custom[string][string]>

/** Stands for a bag with a value so deep that it cannot be written as JSON safely. */
export const TOO_DEEP: Bag = Object.freeze({})

export const MAX_DEPTH = 100

/** Puts a value that came from JSON into a bag, which is made when there is none yet. */
export const keep = (bag: Bag | undefined, field: string, value: unknown): Bag => {
  if (bag === TOO_DEEP) return TOO_DEEP
  if (typeof value === "object" && isDeeper(value, MAX_DEPTH)) return TOO_DEEP
  const target = bag ?? {}
  if (field === "__proto__") {
    Object.defineProperty(target, field, { value, enumerable: true, configurable: true, writable: true })
  } else target[field] = value as Bag[string]
  return target
}

export const custom = (bag: Bag): Custom => ({ stream: bag })

/** Tells whether arrays and objects are nested deeper than `levels`. */
export const isDeeper = (value: unknown, levels: number): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (levels === 0) return true
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (isDeeper(inner, levels - 1)) return true
  }
  return false
}
