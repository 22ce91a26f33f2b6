// Stream counts by minute, and reports the second of the next reset.
import { allowance, type Rate } from "../../http/allowance.ts"
import type { Answer } from "../../http/httpServer.ts"
import { errorResponseOf, rejected } from "./answers.ts"

export interface RateLimit {
  /** Counts a call; gives the response for a call above the limit. */
  readonly call: () => Answer | undefined
  /** The response for a call above the limit, regardless of earlier calls. */
  readonly exceeded: () => Answer
  /** The limit, the remaining calls, and the second of the next reset. */
  readonly state: () => { readonly limit: number; readonly remaining: number; readonly reset: number }
  /** The headers of every response. */
  readonly headers: () => Readonly<Record<string, string>>
}

export const rateLimit = (rate: Rate, now: () => number): RateLimit => {
  const allowed = allowance(rate, now)
  let faults = 0

  const headers = (left: number, reset: number) => ({
    "X-RateLimit-Limit": String(rate.calls),
    "X-RateLimit-Remaining": String(left),
    "X-RateLimit-Reset": String(Math.ceil(reset / 1000))
  })
  const answer = (more: Readonly<Record<string, string>>): Answer => {
    const found = rejected(errorResponseOf(9))
    return { ...found, headers: { ...found.headers, ...more } }
  }

  return {
    call: () => (allowed.take() ? undefined : answer(headers(0, allowed.endsAt()))),
    exceeded: () =>
      // Some limits are given in seconds to wait, others as the second in which they end.
      faults++ % 2 === 0 ? answer({ ...headers(0, now()), "Retry-After": "0" }) : answer(headers(0, now())),
    state: () => ({
      limit: rate.calls,
      remaining: allowed.left(),
      reset: Math.ceil(allowed.endsAt() / 1000)
    }),
    headers: () => headers(allowed.left(), allowed.endsAt())
  }
}
