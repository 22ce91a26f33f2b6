// Push tokens, with which whoever has one can be told to send to that device; and from where requests came. Apps may use
// the same names for their own data, so what a field holds tells, and whose it is.
import { isObject, type RawObject } from "./raw.ts"

/** Tells devices, and where a request came from, by what they hold. */
export const isSecret = (name: string, value: unknown): boolean => {
  if (name === "devices") return Array.isArray(value) ? value.some(isDevice) : isDevice(value)
  return name === "request_info" && isObject(value) && REQUEST.some((field) => Object.hasOwn(value, field))
}

/** Tells fields that hold secrets: the devices of a user, the id of a device, and the address behind a request. */
export const isToken = (of: object, field: string): boolean => {
  const value = (of as RawObject)[field]
  switch (field) {
    case "devices":
      return isSecret(field, value) || (typeof value === "object" && isUser(of))
    case "request_info":
      return isSecret(field, value) || isEvent(of)
    default:
      return field === "id" && isDevice(of)
  }
}

/** A value without those at any depth. It must not be nested too deep. */
export const withoutSecrets = (value: unknown): unknown => (hasSecrets(value) ? stripped(value) : value)

/**
 * The same for text that may be broken JSON. Where such a value ends cannot be
 * told, so it ends the text.
 */
export const withoutSecretsText = (json: string): string => {
  const found = SECRETS.exec(json)
  if (found !== null) return withoutTokens(json.slice(0, found.index + found[0].length))
  return withoutTokens(json)
}

// internal

const PROVIDERS = ["push_provider", "push_provider_type"]
const REQUEST = ["ip", "user_agent", "sdk"]
/** Fields of users that neither channels nor messages have. */
const OF_USERS = ["role", "online", "last_active", "teams"]

const isDevice = (value: unknown): boolean =>
  isObject(value) && PROVIDERS.some((name) => Object.hasOwn(value, name))

const isUser = (of: object): boolean => OF_USERS.some((name) => Object.hasOwn(of, name))

/** Messages and reactions have the first two as well, and an id or a message's. */
const isEvent = (of: object): boolean =>
  ["type", "created_at"].every((name) => Object.hasOwn(of, name)) &&
  !["id", "message_id"].some((name) => Object.hasOwn(of, name))

const hasSecrets = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (Array.isArray(value)) return value.some(hasSecrets)
  for (const field in value) {
    const inner = (value as Record<string, unknown>)[field]
    if (isToken(value, field) || hasSecrets(inner)) return true
  }
  return false
}

const stripped = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(stripped)
  return Object.fromEntries(
    Object.entries(value).flatMap(([field, inner]) =>
      isToken(value, field) ? [] : [[field, stripped(inner)]]
    )
  )
}

/** Also in text inside of text, whose quotes are escaped. */
const SECRETS = /\\*"(?:devices\\*"(?=\s*:\s*[[{]\s*[^\s\]}])|request_info\\*"(?=\s*:))/u

/** A device alone: its id is the token. */
const withoutTokens = (json: string) =>
  PROVIDERS.some((name) => json.includes(`"${name}`))
    ? json.replace(/("id"\s*:\s*)"(?:[^"\\]|\\[^])*(?:"|\\?$)/gu, '$1""')
    : json
