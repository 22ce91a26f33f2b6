/**
 * A client of a provider's JSON API.
 *
 * It tries again what may succeed later, waits out rate limits, takes an answer
 * that is damaged for a failure, and never makes twice what may be made once
 * only. What the provider decides is handed in: how a request is authorised and
 * what an error response means. Redirects are not followed, because
 * credentials would go with them, and no address comes into errors or spans.
 *
 * The service is not trusted: how much of an answer is read, how long a request
 * takes, how long and how often it is waited for have limits of their own.
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

export {
  /**
   * Nobody knows whether a request that may be made once only was carried out:
   * its answer is lost.
   *
   * @category errors
   * @since 0.1.0
   */
  OutcomeUnknown
} from "../internal/api/outcomeUnknown.ts"
export {
  /**
   * A whole answer is not of the shape that it must have. `problem` names fields and
   * what is expected of them, and never what is in them.
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
 * are one to the service: they have its connections, and wait for the same rate
 * limits. A source and a sink that are made apart share them by running with one
 * `HttpClient`.
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
      // What may be repeated never ends as unanswered.
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
 * Reads a body as JSON of a schema. JSON that does not fit is `Unexpected`, with the
 * fields that are wrong. Integers beyond 2^53 come as texts with all their digits, as
 * everywhere: a schema of ids takes numbers and texts.
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
 * Makes something else of what was read, or takes the answer for a damaged one.
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
 * The same for a body that only adds to an error, such as that of a refusal: `undefined`
 * when it does not fit.
 *
 * @category constructors
 * @since 0.1.0
 */
export const jsonOrNothing = <A, E>(schema: Schema.Codec<A, E>): ((body: Buffer) => A | undefined) => {
  const read = json(schema)
  return (body) => {
    const value = read(body)
    return value instanceof Unexpected ? undefined : value
  }
}

/**
 * What went wrong below HTTP, without addresses: they may carry credentials. For
 * requests that are not made by a client, such as uploads.
 *
 * @category operations
 * @since 0.1.0
 */
export const problemOf = (error: HttpClientError.HttpClientError): string => Transport.problemOf(error)

// internal

const jsonIn = (body: Buffer): { readonly value: unknown } | undefined => {
  try {
    return { value: JsonElements.parse(body.toString("utf8")) }
  } catch {
    return undefined
  }
}
