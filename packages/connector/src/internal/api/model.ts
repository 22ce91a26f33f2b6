// Settings, requests and responses of a client of an API.
import type { SourceError } from "@chatferry/core"
import type * as Effect from "effect/Effect"
import type * as Headers from "effect/http/Headers"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { RetryPolicy } from "../../api/RetryPolicy.ts"
import type { OutcomeUnknown } from "./outcomeUnknown.ts"
import type { Unexpected } from "./unexpected.ts"

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
 * What an error response means.
 *
 * @category models
 * @since 0.1.0
 */
export interface ErrorResponse {
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
  readonly errorResponseOf: (answer: Answer, now: number) => ErrorResponse
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
export type OnInFlight<E> = (mayBeDone: boolean) => Effect.Effect<void, E>

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
  readonly postNonIdempotent: <A, E = never>(
    call: Call<A>,
    body: object,
    onInFlight?: OnInFlight<E>
  ) => Effect.Effect<A, RequestError | OutcomeUnknown | E>
}
