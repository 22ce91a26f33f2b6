// Stream counts by minute and says the second in which there are calls again.
import { allowance, type Rate } from "../../http/allowance.ts"
import type { Answer } from "../../http/httpServer.ts"
import { errorResponseOf, refused } from "./answers.ts"

export interface RateLimit {
  /** Counts a call; the answer is what a call above the limit gets. */
  readonly call: () => Answer | undefined
  /** The answer of a call above the limit, whatever was called before. */
  readonly exceeded: () => Answer
  /** The limit, how many calls are left, and the second in which they are counted again. */
  readonly state: () => { readonly limit: number; readonly remaining: number; readonly reset: number }
  /** The headers that every answer carries. */
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
    const found = refused(errorResponseOf(9))
    return { ...found, headers: { ...found.headers, ...more } }
  }

  return {
    call: () => (allowed.take() ? undefined : answer(headers(0, allowed.endsAt()))),
    exceeded: () =>
      // Some limits are told in seconds to wait, others by the second in which they end.
      faults++ % 2 === 0 ? answer({ ...headers(0, now()), "Retry-After": "0" }) : answer(headers(0, now())),
    state: () => ({
      limit: rate.calls,
      remaining: allowed.left(),
      reset: Math.ceil(allowed.endsAt() / 1000)
    }),
    headers: () => headers(allowed.left(), allowed.endsAt())
  }
}
