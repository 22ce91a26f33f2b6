// What Stream's error codes mean, and after which of them asking again may help.
import { isRecord, parsed } from "./json.ts"

export interface ApiError {
  readonly status: number
  readonly code: number | null
  /** Stream says that asking again is of no use. */
  readonly isUnrecoverable: boolean
  /** What it says of the things that were asked for. Its own words may quote ids and are not kept. */
  readonly about: About
}

/** `missing`: one of them does not exist. `too much`: one of them is over the limit of an export. */
export type About = "missing" | "too much" | "other"

export interface Meaning {
  /** The code's meaning, in a few words. */
  readonly problem: string
  readonly hint: string
}

/** Reads the body of an answer that is no success; the edge in front of Stream answers in HTML or plain text. */
export const read = (status: number, body: string): ApiError => {
  const found = parsed(body)
  const fields = isRecord(found) ? found : {}
  const { code, message } = fields
  return {
    status,
    code: typeof code === "number" && Number.isSafeInteger(code) ? code : null,
    isUnrecoverable: fields["unrecoverable"] === true,
    about: isRecord(found) ? aboutOf(code, typeof message === "string" ? message : "") : "other"
  }
}

/** What the words of an error say of the things that were asked for. */
export const aboutWords = (words: string): About =>
  /can'?t find|cannot find|not found|does ?n[o']t exist|do not exist/iu.test(words)
    ? "missing"
    : /10[,.]?000|too many (?:messages|reactions)|more than \d+ (?:messages|reactions)/iu.test(words)
      ? "too much"
      : "other"

export const isRateLimit = ({ code, isUnrecoverable, status }: ApiError): boolean =>
  !isUnrecoverable && (status === 429 || code === RATE_LIMITED)

/** Whether the same request may succeed later. */
export const isTransient = (error: ApiError): boolean => {
  const { code, isUnrecoverable, status } = error
  if (isUnrecoverable) return false
  if (isRateLimit(error) || status === 408) return true
  return code === null ? status >= 500 : TRANSIENT.has(code) || (status >= 500 && !KNOWN.has(code))
}

/** Whether it is certain that nothing was done: Stream itself says that it failed, or its edge let nothing in. */
export const isUndone = ({ code, status }: ApiError): boolean =>
  code === null ? status === 429 || status === 503 : code !== TIMEOUT

export const describe = ({ code, isUnrecoverable, status }: ApiError): Meaning => {
  const known = code === null ? undefined : meanings[code]
  if (known !== undefined) return known
  if (status === 401 || status === 403) return NOT_ALLOWED
  if (status === 404) return { problem: "there is no such address", hint: CHECK_BASE }
  if (status >= 300 && status < 400) {
    return { problem: "the answer leads to another address, which is not followed", hint: CHECK_BASE }
  }
  return {
    problem: isUnrecoverable ? "Stream says that asking again does not help" : "the reason is not documented",
    hint: "Look the code up in Stream's list of API errors, or ask Stream's support."
  }
}

/** One line for a problem that may pass. */
export const inShort = ({ code, status }: ApiError): string =>
  `HTTP ${status}${code === null ? "" : `, code ${code}`}`

// internal

const RATE_LIMITED = 9
const INVALID = 4
const NOT_FOUND = 16
const TIMEOUT = 23
const TRANSIENT: ReadonlySet<number> = new Set([-1, TIMEOUT, 44, 45, 60, 71])

/** Only of codes that speak of what was asked for, not of a key or an address. */
const aboutOf = (code: unknown, message: string): About => {
  if (code === NOT_FOUND) return "missing"
  return code === INVALID ? aboutWords(message) : "other"
}

const CHECK_KEYS =
  "Check apiKey and apiSecret: they must be of the same app (Stream Dashboard, Chat Overview)."
const CHECK_BASE = "Check baseUrl: it must be the address of the region that the app is in."

const NOT_ALLOWED: Meaning = { problem: "the key, the secret or the app may not do this", hint: CHECK_KEYS }
const BAD_TOKEN: Meaning = { problem: "the token is not accepted", hint: CHECK_KEYS }
const REPORT: Meaning = {
  problem: "the request is not what Stream takes",
  hint: "Report this: it is a fault of this package, or Stream has changed its API."
}
const OUT_OF_ORDER: Meaning = {
  problem: "Stream is out of order for a moment",
  hint: "Run again later."
}

const meanings: Readonly<Record<number, Meaning>> = {
  [-1]: { problem: "Stream had an internal error", hint: "Run again later." },
  2: { problem: "there is no such API key", hint: CHECK_KEYS },
  3: { problem: "the sign-in failed", hint: CHECK_KEYS },
  [INVALID]: {
    problem: "a value in the request is not accepted",
    hint: "Check the ids in channels and users, batchSize, messagesSince and messagesUntil."
  },
  5: { problem: "the signature does not fit the app", hint: CHECK_KEYS },
  [RATE_LIMITED]: { problem: "too many requests", hint: "Run again later." },
  [NOT_FOUND]: {
    problem: "it does not exist (any more)",
    hint: "Check apiKey and the ids in channels and users: each app has its own."
  },
  17: {
    problem: "this is not allowed",
    hint: "Exports need a server's token: check apiSecret, and ask Stream whether the app's plan includes exports."
  },
  18: REPORT,
  19: REPORT,
  22: { problem: "the request is too large", hint: "Lower batchSize." },
  [TIMEOUT]: { problem: "Stream ran out of time", hint: "Run again later." },
  24: REPORT,
  40: BAD_TOKEN,
  41: { problem: "the token is not valid yet", hint: "Check this machine's clock, then apiSecret." },
  42: { problem: "the token is not valid any more", hint: "Check this machine's clock, then apiSecret." },
  43: { problem: "the signature is not accepted", hint: CHECK_KEYS },
  44: OUT_OF_ORDER,
  45: OUT_OF_ORDER,
  60: { problem: "Stream asks to wait", hint: "Run again later." },
  69: { problem: "the app is in another region", hint: CHECK_BASE },
  70: {
    problem: "the app may not do this",
    hint: "Ask Stream's support whether the app's plan includes exports."
  },
  71: { problem: "there are too many connections", hint: "Run again later." },
  99: {
    problem: "the app is suspended",
    hint: "Check in the Stream Dashboard that the app is active."
  }
}

const KNOWN: ReadonlySet<number> = new Set(Object.keys(meanings).map(Number))
