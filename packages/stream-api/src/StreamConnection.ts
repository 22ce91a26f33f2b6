/**
 * Which app of Stream, and how to reach it.
 *
 * @stability unstable
 * @since 0.1.0
 */
import { type ApiClient, RetryPolicy, Settings } from "@chatferry/core"
import type * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import { serverToken } from "./internal/token.ts"

/**
 * Settings of every connector of Stream.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Config {
  /** The app's key. */
  readonly apiKey: string
  /** Secret of the same app. It signs a token and goes nowhere; the token goes to Stream's API alone. */
  readonly apiSecret: Redacted.Redacted
  /** Default `https://chat.stream-io-api.com`. */
  readonly baseUrl?: string | undefined
  /** How often a request that fails is made before the run stops; 8. */
  readonly attempts?: number | undefined
  /** Pause before it is made again, unless Stream names one: it begins with the first, doubles and ends with the second; half a second and 30 seconds. */
  readonly retryEvery?: readonly [first: Duration.Input, most: Duration.Input] | undefined
  /** Time in which an answer must be all there; 1 minute. */
  readonly requestTimeout?: Duration.Input | undefined
  /** Most time that one request waits because Stream asks for it or limits the rate; 1 hour, of which at most 5 minutes at once. */
  readonly maxWait?: Duration.Input | undefined
  /** Largest answer in bytes; 4 MiB. The memory that its values take is limited with it. */
  readonly maxResponseBytes?: number | undefined
}

/**
 * The same after defaults and checks, with a token instead of the secret.
 *
 * @category models
 * @since 0.1.0
 */
export interface Connection extends ApiClient.ClientSettings {
  readonly apiKey: string
  readonly token: Redacted.Redacted
}

/**
 * Checks the settings, fills in defaults and signs the token. For
 * `Settings.resolve`: it throws what is not right.
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (config: Config): Connection => {
  if (!/^[\w-]+$/u.test(config.apiKey)) {
    Settings.invalid("apiKey", "must be the app's key, which has letters and digits only")
  }
  if (Redacted.value(config.apiSecret) === "") Settings.invalid("apiSecret", "must not be empty")
  return {
    baseUrl: Settings.baseUrlOf("baseUrl", config.baseUrl ?? "https://chat.stream-io-api.com"),
    apiKey: config.apiKey,
    token: serverToken(config.apiSecret),
    ...RetryPolicy.fromConfig(config)
  }
}
