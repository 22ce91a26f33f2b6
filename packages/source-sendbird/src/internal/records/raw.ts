// Reads fields as Sendbird writes them, leniently. The result is a value of the model or `undefined`.
import { RawValue } from "@chatferry/connector"
import { type Ids, Timestamp } from "@chatferry/core"
import * as spellings from "./spellings.ts"

export type RawObject = RawValue.RawObject

export const { isList, isText, isObject, list, text } = RawValue

/** A value that is present but not readable. */
export const UNREADABLE: typeof RawValue.UNREADABLE = RawValue.UNREADABLE

export const channelId = (value: unknown): Ids.ChannelId | undefined =>
  text(value) as Ids.ChannelId | undefined

/** A 64-bit integer as text; 0 means none. */
export const messageId = (value: unknown): Ids.MessageId | undefined => {
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && value > 0 ? (textOf(value) as Ids.MessageId) : undefined
  }
  return typeof value === "string" && value !== "" && value !== "0" ? (value as Ids.MessageId) : undefined
}

/** Returns the first valid id of a message. */
export const idOfMessage = (raw: RawObject): Ids.MessageId | undefined => {
  for (const name of spellings.message.id) {
    const id = messageId(raw[name])
    if (id !== undefined) return id
  }
  return undefined
}

/** Reads booleans, and the texts and numbers that stand for them. */
export const flag = (value: unknown): boolean | undefined => {
  if (typeof value === "boolean") return value
  if (typeof value === "string") {
    const word = value.toLowerCase()
    return word === "true" || word === "1" ? true : word === "false" || word === "0" ? false : undefined
  }
  return value === 1 ? true : value === 0 ? false : undefined
}

export const count = (value: unknown): number | undefined => {
  const number = typeof value === "string" && value !== "" ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) ? number : undefined
}

/** Returns the id of a user that is given as an object or as an id. */
export const idOfUser = (value: unknown): Ids.UserId | undefined => {
  if (!isObject(value)) return RawValue.userId(value)
  for (const name of spellings.user.id) {
    const id = RawValue.userId(value[name])
    if (id !== undefined) return id
  }
  return undefined
}

/** Checks for a list of readable or blank values. */
export const isListOf =
  (isReadable: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every((one) => isReadable(one) || isBlank(one))

/**
 * Reads a time in any form: seconds or milliseconds, distinguished by magnitude, or
 * text with an offset. 0 and -1 seconds mean no time, in every form.
 */
export const time: RawValue.ReadTime = (value) => {
  if (typeof value === "number") return timeOfNumber(value)
  if (typeof value === "string") {
    if (value === "") return undefined
    if (DIGITS.test(value)) return timeOfNumber(Number(value))
    const found = Timestamp.fromText(value)
    return found === undefined ? UNREADABLE : EPOCH.test(found) ? undefined : found
  }
  return value === undefined || value === null || value === false ? undefined : UNREADABLE
}

/** True for values that can be dropped without losing information. */
export const isBlank = (value: unknown): boolean => {
  switch (typeof value) {
    case "number":
      return value === 0 || value === -1
    case "object":
      return RawValue.isEmpty(value)
    default:
      return value === undefined || value === "" || value === false
  }
}

/** True unless the value is a number, `false`, or a text, list or object with content. */
export const isNothing = (value: unknown): boolean =>
  typeof value !== "number" && value !== false && isBlank(value)

// internal

const DIGITS = /^-?\d{1,16}$/u
const EPOCH = /^19(?:69-12-31T23:59:59|70-01-01T00:00:00)(?:\.0+)?Z$/u
const MILLIS_FROM = 1e11
const MILLION = 1e6
const THREE = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, "0"))

/** Formats a positive integer. V8 formats integers above 31 bits like fractions, so formatting parts is three times as fast. */
const textOf = (value: number): string => {
  if (value < MILLION) return String(value)
  const millions = Math.floor(value / MILLION)
  const rest = value - millions * MILLION
  const thousands = Math.floor(rest / 1000)
  return `${millions}${THREE[thousands]}${THREE[rest - thousands * 1000]}`
}

const timeOfNumber = (value: number) => {
  if (value === 0 || value === -1 || value === -1000) return undefined
  if (Math.abs(value) >= MILLIS_FROM) return Timestamp.fromMillis(Math.floor(value)) ?? UNREADABLE
  const found = Number.isInteger(value)
    ? Timestamp.fromSeconds(value)
    : Timestamp.fromMillis(Math.round(value * 1000))
  return found ?? UNREADABLE
}
