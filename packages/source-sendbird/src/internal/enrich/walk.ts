// How far a listing of channels has been worked through, by the times at which the channels were made.
import * as Schema from "effect/Schema"

/**
 * The channels of all pages read so far, if they came in order. When the listing
 * starts again, what lies between the two ends need not be gone through again.
 */
export const Walk = Schema.Struct({
  least: Schema.Finite,
  greatest: Schema.Finite,
  /** The last one; `null` right after a start. */
  previous: Schema.NullOr(Schema.Finite),
  order: Schema.Literals(["unknown", "rising", "falling", "none"])
})

export type Walk = typeof Walk.Type

/** Takes a page in. `undefined`: the channel does not say when it was made. */
export const extend = (walk: Walk | null, page: ReadonlyArray<number | undefined>): Walk | null => {
  let result = walk
  for (const at of page) result = result === null ? first(at) : further(result, at)
  return result
}

/** The same channels come again. */
export const again = (walk: Walk | null): Walk | null => (walk === null ? null : { ...walk, previous: null })

/** Tells whether a channel was in the pages of `before`; in doubt it was not. */
export const isPassed = (before: Walk | null, after: Walk | null, at: number | undefined): boolean =>
  before !== null &&
  after !== null &&
  at !== undefined &&
  after.order !== "none" &&
  before.least < at &&
  at < before.greatest

// internal

const first = (at: number | undefined): Walk =>
  at === undefined
    ? { least: 0, greatest: 0, previous: null, order: "none" }
    : { least: at, greatest: at, previous: at, order: "unknown" }

const further = (walk: Walk, at: number | undefined): Walk => {
  if (at === undefined) return { ...walk, order: "none" }
  return {
    least: Math.min(walk.least, at),
    greatest: Math.max(walk.greatest, at),
    previous: at,
    order: orderOf(walk, at)
  }
}

const orderOf = ({ order, previous }: Walk, at: number): Walk["order"] => {
  if (previous === null || at === previous || order === "none") return order
  const found = at > previous ? "rising" : "falling"
  return order === "unknown" || order === found ? found : "none"
}
