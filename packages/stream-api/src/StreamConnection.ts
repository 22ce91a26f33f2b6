/**
 * The settings of a connection to an app of Stream.
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
 * The settings that every connector of Stream has.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Config extends RetryPolicy.Config {
  /** The app's API key. */
  readonly apiKey: string
  /** The secret of the same app. It signs a token and is never sent; the token is sent only to Stream's API. */
  readonly apiSecret: Redacted.Redacted
  /**
   * The address of the API.
   *
   * @default https://chat.stream-io-api.com
   */
  readonly baseUrl?: string | undefined
}

/**
 * The settings of `Config` as schema fields. Only the app changes the records that are
 * read or written.
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
 * The decoded settings, with a token instead of the secret.
 *
 * @category models
 * @since 0.1.0
 */
export interface Connection extends ApiClient.ClientSettings {
  readonly apiKey: string
  readonly token: Redacted.Redacted
}

/**
 * Makes the connection from a decoded configuration with these fields, and signs the
 * token.
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
