// Waits that a service asks for. It may ask for any; how long is waited is not up to it.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/**
 * The waits for one thing that is tried several times. A service may ask for any
 * wait: it gets five minutes at once, and `maxWaitMillis` in all. Waits that
 * people would notice are logged.
 *
 * @category models
 * @since 0.1.0
 */
export interface Waiting {
  /** Waits at least `own` milliseconds, and as long as the service `asked` for within what is left. */
  readonly wait: (asked: number | undefined, own: number) => Effect.Effect<void>
  /** Whether nothing is left of what may be waited in all. */
  readonly areUsedUp: () => boolean
}

/** When a wait was last shown, by whoever makes the requests. */
export interface Shown {
  at: number
}

/** Longest wait at once, in milliseconds. */
const LONGEST_WAIT = 300_000

/** Longest wait for one request in all, unless settings say otherwise. */
export const MOST = 3_600_000

/** What a server said, as milliseconds from now on; 0 for nothing that is a time to wait. */
export const plausible = (asked: number | undefined): number =>
  asked !== undefined && Number.isFinite(asked) && asked > 0 ? Math.min(asked, LONGEST_WAIT) : 0

export const make = (
  service: string,
  operation: string,
  maxWaitMillis: number | undefined,
  shown: Shown
): Waiting => {
  let left = maxWaitMillis ?? MOST
  return {
    wait: (asked, own) =>
      Effect.gen(function* () {
        const wanted = Math.min(plausible(asked), left)
        const millis = Math.max(own, wanted)
        left = Math.max(0, left - millis)
        if (millis <= 0) return
        const why = wanted > own ? `${service} asked for it` : "then it is asked again"
        yield* show(shown, `waiting ${duration(millis)}: ${why}`, operation, millis)
        // Nothing is under way while it waits.
        yield* Effect.interruptible(Effect.sleep(millis))
      }),
    areUsedUp: () => left <= 0
  }
}

/** A duration for people. */
export const duration = (millis: number): string => {
  if (millis < 1000) return `${Math.ceil(millis)} ms`
  const seconds = Math.round(millis / 1000)
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60]
  return [...(minutes > 0 ? [`${minutes} min`] : []), ...(rest > 0 ? [`${rest} s`] : [])].join(" ")
}

// internal

/** Shorter waits are the normal course under a rate limit: they are shown once a minute. */
const WORTH_SHOWING = 10_000
const SHORTEST_SHOWN = 1000
const AGAIN_AFTER = 60_000

const show = Effect.fnUntraced(function* (shown: Shown, message: string, operation: string, millis: number) {
  const now = yield* Clock.currentTimeMillis
  if (millis < SHORTEST_SHOWN || (millis < WORTH_SHOWING && now - shown.at < AGAIN_AFTER)) return
  shown.at = now
  yield* Effect.logInfo(message, { operation })
})
