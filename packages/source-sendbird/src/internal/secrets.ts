// Tokens of users: whoever has one can act as that user, so none leaves this package.
import { isBlank } from "./wire.ts"

/** Told the name of each field that was taken out with something in it. */
export type OnSecret = (field: string) => void

export const isSecret = (field: string): boolean => SECRET.includes(field)

/** The value without secrets at any depth; the same value when there are none. It must not be nested too deep. */
export const withoutSecrets = <A>(value: A, onSecret: OnSecret): A =>
  hasSecrets(value) ? (stripped(value, onSecret) as A) : value

/**
 * The same for text that may be broken JSON. A value that is no text ends it,
 * because where such a value ends cannot be told.
 */
export const withoutSecretText = (json: string, onSecret: OnSecret): string =>
  json.replace(VALUE, (whole, name: string, blank: string | undefined, before: string | undefined) => {
    if (blank !== undefined) return whole
    onSecret(/^s/iu.test(name) || /^\\u0073/iu.test(name) ? "session_tokens" : "access_token")
    return before === undefined ? name : `${name}${before}""`
  })

// internal

const SECRET = ["access_token", "session_tokens"]

const hasSecrets = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (Array.isArray(value)) return value.some(hasSecrets)
  for (const field in value) {
    if (isSecret(field) || hasSecrets((value as Record<string, unknown>)[field])) return true
  }
  return false
}

const stripped = (value: unknown, onSecret: OnSecret): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map((one: unknown) => stripped(one, onSecret))
  return Object.fromEntries(
    Object.entries(value).flatMap(([field, inner]) => {
      if (!isSecret(field)) return [[field, stripped(inner, onSecret)]]
      if (!isBlank(inner)) onSecret(field)
      return []
    })
  )
}

// A letter of a name in JSON may be written as its number.
const spelled = (name: string) =>
  Array.from(name, (letter) => `(?:${letter}|\\\\u00${letter.charCodeAt(0).toString(16)})`).join("")

const NAMES = SECRET.map(spelled).join("|")
const BLANK = String.raw`"\s*:\s*(?:null|false|""|\[\s*\]|\{\s*\})(?=\s*[,}])`
const TEXT = String.raw`("\s*:\s*)"(?:[^"\\]|\\[^])*(?:"|\\?$)`
const VALUE = new RegExp(`(${NAMES})(?:(${BLANK})|${TEXT}|[^]*)`, "giu")
