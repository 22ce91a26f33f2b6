import { Timestamp } from "@chatferry/core"
import type { Random } from "../random/random.ts"
import { DAY, START } from "../random/time.ts"

/** Sources keep the fractional digits of their input: none, three or nine. */
export const time = (r: Random): string => {
  const millis = START + r.below(30 * DAY)
  const text = Timestamp.fromMillis(millis) ?? ""
  return r.chance(0.8)
    ? text
    : r.chance(0.5)
      ? `${text.slice(0, 19)}Z`
      : `${text.slice(0, -1)}${String(r.below(1_000_000)).padStart(6, "0")}Z`
}

/** After all other times; later for a higher version. */
export const later = (r: Random, version: number): string =>
  Timestamp.fromMillis(START + (31 + version) * DAY + r.below(DAY)) ?? ""
