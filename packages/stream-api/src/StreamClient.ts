/**
 * Makes server-side clients of Stream's API.
 *
 * A client authenticates with the server's token and knows Stream's rate limits and
 * the meaning of its errors. Stream's own error messages may quote ids and values
 * and are not kept.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { ApiClient } from "@chatferry/connector"
import type * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Meanings from "./internal/meanings.ts"
import * as RateLimit from "./internal/rateLimit.ts"
import type { Connection } from "./StreamConnection.ts"

/**
 * Hints for error codes that each connector handles differently: 4, a value is not
 * accepted; 16, the resource does not exist; 17, the request is not allowed; 22, the
 * request is too large; 70, the app may not do this; 99, the app is suspended.
 *
 * @category configuration
 * @since 0.1.0
 */
export type Hints = Meanings.Hints

/**
 * The connector's part of the meaning of Stream's errors.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options {
  /** The part of the spans' names before the dot. */
  readonly span: string
  readonly hints: Hints
  /** Finds the rejected part of the request in a code and Stream's message, for `RequestRejected.about`. */
  readonly about?: (code: number | null, words: string) => string | undefined
  /**
   * Whether the connector can look up the result of a request. A request that must not
   * be repeated then ends as `OutcomeUnknown` even if Stream itself says that it failed.
   * Otherwise such a request is made again.
   */
  readonly canLookUp: boolean
}

/**
 * Makes a client of one app.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  { apiKey, token, ...settings }: Connection,
  options: Options
): Effect.Effect<ApiClient.Client, never, HttpClient.HttpClient> =>
  ApiClient.make(settings, {
    name: "Stream",
    app: apiKey,
    span: options.span,
    authorise: (request) =>
      request.pipe(
        HttpClientRequest.setUrlParam("api_key", apiKey),
        HttpClientRequest.setHeaders({ authorization: Redacted.value(token), "stream-auth-type": "jwt" })
      ),
    errorResponseOf: (answer, now) => errorResponseOf(answer, now, options),
    waitAfter: RateLimit.waitAfter
  })

// internal

/** The edge in front of Stream responds with HTML or plain text. */
const errorResponseOf = (
  { body, headers, status }: ApiClient.Answer,
  now: number,
  { about, canLookUp, hints }: Options
): ApiClient.ErrorResponse => {
  const found = decode(body) ?? {}
  const { code: given, message } = found
  const code = typeof given === "number" && Number.isSafeInteger(given) ? given : null
  const isUnrecoverable = found["unrecoverable"] === true
  const kind = kindOf(status, code, isUnrecoverable)
  const known = code === null ? undefined : Meanings.meaningOf(code, hints)
  return {
    kind: kind === "undone" && canLookUp ? "unclear" : kind,
    code,
    ...(known ?? Meanings.meaningOfStatus(status, isUnrecoverable)),
    about: about?.(code, typeof message === "string" ? message : ""),
    retryAfter: RateLimit.retryAfter(headers, kind === "rate limit", now)
  }
}

const decode = ApiClient.jsonOrNothing(Schema.Record(Schema.String, Schema.Unknown))

/** The codes for which Stream's SDK retries, except code 3: a wrong key does not fix itself. */
const TRANSIENT: ReadonlySet<number> = new Set([-1, Meanings.TIMEOUT, 45, 60, 71])

const kindOf = (
  status: number,
  code: number | null,
  isUnrecoverable: boolean
): ApiClient.ErrorResponse["kind"] => {
  if (isUnrecoverable) return "final"
  if (status === 429 || code === Meanings.RATE_LIMITED) return "rate limit"
  const mayPass =
    status === 408 ||
    (code === null ? status >= 500 : TRANSIENT.has(code) || (status >= 500 && !Meanings.isKnown(code)))
  if (!mayPass) return "final"
  // Stream itself says that the request failed, or its edge blocked it.
  const isUndone = code === null ? status === 503 : code !== Meanings.TIMEOUT
  return isUndone ? "undone" : "unclear"
}
