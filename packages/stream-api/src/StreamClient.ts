/**
 * A client of Stream's API, on the server's side.
 *
 * It signs in with the server's token, knows Stream's rate limits and what its
 * errors mean. Stream's own words may quote ids and values and are not kept.
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
 * What to do about codes that ask for something else in each connector: 4, a
 * value is not accepted; 16, there is no such thing; 17, it is not allowed; 22,
 * the request is too large; 70, the app may not do this; 99, it is suspended.
 *
 * @category configuration
 * @since 0.1.0
 */
export type Hints = Meanings.Hints

/**
 * What a connector adds to what Stream's errors mean.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options {
  /** Before the dot in the names of spans. */
  readonly span: string
  readonly hints: Hints
  /** Reads from a code and Stream's words what of the request was refused: `RequestRefused.about`. */
  readonly about?: (code: number | null, words: string) => string | undefined
  /**
   * Whether the connector can look up what was done. A request that may be made
   * once only then ends as `OutcomeUnknown` also where Stream itself says that it
   * failed; otherwise it is made again.
   */
  readonly canLookUp: boolean
}

/**
 * Makes a client.
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

/** The edge in front of Stream answers in HTML or plain text. */
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

/** Those that Stream's SDK asks again for, but for code 3: a wrong key does not fix itself. */
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
  // Stream itself says that it failed, or its edge let nothing in.
  const isUndone = code === null ? status === 503 : code !== Meanings.TIMEOUT
  return isUndone ? "undone" : "unclear"
}
