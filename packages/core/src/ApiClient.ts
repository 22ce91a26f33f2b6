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
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import { exchange, failed, isSuccess, type Outcome, problemIn, refusedBy } from "./internal/exchange.ts"
import { RequestFailed, RequestRefused } from "./internal/requestErrors.ts"
import { retryAfter as readRetryAfter } from "./internal/retryAfter.ts"
import * as Transport from "./internal/transport.ts"
import * as Waits from "./internal/waits.ts"
import * as Json from "./Json.ts"
import * as Settings from "./Settings.ts"

/**
 * Nobody knows whether a request that may be made once only was carried out:
 * its answer is lost.
 *
 * @category errors
 * @since 0.1.0
 */
export class Unanswered extends Data.TaggedError("Unanswered")<{ readonly problem: string }> {}

/**
 * What every request can come to.
 *
 * @category errors
 * @since 0.1.0
 */
export type RequestError = RequestRefused | RequestFailed

/**
 * The pause after the first failure, which doubles with each further one up to
 * the second number. Milliseconds.
 *
 * @category models
 * @since 0.1.0
 */
export type Pauses = readonly [first: number, most: number]

/**
 * How often and how long something is tried.
 *
 * @category models
 * @since 0.1.0
 */
export interface Patience {
  /** How often what fails is tried; rate limits do not count. */
  readonly attempts: number
  /** Time in which an answer must be all there. */
  readonly requestTimeoutMillis: number
  readonly retryMillis: Pauses
  /** Most time that one request waits in all, because the service asks for it or limits the rate; 1 hour. */
  readonly maxWaitMillis?: number
  /** Most bytes of an answer, as they are after unpacking; 4 MiB. Its values may take 24 MiB of memory, or three times this number if that is more. */
  readonly maxResponseBytes?: number
}

/**
 * The same as people set it.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface PatienceConfig {
  /** 8. */
  readonly attempts?: number | undefined
  /** 1 minute. */
  readonly requestTimeout?: Duration.Input | undefined
  /** Half a second and 30 seconds. */
  readonly retryEvery?: readonly [first: Duration.Input, most: Duration.Input] | undefined
  /** 1 hour; at most 5 minutes of it at once. */
  readonly maxWait?: Duration.Input | undefined
  /** 4 MiB. */
  readonly maxResponseBytes?: number | undefined
}

/**
 * Where the API is, and how patient its client.
 *
 * @category models
 * @since 0.1.0
 */
export interface ClientSettings extends Patience {
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
   * - `rate limit`: it is to be asked again later; that is no failure.
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
  /** Milliseconds that the service asks to wait before the same request is made again, whatever they are; `undefined` when nothing is said. */
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
 * Reads the body of a success; `undefined` when it is not what it must be, which
 * is taken for a damaged answer.
 *
 * @category models
 * @since 0.1.0
 */
export type Decode<A> = (body: Buffer) => A | undefined

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
 * Makes a client. Its clocks of rate limits are its own, so a program needs one
 * client for each app.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  settings: ClientSettings,
  provider: Provider
): Effect.Effect<Client, never, HttpClient.HttpClient> =>
  Effect.map(HttpClient.HttpClient, (http): Client => {
    const {
      maxResponseBytes = MAX_RESPONSE_BYTES,
      maxWaitMillis = Waits.MOST,
      requestTimeoutMillis
    } = settings
    const notBefore = new Map<string, number>()
    const shown: Waits.Shown = { at: Number.NEGATIVE_INFINITY }

    const once = <A, E>(
      { decode, endpoint = "" }: Call<A>,
      request: HttpClientRequest.HttpClientRequest,
      mark: Mark<E>,
      waits: Waiting
    ): Effect.Effect<Outcome<A>, E> =>
      Effect.gen(function* () {
        const free = notBefore.get(endpoint)
        if (free !== undefined) yield* waits.wait(free - (yield* Clock.currentTimeMillis), 0)
        yield* mark(true)
        const answer = yield* exchange(http, request, { maxResponseBytes, requestTimeoutMillis })
        if (answer._tag === "Failure") return answer.failure
        const { body, headers, status } = answer.success
        const now = yield* Clock.currentTimeMillis
        if (!isSuccess(status)) return refusedBy(status, provider.refusalOf(answer.success, now))
        const until = now + Waits.plausible(provider.waitAfter(headers, now))
        notBefore.set(endpoint, Math.max(notBefore.get(endpoint) ?? 0, until))
        const problem = problemIn(body, maxResponseBytes)
        if (problem !== undefined) return problem
        const value = decode(body)
        if (value !== undefined) return { _tag: "decoded", value } as const
        return failed(`the answer is not what ${provider.name} documents, or was cut off`, false)
      })

    const send = <A, E>(
      call: Call<A>,
      request: HttpClientRequest.HttpClientRequest,
      isRepeatable: boolean,
      mark: Mark<E>
    ): Effect.Effect<A, RequestError | Unanswered | E> =>
      Effect.gen(function* () {
        const { operation } = call
        const waits = Waits.make(provider.name, operation, maxWaitMillis, shown)
        let failures = 0
        let limited = 0
        for (;;) {
          const outcome = yield* once(call, provider.authorise(request), mark, waits)
          if (outcome._tag === "decoded") return outcome.value
          const { isUndone, problem, refusal, remedy, status } = outcome
          if (isUndone) yield* mark(false)
          if (refusal?.kind === "final") return yield* errorOf(operation, status, refusal)
          if (refusal?.kind === "rate limit") {
            if (++limited > MOST_LIMITED || waits.areUsedUp()) {
              return yield* stillLimited(operation, limited, provider.name, maxWaitMillis)
            }
            yield* waits.wait(refusal.retryAfter, pauseAfter(limited, settings.retryMillis))
            continue
          }
          if (!isRepeatable && !isUndone) return yield* new Unanswered({ problem })
          if (++failures >= settings.attempts || remedy !== undefined) {
            return yield* new RequestFailed({
              operation,
              attempts: failures,
              problem,
              hint: remedy ?? "Check the connection, then run again: what was done so far is kept."
            })
          }
          yield* waits.wait(refusal?.retryAfter, pauseAfter(failures, settings.retryMillis))
        }
      }).pipe(Effect.withSpan(`${provider.span}.request`, { attributes: { operation: call.operation } }))

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
 * Checks patience and fills in what is not set. For `Settings.resolve`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const patienceOf = (config: PatienceConfig): Patience => ({
  attempts: Settings.wholeOf("attempts", config.attempts ?? 8),
  requestTimeoutMillis: Settings.millisOf("requestTimeout", config.requestTimeout ?? "1 minute"),
  retryMillis: Settings.pausesOf("retryEvery", config.retryEvery ?? ["500 millis", "30 seconds"]),
  ...(config.maxWait === undefined ? {} : { maxWaitMillis: Settings.millisOf("maxWait", config.maxWait) }),
  ...(config.maxResponseBytes === undefined
    ? {}
    : { maxResponseBytes: Settings.wholeOf("maxResponseBytes", config.maxResponseBytes) })
})

/**
 * The waits for one thing that is tried several times. A service may ask for any
 * wait: it gets five minutes at once, and `maxWaitMillis` in all. Waits that
 * people would notice are logged.
 *
 * @category models
 * @since 0.1.0
 */
export interface Waiting {
  /** Waits at least `own` milliseconds, and as long as the service `asked` for within what is left. */
  readonly wait: (asked: number | undefined, own: number) => Effect.Effect<void>
  /** Whether nothing is left of what may be waited in all. */
  readonly areUsedUp: () => boolean
}

/**
 * For requests that are not made by a client, such as uploads.
 *
 * @category constructors
 * @since 0.1.0
 */
export const waiting = (
  service: string,
  operation: string,
  { maxWaitMillis }: Pick<Patience, "maxWaitMillis">
): Waiting => Waits.make(service, operation, maxWaitMillis, { at: Number.NEGATIVE_INFINITY })

/**
 * The pause after so many failures in a row.
 *
 * @category operations
 * @since 0.1.0
 */
export const pauseAfter = (failures: number, [first, most]: Pauses): number =>
  Math.min(most, first * 2 ** (failures - 1))

/**
 * Reads the header `Retry-After`: seconds, or a date. Gives milliseconds from
 * `now` on, or `undefined` for what is neither. They may be any number: the
 * client waits as long as its settings allow.
 *
 * @category operations
 * @since 0.1.0
 */
export const retryAfter = (header: string | undefined, now: number): number | undefined =>
  readRetryAfter(header, now)

/**
 * Reads a body as JSON of a schema.
 *
 * @category constructors
 * @since 0.1.0
 */
export const json = <A, E>(schema: Schema.Codec<A, E>): Decode<A> => {
  const decode = Json.decodeOption(schema)
  return (body) => Option.getOrUndefined(decode(body.toString("utf8")))
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

/** A page has 200 records at most: 20 KiB for each. */
const MAX_RESPONSE_BYTES = 4 << 20

/** Answers "too many requests" to one request that are waited out. */
const MOST_LIMITED = 200

const stillLimited = (operation: string, attempts: number, service: string, maxWaitMillis: number) =>
  new RequestFailed({
    operation,
    attempts,
    problem: `${service} limits the rate of requests, and asks for longer waits than maxWait allows (${Waits.duration(maxWaitMillis)} for one request)`,
    hint: "Run again later: what was done so far is kept. Or raise maxWait."
  })

const errorOf = (operation: string, status: number, { about, code, hint, problem }: Refusal) =>
  new RequestRefused({
    operation,
    status,
    code,
    problem,
    hint,
    ...(about === undefined ? {} : { about })
  })
