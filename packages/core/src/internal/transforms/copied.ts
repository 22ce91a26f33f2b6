import type { Entity } from "../../Entity.ts"

/**
 * A copy of a record, for a function that may assign to its argument. Records have many
 * combinations of fields, for which a spread takes several times as long as
 * Object.assign; but that would not copy a field named `__proto__`.
 */
export const copied = (record: Entity): Entity =>
  Object.hasOwn(record, "__proto__") ? { ...record } : Object.assign({}, record)
