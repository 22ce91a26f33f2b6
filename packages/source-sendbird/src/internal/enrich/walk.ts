// How far a listing of channels has been processed, by the creation times of the channels.
import * as Schema from "effect/Schema"

/**
 * The range of the channels of all pages read so far, if they came in order. When the
 * listing starts again, channels within the range are skipped.
 */
export const Walk = Schema.Struct({
  least: Schema.Finite,
  greatest: Schema.Finite,
  /** Creation time of the last channel; `null` directly after a start. */
  previous: Schema.NullOr(Schema.Finite),
  order: Schema.Literals(["unknown", "rising", "falling", "none"])
})

export type Walk = typeof Walk.Type

/** Adds a page. `undefined` is a channel without a creation time. */
export const extend = (walk: Walk | null, page: ReadonlyArray<number | undefined>): Walk | null => {
  let result = walk
  for (const at of page) result = result === null ? first(at) : further(result, at)
  return result
}

/** Prepares for a listing that starts again. */
export const again = (walk: Walk | null): Walk | null => (walk === null ? null : { ...walk, previous: null })

/** True if a channel was certainly in the pages of `before`. */
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
