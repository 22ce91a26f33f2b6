// The meaning of Sendbird's error codes. The HTTP status is nearly always 400, so only the code is informative.
import type { ApiClient } from "@chatferry/connector"

export interface ErrorResponse {
  /** The code's meaning, in a few words. */
  readonly problem: string
  readonly hint: string
}

/** Whether the same request may succeed later. */
export const kindOf = (status: number, code: number | null): ApiClient.ErrorResponse["kind"] => {
  if (status === 429 || code === RATE_LIMITED) return "rate limit"
  const mayPass = code === 500_901 || code === 503 || (status >= 500 && code === null)
  return mayPass ? "unclear" : "final"
}

/** The export, channel or user does not exist. */
export const NOT_FOUND: ReadonlySet<number | null> = new Set([400_201, 400_301])
export const EXPIRED_PAGE_TOKEN = 400_109

export const describe = (status: number, code: number | null): ErrorResponse => {
  const known = code === null ? undefined : DOCUMENTED[code]
  if (known !== undefined) return known
  if (code !== null && code >= 400_100 && code <= 400_107) return BAD_PARAMETER
  if (status >= 300 && status < 400) return REDIRECT
  if (status === 401 || status === 403) return NOT_ALLOWED
  if (status === 404) return { problem: "the address does not exist", hint: CHECK_HOST }
  return {
    problem: "the reason is not documented",
    hint: "Look the code up in Sendbird's list of error codes."
  }
}

// internal

const RATE_LIMITED = 500_910

const CHECK_HOST =
  "Check applicationId, which is case-sensitive, and baseUrl: Sendbird Dashboard, Settings > Application > General."

// A redirect would send the token to another host.
const REDIRECT: ErrorResponse = {
  problem: "the response redirects to another address, which is not followed",
  hint: CHECK_HOST
}

const BAD_PARAMETER: ErrorResponse = {
  problem: "a parameter is missing or of the wrong type",
  hint: "Check the settings of this data type."
}

const NOT_ALLOWED: ErrorResponse = {
  problem: "the token or the application is not allowed to do this",
  hint: "Check apiToken, and ask Sendbird whether the plan includes data exports."
}

const DOCUMENTED: Readonly<Record<number, ErrorResponse>> = {
  400_108: {
    problem: "the application's plan or the token does not allow this",
    hint: "Data export is a premium feature: ask Sendbird to switch it on, or use a token with this permission."
  },
  400_109: { problem: "the page token expired", hint: "Run again: the listing then starts again." },
  400_110: { problem: "a parameter is too long", hint: "Give fewer ids in the settings of this data type." },
  400_111: {
    problem: "a parameter has an invalid value, such as a period that is too long or an unknown time zone",
    hint: "Check from, to, timezone and the period of this data type."
  },
  400_112: {
    problem: "two parameters conflict with each other",
    hint: "Check the settings of this data type."
  },
  400_113: { problem: "a parameter is out of range", hint: "Check the settings of this data type." },
  400_114: { problem: "the address is wrong", hint: CHECK_HOST },
  400_151: {
    problem: "a parameter has a character that is not allowed",
    hint: "Check the ids in the settings."
  },
  400_201: {
    problem: "it does not exist, or no longer exists",
    hint: "Run again: it is then requested again."
  },
  400_202: { problem: "it already exists", hint: "Run again." },
  400_203: {
    problem: "a list has too many items",
    hint: "Give fewer ids in the settings of this data type."
  },
  400_300: { problem: "the user is deactivated", hint: "Leave the user out." },
  400_301: { problem: "the user does not exist", hint: "Check the ids in the settings." },
  400_304: { problem: "the application does not exist at this address", hint: CHECK_HOST },
  400_306: { problem: "the paid quota is used up", hint: "Ask Sendbird to raise it, then run again." },
  400_401: {
    problem: "the API token is not valid",
    hint: "Give the master or a secondary API token of this application in apiToken."
  },
  400_402: BAD_PARAMETER,
  400_403: { problem: "the request is not JSON", hint: "Report this: it is a bug in this package." },
  400_404: { problem: "the address is wrong", hint: CHECK_HOST },
  400_920: {
    problem: "the application does not accept this now",
    hint: "It may be in read-only mode: ask Sendbird."
  },
  400_930: { problem: "the address is wrong", hint: CHECK_HOST },
  403_100: { problem: "the application is not available", hint: "It may be suspended: ask Sendbird." },
  [RATE_LIMITED]: { problem: "too many requests", hint: "Run again later." },
  500_901: { problem: "Sendbird had an internal error", hint: "Run again later." }
}
