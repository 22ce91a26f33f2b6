// Which fields are shown, in which of Stream's formats.
import { Timestamp } from "@chatferry/core"

export type RawObject = Readonly<Record<string, unknown>>

/** The unprefixed API has custom fields next to known ones and times as text; `/api/v2` has nested ones and numbers. */
export interface Shape {
  readonly custom: "flat" | "nested"
  readonly times: "rfc3339" | "nanoseconds"
  /** The prefix of responses to invitations: `invite_accepted_at` or `invited_accepted_at`. */
  readonly invites: "invite" | "invited"
  /** Whether deleted messages lose their text. */
  readonly isTextCleared: boolean
}

export const plain: Shape = { custom: "flat", times: "rfc3339", invites: "invite", isTextCleared: false }

/** The format of `/api/v2`. */
export const second: Shape = { ...plain, custom: "nested", times: "nanoseconds" }

/** Known and custom fields in one object. */
export const object = ({ custom }: Shape, known: RawObject, own: RawObject): RawObject =>
  custom === "flat" ? { ...known, ...own } : { ...known, custom: own }

/** Microseconds since 1970, as Stream stores times; some have more digits, up to 999 nanoseconds. */
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

// A number above 2^53 must be written digit by digit.
const RAW = JSON as unknown as { readonly rawJSON: (text: string) => unknown }
