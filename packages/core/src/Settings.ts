/**
 * Checks of the settings of a source or a sink.
 *
 * They give the value that was checked, or throw `InvalidConfig` with the
 * setting's name: settings are then read in one expression, which `resolve`
 * runs. `InvalidConfig` of sources and of sinks is one class.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { InvalidConfig } from "./internal/invalidConfig.ts"

/**
 * Runs code that reads settings, and fails with the first one that is not right.
 *
 * @category operations
 * @since 0.1.0
 */
export const resolve = <A>(settings: () => A): Effect.Effect<A, InvalidConfig> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(settings())
    } catch (cause) {
      if (cause instanceof InvalidConfig) return Effect.fail(cause)
      throw cause
    }
  })

/**
 * Throws what is wrong with a setting. The problem goes on where the setting's
 * name ends: `must not be empty`.
 *
 * @category guards
 * @since 0.1.0
 */
export const invalid = (setting: string, problem: string): never => {
  throw new InvalidConfig({ setting, problem })
}

/**
 * A whole number of at least 1.
 *
 * @category guards
 * @since 0.1.0
 */
export const wholeOf = (setting: string, value: number): number =>
  Number.isInteger(value) && value >= 1 ? value : invalid(setting, "must be a whole number of at least 1")

/**
 * A duration in milliseconds.
 *
 * @category guards
 * @since 0.1.0
 */
export const millisOf = (setting: string, input: Duration.Input): number =>
  Option.match(Duration.fromInput(input), {
    onNone: () => invalid(setting, "is no duration"),
    onSome: Duration.toMillis
  })

/**
 * Two durations in milliseconds, such as the shortest and the longest pause.
 *
 * @category guards
 * @since 0.1.0
 */
export const pausesOf = (
  setting: string,
  [first, most]: readonly [first: Duration.Input, most: Duration.Input]
): readonly [first: number, most: number] => [millisOf(setting, first), millisOf(setting, most)]

/**
 * A time in milliseconds since 1970.
 *
 * @category guards
 * @since 0.1.0
 */
export const timeOf = (setting: string, input: DateTime.DateTime.Input): number =>
  Option.match(DateTime.make(input), {
    onNone: () => invalid(setting, "is no time"),
    onSome: (time) => Math.floor(DateTime.toEpochMillis(time))
  })

/**
 * The address of an API, without slashes at its end. What would be lost when a
 * path is put behind it, and credentials, are not taken.
 *
 * @category guards
 * @since 0.1.0
 */
export const baseUrlOf = (setting: string, url: string): string => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (
    parsed === undefined ||
    !/^https?:$/u.test(parsed.protocol) ||
    parsed.search + parsed.hash + parsed.username + parsed.password !== ""
  ) {
    return invalid(setting, "must be an http or https address without a query")
  }
  return url.replace(/\/+$/u, "")
}
