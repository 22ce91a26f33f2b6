// Push tokens, with which anyone can send to a device, and origins of requests. Apps may use the same names for their own
// data, so secrets are recognised by the content of a field and by the object that has it.
import { isObject, type RawObject } from "./raw.ts"

/** True for devices and for origins of requests, recognised by their content. */
export const isSecret = (name: string, value: unknown): boolean => {
  if (name === "devices") return Array.isArray(value) ? value.some(isDevice) : isDevice(value)
  return name === "request_info" && isObject(value) && REQUEST.some((field) => Object.hasOwn(value, field))
}

/** True for fields with secrets: the devices of a user, the id of a device, and the origin of a request. */
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

/** Returns a value without secrets at any depth. It must not be nested too deep. */
export const withoutSecrets = (value: unknown): unknown => (hasSecrets(value) ? stripped(value) : value)

/**
 * Removes secrets from text that may be malformed JSON. The end of a secret cannot
 * be determined, so the text is cut there.
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

/** Messages and reactions also have the first two fields, but with an id or a message id. */
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

/** Matches secrets in nested text with escaped quotes as well. */
const SECRETS = /\\*"(?:devices\\*"(?=\s*:\s*[[{]\s*[^\s\]}])|request_info\\*"(?=\s*:))/u

/** Removes the id of a device, which is the token. */
const withoutTokens = (json: string) =>
  PROVIDERS.some((name) => json.includes(`"${name}`))
    ? json.replace(/("id"\s*:\s*)"(?:[^"\\]|\\[^])*(?:"|\\?$)/gu, '$1""')
    : json
