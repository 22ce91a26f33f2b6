/**
 * Which app of Stream, and how to reach it.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { type ApiClient, RetryPolicy } from "@chatferry/connector"
import { Setting, Settings } from "@chatferry/core/settings"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import { serverToken } from "./internal/token.ts"

/**
 * Settings of every connector of Stream.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Config extends RetryPolicy.Config {
  /** The app's key. */
  readonly apiKey: string
  /** Secret of the same app. It signs a token and goes nowhere; the token goes to Stream's API alone. */
  readonly apiSecret: Redacted.Redacted
  /**
   * Address of the API.
   *
   * @default https://chat.stream-io-api.com
   */
  readonly baseUrl?: string | undefined
}

/**
 * The same as fields of a configuration that is a schema. Only the app changes what
 * is read or written.
 *
 * @category configuration
 * @since 0.1.0
 */
export const fields = {
  apiKey: Setting.unquoted("the app's key, which has letters and digits only", (key) =>
    /^[\w-]+$/u.test(key)
  ),
  apiSecret: Settings.incidental(Setting.secret),
  baseUrl: Settings.incidental(Settings.withDefault(Setting.baseUrl, "https://chat.stream-io-api.com")),
  ...RetryPolicy.fields
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
 * The connection of a configuration with these fields: signs the token.
 *
 * @category constructors
 * @since 0.1.0
 */
export const of = (decoded: Schema.Struct.Type<typeof fields>): Connection => ({
  baseUrl: decoded.baseUrl,
  apiKey: decoded.apiKey,
  token: serverToken(decoded.apiSecret),
  ...RetryPolicy.of(decoded)
})
