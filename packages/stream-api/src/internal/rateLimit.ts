// The waits that Stream's rate limits ask for.
import { RetryPolicy } from "@chatferry/connector"
import type * as Headers from "effect/http/Headers"

/** Milliseconds to wait before the next request; 0 if calls are left or the headers are missing. */
export const waitAfter = (headers: Headers.Headers, now: number): number =>
  whole(headers["x-ratelimit-remaining"]) === 0 ? (untilReset(headers, now) ?? 0) : 0

/** Milliseconds to wait after an error response; `undefined` if the headers are missing. */
export const retryAfter = (
  headers: Headers.Headers,
  isRateLimit: boolean,
  now: number
): number | undefined => {
  const asked = RetryPolicy.retryAfter(headers["retry-after"], now)
  if (asked !== undefined) return asked
  // Every response states the time of the reset, which only matters if no calls are left.
  const hasLeft = (whole(headers["x-ratelimit-remaining"]) ?? 0) > 0
  return isRateLimit && !hasLeft ? untilReset(headers, now) : undefined
}

// internal

/** The header contains the time of the reset in seconds since 1970. */
const untilReset = (headers: Headers.Headers, now: number): number | undefined => {
  const second = whole(headers["x-ratelimit-reset"])
  return second === undefined || second === 0 ? undefined : Math.max(0, second * 1000 - now)
}

const whole = (text: string | undefined): number | undefined =>
  text !== undefined && /^\s*\d{1,12}\s*$/u.test(text) ? Number(text) : undefined
