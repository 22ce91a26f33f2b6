// One allowance for the whole application, reset at the start of each period.
import { allowance, type Rate } from "./allowance.ts"
import { json } from "./answers.ts"
import { type Answer } from "./httpServer.ts"

export interface RateLimit {
  /** Counts a call; gives the response for a call above the limit. */
  readonly call: () => Answer | undefined
  /** The response for a call above the limit, regardless of earlier calls. */
  readonly exceeded: (seconds: number) => Answer
  /** The headers of every response. */
  readonly headers: () => Readonly<Record<string, string>>
}

export const rateLimit = (rate: Rate, now: () => number): RateLimit => {
  const limit = `${rate.calls};w=${rate.seconds}`
  const allowed = allowance(rate, now)
  let limited = 0

  const left = () => Math.max(0.001, (allowed.endsAt() - now()) / 1000)
  const headers = (wait: string) => ({
    "X-RateLimit-Limit": limit,
    "X-RateLimit-Remaining": String(allowed.left()),
    "X-RateLimit-Reset": String(left()),
    "X-RateLimit-RetryAfter": wait
  })
  const exceeded = (wait: number): Answer => {
    const answer = json(429, {
      error: true,
      code: 500910,
      message: `Too many requests (scope: app, limit: ${limit}, remaining: 0, retry_after: ${wait}s, reset: ${Math.max(wait, left())}s)`
    })
    // It is undocumented whether the header has a unit like the message, so clients get both forms.
    const unit = limited++ % 2 === 0 ? "" : "s"
    return {
      ...answer,
      headers: { ...answer.headers, ...headers(`${wait}${unit}`), "X-RateLimit-Remaining": "0" }
    }
  }

  return {
    call: () => (allowed.take() ? undefined : exceeded(left())),
    exceeded,
    headers: () => headers("0")
  }
}
