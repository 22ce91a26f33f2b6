/**
 * A client of a provider's JSON API.
 *
 * It tries again what may succeed later, waits out rate limits, takes an answer
 * that is damaged for a failure, and never makes twice what may be made once
 * only. What the provider decides is handed in: how a request is authorised and
 * what an answer that is no success means. Redirects are not followed, because
 * credentials would go with them, and no address comes into errors or spans.
 *
 * The service is not trusted: how much of an answer is read, how long a request
 * takes, how long and how often it is waited for have limits of their own.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { JsonElements, Misfit, type SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Attempts from "../internal/api/attempts.ts"
import * as Transport from "../internal/api/transport.ts"
import type { Unanswered } from "../internal/api/unanswered.ts"
import { Unexpected } from "../internal/api/unexpected.ts"
import type { RetryPolicy } from "./RetryPolicy.ts"

export {
  /**
   * Nobody knows whether a request that may be made once only was carried out:
   * its answer is lost.
   *
   * @category errors
   * @since 0.1.0
   */
  Unanswered
} from "../internal/api/unanswered.ts"
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

/**
 * What every request can come to.
 *
 * @category errors
 * @since 0.1.0
 */
export type RequestError = SourceError.RequestRefused | SourceError.RequestFailed

/**
 * Where the API is, and how patient its client.
 *
 * @category models
 * @since 0.1.0
 */
export interface ClientSettings extends RetryPolicy {
  /** Without a slash at its end. */
  readonly baseUrl: string
}

/**
 * An answer as it came.
 *
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  readonly status: number
  readonly headers: Headers.Headers
  readonly body: Buffer
}

/**
 * What an answer that is no success means.
 *
 * @category models
 * @since 0.1.0
 */
export interface Refusal {
  /**
   * - `final`: asking again does not help.
   * - `rate limit`: the request is made again later; this is not a failure. Until `retryAfter` has passed, no request of the
   *   endpoint is made, or of the app where the call names none.
   * - `undone`: it failed for now, and it is certain that nothing was done.
   * - `unclear`: it failed for now, and something may have been done.
   */
  readonly kind: "final" | "rate limit" | "undone" | "unclear"
  /** The provider's own code; `null` when it gave none. */
  readonly code: number | null
  /** What it means, in a few words. */
  readonly problem: string
  readonly hint: string
  /** Goes into `RequestRefused`, for code of the connector's own. */
  readonly about?: string | undefined
  /** Milliseconds that the service asks to wait before the request is made again, whatever they are; `undefined` when nothing is said. */
  readonly retryAfter: number | undefined
}

/**
 * What a provider decides.
 *
 * @category models
 * @since 0.1.0
 */
export interface Provider {
  /** In problems: "the answer is not what `name` documents". */
  readonly name: string
  /** Tells the app from others at the same base URL, as the service counts calls; it goes nowhere. */
  readonly app: string
  /** Before the dot in the names of spans. */
  readonly span: string
  /** Type of bodies that are sent; `application/json`. */
  readonly contentType?: string
  readonly authorise: (request: HttpClientRequest.HttpClientRequest) => HttpClientRequest.HttpClientRequest
  /** Reads an answer whose status is below 200 or above 299, and of whose body 64 KiB are there at most. `now` is in milliseconds since 1970. */
  readonly refusalOf: (answer: Answer, now: number) => Refusal
  /** Milliseconds to wait before the next request, after a success; 0 when calls are left or nothing is said. */
  readonly waitAfter: (headers: Headers.Headers, now: number) => number
}

/**
 * Reads the body of a success. `undefined` stands for a damaged answer, which is asked
 * for again, and `Unexpected` for a whole one of another shape, which is not.
 *
 * @category models
 * @since 0.1.0
 */
export type Decode<A> = (body: Buffer) => A | Unexpected | undefined

/**
 * What is asked.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call<A> {
  /** What errors call it: no addresses, no credentials. */
  readonly operation: string
  /** Behind the base URL, with a slash before it. Segments are encoded by the caller. */
  readonly path: string
  readonly decode: Decode<A>
  /** Calls with the same one wait for each other's rate limit. Those without one share the limit of the whole app. */
  readonly endpoint?: string
}

/**
 * Parameters in an address.
 *
 * @category models
 * @since 0.1.0
 */
export type Query = Readonly<Record<string, string | number | boolean>>

/**
 * Told just before each request that something may be done from now on, and
 * after it when nothing was.
 *
 * @category models
 * @since 0.1.0
 */
export type Mark<E> = (mayBeDone: boolean) => Effect.Effect<void, E>

/**
 * The client. All that it waits for can be interrupted, also where its caller
 * cannot: nothing is under way then.
 *
 * @category models
 * @since 0.1.0
 */
export interface Client {
  readonly get: <A>(call: Call<A>, query: Query) => Effect.Effect<A, RequestError>
  /** For what may be done twice without harm. */
  readonly post: <A>(call: Call<A>, body: object) => Effect.Effect<A, RequestError>
  /** Asked again only where it is certain that nothing was done. */
  readonly postOnce: <A, E = never>(
    call: Call<A>,
    body: object,
    mark?: Mark<E>
  ) => Effect.Effect<A, RequestError | Unanswered | E>
}

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
        "Unanswered",
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
      postOnce: (call, body, mark) => send(call, posted(call.path, body), false, mark ?? (() => Effect.void))
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
