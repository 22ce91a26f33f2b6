/**
 * Makes HTTP clients for a provider's JSON API.
 *
 * A client retries requests that may succeed later, waits out rate limits, treats
 * a damaged response as a failure, and never repeats a request that must not run
 * twice. The provider supplies how a request is authorised and what an error
 * response means. Redirects are not followed, because credentials would go with
 * them. Errors and spans never contain addresses.
 *
 * The service is not trusted: the size of a response, the time of a request, and
 * the length and number of waits are all limited.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { Misfit } from "@chatferry/core/errors"
import { JsonElements } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Attempts from "../internal/api/attempts.ts"
import type { Call, Client, ClientSettings, Decode, Provider } from "../internal/api/model.ts"
import * as Transport from "../internal/api/transport.ts"
import { Unexpected } from "../internal/api/unexpected.ts"
import { bufferOf } from "../internal/bufferOf.ts"

export {
  /**
   * The error for a request that must not be repeated and whose response was lost:
   * nobody knows whether it was carried out.
   *
   * @category errors
   * @since 0.1.0
   */
  OutcomeUnknown
} from "../internal/api/outcomeUnknown.ts"
export {
  /**
   * The result for a complete response of an unexpected shape. `problem` names fields
   * and what was expected of them, never their content.
   *
   * @category errors
   * @since 0.1.0
   */
  Unexpected
} from "../internal/api/unexpected.ts"

export type {
  RequestError,
  ClientSettings,
  Answer,
  ErrorResponse,
  Provider,
  Decode,
  Call,
  Query,
  OnInFlight,
  Client
} from "../internal/api/model.ts"

/**
 * Makes a client. All clients of an app that are made with the same `HttpClient`
 * share its connections and wait for the same rate limits. A separate source and
 * sink share them by running with one `HttpClient`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  settings: ClientSettings,
  provider: Provider
): Effect.Effect<Client, never, HttpClient.HttpClient> =>
  Effect.map(HttpClient.HttpClient, (http): Client => {
    const send = Attempts.make(http, settings, provider)

    const repeated = <A>(call: Call<A>, request: HttpClientRequest.HttpClientRequest) =>
      // A repeatable request never ends with an unknown outcome.
      Effect.catchTag(
        send(call, request, true, () => Effect.void),
        "OutcomeUnknown",
        Effect.die
      )

    const posted = (path: string, body: object) =>
      HttpClientRequest.post(`${settings.baseUrl}${path}`, { acceptJson: true }).pipe(
        HttpClientRequest.bodyText(JSON.stringify(body), provider.contentType ?? "application/json")
      )

    return {
      get: (call, query) =>
        repeated(
          call,
          HttpClientRequest.get(`${settings.baseUrl}${call.path}`, { urlParams: query, acceptJson: true })
        ),
      post: (call, body) => repeated(call, posted(call.path, body)),
      postNonIdempotent: (call, body, onInFlight) =>
        send(call, posted(call.path, body), false, onInFlight ?? (() => Effect.void))
    }
  })

/**
 * Decodes a body as JSON with a schema. JSON that does not fit is `Unexpected`, with
 * the fields that are wrong. Integers beyond 2^53 become strings with all their
 * digits, so a schema of ids must accept numbers and strings.
 *
 * @category constructors
 * @since 0.1.0
 */
export const json = <A, E>(schema: Schema.Codec<A, E>): Decode<A> => {
  const decode = Schema.decodeUnknownResult(schema, { errors: "all" })
  return (body) => {
    const parsed = jsonIn(body)
    if (parsed === undefined) return undefined
    const read = decode(parsed.value)
    return Result.isSuccess(read) ? read.success : new Unexpected({ problem: Misfit.describe(read.failure) })
  }
}

/**
 * Maps a decoded value. `undefined` marks the response as damaged.
 *
 * @category combinators
 * @since 0.1.0
 */
export const mapDecode =
  <A, B>(decode: Decode<A>, map: (value: A) => B | undefined): Decode<B> =>
  (body) => {
    const value = decode(body)
    if (value instanceof Unexpected) return value
    return value === undefined ? undefined : map(value)
  }

/**
 * Decodes a body that only adds details to an error, such as that of an error
 * response. Returns `undefined` when it does not fit.
 *
 * @category constructors
 * @since 0.1.0
 */
export const jsonOrNothing = <A, E>(schema: Schema.Codec<A, E>): ((body: Uint8Array) => A | undefined) => {
  const read = json(schema)
  return (body) => {
    const value = read(body)
    return value instanceof Unexpected ? undefined : value
  }
}

/**
 * Describes a failure below HTTP without addresses, because they may carry
 * credentials. For requests that are not made by a client, such as uploads.
 *
 * @category operations
 * @since 0.1.0
 */
export const problemOf = (error: HttpClientError.HttpClientError): string => Transport.problemOf(error)

// internal

const jsonIn = (body: Uint8Array): { readonly value: unknown } | undefined => {
  try {
    return { value: JsonElements.parse(bufferOf(body).toString("utf8")) }
  } catch {
    return undefined
  }
}
