import type { Entity } from "../../Entity.ts"

/**
 * A copy of a record, for a function that may assign to what it gets. Records have many combinations of fields, and a
 * spread of such takes several times as long as assigning; but that would not copy a field named `__proto__`.
 */
export const copied = (record: Entity): Entity =>
  Object.hasOwn(record, "__proto__") ? { ...record } : Object.assign({}, record)
