/**
 * Decides how often a request is retried and how long to wait in between.
 *
 * Failures are followed by pauses that double, with jitter. A service may ask for
 * any wait with `Retry-After`; it is granted up to the limits of the settings.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { Setting, Settings } from "@chatferry/core/settings"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Schema from "effect/Schema"
import { retryAfter as readRetryAfter } from "../internal/api/retryAfter.ts"
import * as Waits from "../internal/api/waits.ts"

/**
 * The pause after the first failure and the longest pause, in milliseconds. The pause
 * doubles with each failure.
 *
 * @category models
 * @since 0.1.0
 */
export type Backoff = readonly [first: number, most: number]

/**
 * The limits of attempts, waits and responses.
 *
 * @category models
 * @since 0.1.0
 */
export interface RetryPolicy {
  /** Attempts per request, not counting rate limits. */
  readonly attempts: number
  /** Time in which a complete response must arrive. */
  readonly requestTimeoutMillis: number
  readonly retryMillis: Backoff
  /**
   * Most time that one request waits in total, because the service asks for it or limits the rate.
   *
   * @default 1 hour
   */
  readonly maxWaitMillis?: number | undefined
  /**
   * Most bytes of a response after decompression. Its values may take 24 MiB of memory, or three times this number if
   * that is more.
   *
   * @default 4 MiB
   */
  readonly maxResponseBytes?: number | undefined
}

/**
 * The settings of a retry policy. Each setting has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Config {
  /**
   * Attempts per request, not counting rate limits.
   *
   * @default 8
   */
  readonly attempts?: number | undefined
  /**
   * Time in which a complete response must arrive.
   *
   * @default 1 minute
   */
  readonly requestTimeout?: Duration.Input | undefined
  /**
   * The pause after the first failure, and the longest pause.
   *
   * @default half a second and 30 seconds
   */
  readonly retryEvery?: readonly [first: Duration.Input, most: Duration.Input] | undefined
  /**
   * Most time that one request waits in total; each wait is at most 5 minutes.
   *
   * @default 1 hour
   */
  readonly maxWait?: Duration.Input | undefined
  /**
   * Most bytes of a response.
   *
   * @default 4 MiB
   */
  readonly maxResponseBytes?: number | undefined
}

/**
 * The settings of `Config` as schema fields. None of them changes the records that
 * are read or written.
 *
 * @category configuration
 * @since 0.1.0
 */
export const fields = {
  attempts: Settings.incidental(Settings.withDefault(Setting.whole(), 8)),
  requestTimeout: Settings.incidental(Settings.withDefault(Setting.millis, "1 minute")),
  retryEvery: Settings.incidental(Settings.withDefault(Setting.pauses, ["500 millis", "30 seconds"])),
  maxWait: Settings.incidental(Settings.withDefault(Setting.millis, "1 hour")),
  maxResponseBytes: Settings.incidental(Settings.withDefault(Setting.whole(), 4 << 20))
}

/**
 * Makes the policy from a decoded configuration with these fields.
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (decoded: Schema.Struct.Type<typeof fields>): RetryPolicy => ({
  attempts: decoded.attempts,
  requestTimeoutMillis: decoded.requestTimeout,
  retryMillis: decoded.retryEvery,
  maxWaitMillis: decoded.maxWait,
  maxResponseBytes: decoded.maxResponseBytes
})

export type { Waiting } from "../internal/api/waits.ts"

/**
 * Makes the waits for requests that are not made by a client, such as uploads.
 *
 * @category constructors
 * @since 0.1.0
 */
export const waiting = (
  service: string,
  operation: string,
  { maxWaitMillis }: Pick<RetryPolicy, "maxWaitMillis">
): Waits.Waiting => Waits.make(service, operation, maxWaitMillis, { at: Number.NEGATIVE_INFINITY })

/**
 * Makes the pauses after failures: they double up to the longest one. Jitter of up
 * to a fifth keeps clients that failed at the same time from all retrying at the
 * same time. It changes when a request is made, never the output.
 *
 * @category constructors
 * @since 0.1.0
 */
export const backoff = ([first, most]: Backoff): Schedule.Schedule<unknown> =>
  Schedule.jittered(Schedule.min([Schedule.exponential(first), Schedule.spaced(most)]))

/**
 * Makes the pauses between two polls: they grow by half up to the longest one.
 *
 * @category constructors
 * @since 0.1.0
 */
export const polling = ([first, most]: Backoff): Schedule.Schedule<unknown> =>
  Schedule.min([Schedule.exponential(first, POLL_GROWTH), Schedule.spaced(most)])

/**
 * Steps through an endless schedule, for callers that combine it with other waits,
 * such as those a service asks for. Each run of the inner effect returns the next
 * pause in milliseconds.
 *
 * @category running
 * @since 0.1.0
 */
export const pauses = (schedule: Schedule.Schedule<unknown>): Effect.Effect<Effect.Effect<number>> =>
  Effect.map(Schedule.toStep(schedule), (step) =>
    Clock.currentTimeMillis.pipe(
      Effect.flatMap((now) => step(now, undefined)),
      Effect.map(([, pause]) => Duration.toMillis(pause)),
      Effect.orDie
    )
  )

/**
 * Parses a `Retry-After` header: seconds or a date. Returns the milliseconds from
 * `now`, or `undefined` for any other text. The number is not limited: the client
 * waits as long as its settings allow.
 *
 * @category operations
 * @since 0.1.0
 */
export const retryAfter = (header: string | undefined, now: number): number | undefined =>
  readRetryAfter(header, now)

// internal

const POLL_GROWTH = 1.5
