// Push tokens, with which whoever has one can be told to send to that device; and from where requests came.

/** Tells fields that hold secrets: the devices of a user, the id of a device, and the address behind a request. */
export const isToken = (of: object, field: string): boolean =>
  field === "request_info" ||
  isDevices(field, (of as Record<string, unknown>)[field]) ||
  (field === "id" && PROVIDERS.some((name) => Object.hasOwn(of, name)))

/** A value without those at any depth. It must not be nested too deep. */
export const withoutDevices = (value: unknown): unknown => (hasDevices(value) ? stripped(value) : value)

/**
 * The same for text that may be broken JSON. Where such a value ends cannot be
 * told, so it ends the text.
 */
export const withoutDevicesText = (json: string): string => {
  const found = DEVICES.exec(json)
  if (found !== null) return withoutTokens(json.slice(0, found.index + found[0].length))
  return withoutTokens(json)
}

// internal

const PROVIDERS = ["push_provider", "push_provider_type"]

const isDevices = (field: string, value: unknown) => field === "devices" && typeof value === "object"

const hasDevices = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (Array.isArray(value)) return value.some(hasDevices)
  for (const field in value) {
    const inner = (value as Record<string, unknown>)[field]
    if (isToken(value, field) || hasDevices(inner)) return true
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
const DEVICES = /\\*"(?:devices\\*"(?=\s*:\s*[[{]\s*[^\s\]}])|request_info\\*"(?=\s*:))/u

/** A device alone: its id is the token. */
const withoutTokens = (json: string) =>
  PROVIDERS.some((name) => json.includes(`"${name}`))
    ? json.replace(/("id"\s*:\s*)"(?:[^"\\]|\\[^])*(?:"|\\?$)/gu, '$1""')
    : json
