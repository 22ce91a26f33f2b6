import * as Predicate from "effect/Predicate"

/** A value of which nothing can be changed: who tries fails. */
export const frozen = <A>(value: A): A => {
  if (Predicate.isObjectOrArray(value)) {
    for (const field of Object.values(value)) frozen(field)
    Object.freeze(value)
  }
  return value
}
