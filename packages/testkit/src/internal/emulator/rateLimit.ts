// One allowance for the whole application, given anew at the start of each period.
import { json } from "./answers.ts"
import { type Answer } from "./httpServer.ts"

export interface RateLimit {
  /** Counts a call; the answer is what a call above the limit gets. */
  readonly call: () => Answer | undefined
  /** The answer of a call above the limit, whatever was called before. */
  readonly exceeded: (seconds: number) => Answer
  /** The headers that every answer carries. */
  readonly headers: () => Readonly<Record<string, string>>
}

export const rateLimit = (
  { calls, seconds }: { readonly calls: number; readonly seconds: number },
  now: () => number
): RateLimit => {
  const limit = `${calls};w=${seconds}`
  let began = Number.NEGATIVE_INFINITY
  let used = 0
  let refusals = 0

  const renew = () => {
    if (now() < began + seconds * 1000) return
    began = now()
    used = 0
  }
  const left = () => Math.max(0.001, (began + seconds * 1000 - now()) / 1000)
  const headers = (wait: string) => ({
    "X-RateLimit-Limit": limit,
    "X-RateLimit-Remaining": String(Math.max(0, calls - used)),
    "X-RateLimit-Reset": String(left()),
    "X-RateLimit-RetryAfter": wait
  })
  const exceeded = (wait: number): Answer => {
    const answer = json(429, {
      error: true,
      code: 500910,
      message: `Too many requests (scope: app, limit: ${limit}, remaining: 0, retry_after: ${wait}s, reset: ${Math.max(wait, left())}s)`
    })
    // Nobody has published whether the header has the unit that the message has: clients meet both.
    const unit = refusals++ % 2 === 0 ? "" : "s"
    return {
      ...answer,
      headers: { ...answer.headers, ...headers(`${wait}${unit}`), "X-RateLimit-Remaining": "0" }
    }
  }

  return {
    call: () => {
      renew()
      if (used >= calls) return exceeded(left())
      used++
      return undefined
    },
    exceeded,
    headers: () => headers("0")
  }
}
