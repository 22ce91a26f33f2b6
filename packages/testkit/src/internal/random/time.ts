// Times in the formats of exports.
import { Timestamp } from "@chatferry/core"
import type { Random } from "./random.ts"

export const DAY = 86_400_000

/** Monday, 4 March 2024, 00:00 UTC: the start of the first window of a generated export. */
export const START = 1_709_510_400_000

/** `2024-03-04 00:00:00+0100`: local time with an offset without a colon, to the second. */
export const zonedText = (millis: number, offsetMinutes: number): string => {
  const local = Timestamp.fromMillis(millis + offsetMinutes * 60_000) ?? ""
  const minutes = Math.abs(offsetMinutes)
  const zone = `${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`
  return `${local.slice(0, 10)} ${local.slice(11, 19)}${zone}`
}

/** `20240304`. */
export const dayName = (millis: number): string =>
  (Timestamp.fromMillis(millis) ?? "").slice(0, 10).replaceAll("-", "")

export const offset = (r: Random): number => r.pick(OFFSETS)

// internal

const OFFSETS = [0, 0, 60, -240, 330, 540]

const two = (value: number) => String(value).padStart(2, "0")
