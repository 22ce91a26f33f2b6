// When Stream says that it may be asked again.
import type * as Headers from "effect/http/Headers"

/** Milliseconds to wait before the next request to the same endpoint; 0 when calls are left or nothing is said. */
export const waitAfter = (headers: Headers.Headers, now: number): number =>
  whole(headers["x-ratelimit-remaining"]) === 0 ? (untilReset(headers, now) ?? 0) : 0

/** Milliseconds to wait after an answer "too many requests"; `undefined` when nothing is said. */
export const retryAfter = (headers: Headers.Headers, now: number): number | undefined => {
  const seconds = whole(headers["retry-after"])
  return seconds === undefined ? untilReset(headers, now) : seconds * 1000
}

// internal

/** The header has the second since 1970 in which there are calls again. */
const untilReset = (headers: Headers.Headers, now: number): number | undefined => {
  const second = whole(headers["x-ratelimit-reset"])
  return second === undefined || second === 0 ? undefined : Math.max(0, second * 1000 - now)
}

const whole = (text: string | undefined): number | undefined =>
  text !== undefined && /^\s*\d{1,12}\s*$/u.test(text) ? Number(text) : undefined
