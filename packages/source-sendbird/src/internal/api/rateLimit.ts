// Rate limits of Sendbird's API. The exact form of the headers is not documented, so every plausible form is read.
import { RetryPolicy } from "@chatferry/connector"
import type * as Headers from "effect/http/Headers"

/** Milliseconds to wait before the next request of any kind after a response; 0 if calls are left. */
export const waitAfter = (headers: Headers.Headers, now: number): number =>
  Number(headers["x-ratelimit-remaining"] ?? "1") > 0 ? 0 : (millis(headers["x-ratelimit-reset"], now) ?? 0)

/** Milliseconds to wait before a rate-limited request is made again; `undefined` if the response does not give a time. */
export const retryAfter = (headers: Headers.Headers, body: string, now: number): number | undefined =>
  millis(headers["x-ratelimit-retryafter"], now) ??
  millis(headers["retry-after"], now) ??
  RetryPolicy.retryAfter(headers["retry-after"], now) ??
  millis(/\bretry_after:\s*([0-9.]+\s*s?)/u.exec(body)?.[1], now)

// internal

/** Parses seconds, with or without a fraction and an `s`, or a time in seconds or milliseconds since 1970. */
const millis = (text: string | undefined, now: number): number | undefined => {
  const [, digits] = /^\s*(\d+(?:\.\d+)?)\s*s?\s*$/u.exec(text ?? "") ?? []
  if (digits === undefined) return undefined
  const value = Number(digits)
  if (value > 1e11) return Math.max(0, value - now)
  if (value > 1e8) return Math.max(0, value * 1000 - now)
  return Math.ceil(value * 1000)
}
