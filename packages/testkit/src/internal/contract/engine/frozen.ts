import * as Predicate from "effect/Predicate"

/** A deeply frozen value: any attempt to change it fails. */
export const frozen = <A>(value: A): A => {
  if (Predicate.isObjectOrArray(value)) {
    for (const field of Object.values(value)) frozen(field)
    Object.freeze(value)
  }
  return value
}
