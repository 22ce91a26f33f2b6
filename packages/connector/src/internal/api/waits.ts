// Waits that a service asks for, within our own limits.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/**
 * The waits between the attempts of one request. A service may ask for any wait: it
 * gets five minutes at once, and `maxWaitMillis` in total. Waits that users would
 * notice are logged.
 *
 * @category models
 * @since 0.1.0
 */
export interface Waiting {
  /** Waits at least `pause` milliseconds, and as long as the service `asked` for within the time that is left. */
  readonly wait: (asked: number | undefined, pause: number) => Effect.Effect<void>
  /** Whether the total waiting time is used up. */
  readonly areUsedUp: () => boolean
}

/** When a wait was last logged for the app. */
export interface LastLogged {
  at: number
}

/** Longest wait at once, in milliseconds. */
const LONGEST_WAIT = 300_000

/** The default limit on the total waiting time of one request, in milliseconds. */
export const MOST = 3_600_000

/** The wait that a server asked for, limited; 0 if it is not a time to wait. */
export const plausible = (asked: number | undefined): number =>
  asked !== undefined && Number.isFinite(asked) && asked > 0 ? Math.min(asked, LONGEST_WAIT) : 0

export const make = (
  service: string,
  operation: string,
  maxWaitMillis: number | undefined,
  lastLogged: LastLogged
): Waiting => {
  let left = maxWaitMillis ?? MOST
  return {
    wait: (asked, pause) =>
      Effect.gen(function* () {
        const wanted = Math.min(plausible(asked), left)
        const millis = Math.max(pause, wanted)
        left = Math.max(0, left - millis)
        if (millis <= 0) return
        const why = wanted > pause ? `${service} asked for it` : "then the request is made again"
        yield* log(lastLogged, `waiting ${duration(millis)}: ${why}`, operation, millis)
        // No request is in flight while it waits.
        yield* Effect.interruptible(Effect.sleep(millis))
      }),
    areUsedUp: () => left <= 0
  }
}

/** Formats a duration for messages. */
export const duration = (millis: number): string => {
  if (millis < 1000) return `${Math.ceil(millis)} ms`
  const seconds = Math.round(millis / 1000)
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60]
  return [...(minutes > 0 ? [`${minutes} min`] : []), ...(rest > 0 ? [`${rest} s`] : [])].join(" ")
}

// internal

/** Shorter waits are normal under a rate limit and are logged once a minute at most. */
const WORTH_LOGGING = 10_000
const SHORTEST_LOGGED = 1000
const AGAIN_AFTER = 60_000

const log = Effect.fnUntraced(function* (
  lastLogged: LastLogged,
  message: string,
  operation: string,
  millis: number
) {
  const now = yield* Clock.currentTimeMillis
  if (millis < SHORTEST_LOGGED || (millis < WORTH_LOGGING && now - lastLogged.at < AGAIN_AFTER)) return
  lastLogged.at = now
  yield* Effect.logInfo(message, { operation })
})
