// Settings, requests and responses of a client of an API.
import type { SourceError } from "@chatferry/core"
import type * as Effect from "effect/Effect"
import type * as Headers from "effect/http/Headers"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { RetryPolicy } from "../../api/RetryPolicy.ts"
import type { OutcomeUnknown } from "./outcomeUnknown.ts"
import type { Unexpected } from "./unexpected.ts"

/**
 * The errors of every request.
 *
 * @category errors
 * @since 0.1.0
 */
export type RequestError = SourceError.RequestRejected | SourceError.RequestFailed

/**
 * The address of the API and the retry policy of its client.
 *
 * @category models
 * @since 0.1.0
 */
export interface ClientSettings extends RetryPolicy {
  /** The base URL, without a slash at its end. */
  readonly baseUrl: string
}

/**
 * A response as it was received.
 *
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  readonly status: number
  readonly headers: Headers.Headers
  readonly body: Uint8Array
}

/**
 * The meaning of an error response.
 *
 * @category models
 * @since 0.1.0
 */
export interface ErrorResponse {
  /**
   * - `final`: a retry does not help.
   * - `rate limit`: the request is made again later; this is not a failure. Until `retryAfter` has passed, no request of the
   *   endpoint is made, or of the whole app if the call names no endpoint.
   * - `undone`: the request failed for now, and it is certain that the service did nothing.
   * - `unclear`: the request failed for now, and the service may have done something.
   */
  readonly kind: "final" | "rate limit" | "undone" | "unclear"
  /** The provider's error code; `null` if there is none. */
  readonly code: number | null
  /** The meaning in a few words. */
  readonly problem: string
  readonly hint: string
  /** Passed on in `RequestRejected`, for the connector's own code. */
  readonly about?: string | undefined
  /** The wait that the service asks for before the next attempt, in milliseconds and without a limit; `undefined` if it asks for none. */
  readonly retryAfter: number | undefined
}

/**
 * What a client needs to know about a provider.
 *
 * @category models
 * @since 0.1.0
 */
export interface Provider {
  /** The name in problems: "the response is not what `name` documents". */
  readonly name: string
  /** Identifies the app among others at the same base URL, as the service counts requests. It is not sent or shown. */
  readonly app: string
  /** The part of the spans' names before the dot. */
  readonly span: string
  /**
   * The type of request bodies.
   *
   * @default application/json
   */
  readonly contentType?: string
  readonly authorise: (request: HttpClientRequest.HttpClientRequest) => HttpClientRequest.HttpClientRequest
  /** Interprets a response with a status below 200 or above 299. Its body is cut at 64 KiB. `now` is in milliseconds since 1970. */
  readonly errorResponseOf: (answer: Answer, now: number) => ErrorResponse
  /** Milliseconds to wait after a success before the next request; 0 if calls are left or unlimited. */
  readonly waitAfter: (headers: Headers.Headers, now: number) => number
}

/**
 * Decodes the body of a success. `undefined` marks a damaged response, which is
 * requested again. `Unexpected` marks a complete response of another shape, which is not.
 *
 * @category models
 * @since 0.1.0
 */
export type Decode<A> = (body: Uint8Array) => A | Unexpected | undefined

/**
 * One call of an API.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call<A> {
  /** The name of the call in errors, without addresses and credentials. */
  readonly operation: string
  /** The path after the base URL, with a leading slash. The caller encodes its segments. */
  readonly path: string
  readonly decode: Decode<A>
  /** Calls with the same endpoint share a rate limit. Calls without an endpoint share the limit of the whole app. */
  readonly endpoint?: string
}

/**
 * The query parameters of a request.
 *
 * @category models
 * @since 0.1.0
 */
export type Query = Readonly<Record<string, string | number | boolean>>

/**
 * Called with `true` just before each request, because the service may act from then
 * on, and with `false` after a request that certainly had no effect.
 *
 * @category models
 * @since 0.1.0
 */
export type OnInFlight<E> = (mayBeDone: boolean) => Effect.Effect<void, E>

/**
 * A client of an API. Its waits can be interrupted even in uninterruptible callers,
 * because no request is in flight then.
 *
 * @category models
 * @since 0.1.0
 */
export interface Client {
  readonly get: <A>(call: Call<A>, query: Query) => Effect.Effect<A, RequestError>
  /** Sends a request that may be repeated without harm. */
  readonly post: <A>(call: Call<A>, body: object) => Effect.Effect<A, RequestError>
  /** Sends a request that is repeated only if it is certain that the service did nothing. */
  readonly postNonIdempotent: <A, E = never>(
    call: Call<A>,
    body: object,
    onInFlight?: OnInFlight<E>
  ) => Effect.Effect<A, RequestError | OutcomeUnknown | E>
}
