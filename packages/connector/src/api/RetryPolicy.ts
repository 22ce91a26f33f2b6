/**
 * How often and how long something is tried.
 *
 * Failures are followed by pauses that double, with some chance in them. A service
 * may ask for any wait with `Retry-After` and gets as much as the settings allow.
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
 * The pause after the first failure, which doubles with each further one up to
 * the second number. Milliseconds.
 *
 * @category models
 * @since 0.1.0
 */
export type Backoff = readonly [first: number, most: number]

/**
 * How often and how long something is tried.
 *
 * @category models
 * @since 0.1.0
 */
export interface RetryPolicy {
  /** How often what fails is tried; rate limits do not count. */
  readonly attempts: number
  /** Time in which an answer must be all there. */
  readonly requestTimeoutMillis: number
  readonly retryMillis: Backoff
  /** Most time that one request waits in all, because the service asks for it or limits the rate; 1 hour. */
  readonly maxWaitMillis?: number
  /** Most bytes of an answer, as they are after unpacking; 4 MiB. Its values may take 24 MiB of memory, or three times this number if that is more. */
  readonly maxResponseBytes?: number
}

/**
 * The settings of a policy; each has a default.
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
   * Time in which an answer must be all there.
   *
   * @default 1 minute
   */
  readonly requestTimeout?: Duration.Input | undefined
  /**
   * Pause after the first failure, and the longest one.
   *
   * @default half a second and 30 seconds
   */
  readonly retryEvery?: readonly [first: Duration.Input, most: Duration.Input] | undefined
  /**
   * Most time that one request waits in all; at most 5 minutes of it at once.
   *
   * @default 1 hour
   */
  readonly maxWait?: Duration.Input | undefined
  /**
   * Most bytes of an answer.
   *
   * @default 4 MiB
   */
  readonly maxResponseBytes?: number | undefined
}

/**
 * The same as fields of a configuration that is a schema. None of them changes
 * what is read or written.
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
 * The policy of a configuration with these fields.
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
 * For requests that are not made by a client, such as uploads.
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
 * Pauses after failures: they double up to the longest one. Each is shortened or
 * lengthened by a fifth at most, by chance, so that those who failed at the same
 * time do not all come again at the same time. Chance decides when something is
 * tried and never what comes of it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const backoff = ([first, most]: Backoff): Schedule.Schedule<unknown> =>
  Schedule.jittered(Schedule.min([Schedule.exponential(first), Schedule.spaced(most)]))

/**
 * Pauses between two looks at something that takes its time: they grow by half up
 * to the longest one.
 *
 * @category constructors
 * @since 0.1.0
 */
export const polling = ([first, most]: Backoff): Schedule.Schedule<unknown> =>
  Schedule.min([Schedule.exponential(first, POLL_GROWTH), Schedule.spaced(most)])

/**
 * The pauses of a schedule without an end, for who waits by other rules too, such
 * as what a service asks for: each run gives the next one, in milliseconds.
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
 * Reads the header `Retry-After`: seconds, or a date. Gives milliseconds from
 * `now` on, or `undefined` for what is neither. They may be any number: the
 * client waits as long as its settings allow.
 *
 * @category operations
 * @since 0.1.0
 */
export const retryAfter = (header: string | undefined, now: number): number | undefined =>
  readRetryAfter(header, now)

// internal

const POLL_GROWTH = 1.5
