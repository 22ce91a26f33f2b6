// The meanings of Stream's error codes.

/** Hints for codes that each connector handles differently. */
export type Hints = Readonly<Record<4 | 16 | 17 | 22 | 70 | 99, string>>

export interface Meaning {
  /** The problem in a few words. */
  readonly problem: string
  readonly hint: string
}

export const RATE_LIMITED = 9
export const TIMEOUT = 23

/** The meaning of a documented code. */
export const meaningOf = (code: number, hints: Hints): Meaning | undefined => {
  const problem = asked[code as keyof Hints]
  return problem === undefined ? meanings[code] : { problem, hint: hints[code as keyof Hints] }
}

export const isKnown = (code: number): boolean => code in meanings || code in asked

/** The meaning of a response without a documented code. */
export const meaningOfStatus = (status: number, isUnrecoverable: boolean): Meaning => {
  if (status === 401 || status === 403) return NOT_ALLOWED
  if (status === 404) return { problem: "the address does not exist", hint: CHECK_BASE }
  // A redirect would send the token to another host.
  if (status >= 300 && status < 400) {
    return { problem: "the response redirects to another address, which is not followed", hint: CHECK_BASE }
  }
  return {
    problem: isUnrecoverable ? "Stream says that a retry does not help" : "the reason is not documented",
    hint: "Look the code up in Stream's list of API errors, or ask Stream's support."
  }
}

// internal

const CHECK_KEYS =
  "Check apiKey and apiSecret: they must belong to the same app (Stream Dashboard, Chat Overview)."
const CHECK_BASE = "Check baseUrl: it must be the address of the app's region."

const NOT_ALLOWED: Meaning = { problem: "the key, the secret or the app may not do this", hint: CHECK_KEYS }
const BAD_TOKEN: Meaning = { problem: "the token is not accepted", hint: CHECK_KEYS }
const REPORT: Meaning = {
  problem: "the request is not one that Stream accepts",
  hint: "Report this: this package has a bug, or Stream has changed its API."
}
const LATER = "Run again later."

const asked: Readonly<Record<keyof Hints, string>> = {
  4: "a value in the request is not accepted",
  16: "it does not exist, or no longer does",
  17: "this is not allowed",
  22: "the request is too large",
  70: "the app may not do this",
  99: "the app is suspended"
}

const meanings: Readonly<Record<number, Meaning>> = {
  [-1]: { problem: "Stream had an internal error", hint: LATER },
  2: { problem: "the API key does not exist", hint: CHECK_KEYS },
  3: { problem: "the sign-in failed", hint: CHECK_KEYS },
  5: { problem: "the signature does not match the app", hint: CHECK_KEYS },
  6: REPORT,
  [RATE_LIMITED]: { problem: "too many requests", hint: LATER },
  18: REPORT,
  19: REPORT,
  20: REPORT,
  21: REPORT,
  [TIMEOUT]: { problem: "Stream ran out of time", hint: LATER },
  24: REPORT,
  40: BAD_TOKEN,
  41: { problem: "the token is not valid yet", hint: "Check this machine's clock, then apiSecret." },
  42: { problem: "the token has expired", hint: "Check this machine's clock, then apiSecret." },
  43: { problem: "the signature is not accepted", hint: CHECK_KEYS },
  44: REPORT,
  45: { problem: "a command of the app failed", hint: LATER },
  46: REPORT,
  60: { problem: "Stream asks to wait", hint: LATER },
  69: { problem: "the app is in another region", hint: CHECK_BASE },
  71: { problem: "there are too many connections", hint: LATER },
  73: REPORT
}
