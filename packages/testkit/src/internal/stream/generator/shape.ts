// What of the same things is shown, and in which of Stream's spellings.
import { Timestamp } from "@chatferry/core"

export type RawObject = Readonly<Record<string, unknown>>

/** The unprefixed API has custom fields beside the known ones and times as text; `/api/v2` the others. */
export interface Shape {
  readonly custom: "flat" | "nested"
  readonly times: "rfc3339" | "nanoseconds"
  /** What the answers to invitations are called: `invite_accepted_at` or `invited_accepted_at`. */
  readonly invites: "invite" | "invited"
  /** Deleted messages without their text. */
  readonly isTextCleared: boolean
}

export const plain: Shape = { custom: "flat", times: "rfc3339", invites: "invite", isTextCleared: false }

/** As `/api/v2` shows things. */
export const second: Shape = { ...plain, custom: "nested", times: "nanoseconds" }

/** Known fields and custom ones as one object. */
export const object = ({ custom }: Shape, known: RawObject, own: RawObject): RawObject =>
  custom === "flat" ? { ...known, ...own } : { ...known, custom: own }

/** Microseconds since 1970, as Stream keeps times; some have more digits, up to 999 nanoseconds. */
export const time = ({ times }: Shape, micros: number, nanos = 0): unknown => {
  if (times === "nanoseconds") return RAW.rawJSON(`${micros}${String(nanos).padStart(3, "0")}`)
  const millis = Math.floor(micros / 1000)
  const fraction = `${String(micros % 1_000_000).padStart(6, "0")}${String(nanos).padStart(3, "0")}`
  const digits = fraction.replace(/0+$/u, "")
  const seconds = (Timestamp.fromMillis(millis) ?? "").slice(0, 19)
  return digits === "" ? `${seconds}Z` : `${seconds}.${digits}Z`
}

export const timeOrNull = (shape: Shape, micros: number | undefined): unknown =>
  micros === undefined ? null : time(shape, micros)

// internal

// Above 2^53, a number must reach the file digit by digit.
const RAW = JSON as unknown as { readonly rawJSON: (text: string) => unknown }
