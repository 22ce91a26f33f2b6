// Requests to Stream's API: the token, rate limits, what to try again and what its errors mean.
import { SourceError } from "@chatferry/core"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import * as RateLimit from "./rateLimit.ts"
import * as Refusals from "./refusals.ts"

export interface ClientSettings {
  /** Without a slash at its end. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly token: Redacted.Redacted
  /** How often a request that fails is made, rate limits aside. */
  readonly attempts: number
  readonly requestTimeoutMillis: number
  readonly retryMillis: Pauses
}

/** The pause after the first failure, which doubles with each further one up to the second number. */
export type Pauses = readonly [first: number, most: number]

export const pauseAfter = (failures: number, [first, most]: Pauses): number =>
  Math.min(most, first * 2 ** (failures - 1))

/** Nobody knows whether the request was carried out. */
class Unanswered extends Data.TaggedError("Unanswered")<{ readonly problem: string }> {}

/** Stream refused, with what it said of the things that were asked for. */
export class Refusal extends Data.TaggedError("Refusal")<{
  readonly about: Refusals.About
  readonly reason: SourceError.RequestRefused
}> {}

type RequestError = Refusal | SourceError.RequestFailed

/** A request. Rate limits are counted by endpoint. */
interface Call<A> {
  /** What errors call it: no addresses, no credentials. */
  readonly operation: string
  readonly endpoint: "export channels" | "export users" | "look" | "list channels" | "list users"
  /** Segments are encoded by the caller. */
  readonly path: string
  /** Reads an answer; `undefined` when it is not what it must be, which is taken for a damaged answer. */
  readonly decode: (body: string) => A | undefined
}

export interface Client {
  readonly get: <A>(call: Call<A>, query: Readonly<Record<string, string>>) => Effect.Effect<A, RequestError>
  /** For what may be done twice without harm. */
  readonly post: <A>(call: Call<A>, body: object) => Effect.Effect<A, RequestError>
  /** Asked again only where it is certain that nothing was done. */
  readonly postOnce: <A>(call: Call<A>, body: object) => Effect.Effect<A, RequestError | Unanswered>
}

export const make = (settings: ClientSettings): Effect.Effect<Client, never, HttpClient.HttpClient> =>
  Effect.map(HttpClient.HttpClient, (http): Client => {
    const notBefore = new Map<string, number>()

    const once = (endpoint: string, request: HttpClientRequest.HttpClientRequest) =>
      Effect.gen(function* () {
        const wait = (notBefore.get(endpoint) ?? 0) - (yield* Clock.currentTimeMillis)
        if (wait > 0) yield* pause(Math.min(wait, LONGEST_WAIT))
        const { body, headers, status } = yield* http.execute(request).pipe(
          Effect.flatMap((response) =>
            Effect.map(response.text, (text) => ({
              status: response.status,
              headers: response.headers,
              body: text
            }))
          ),
          Effect.mapError(problemOf),
          Effect.timeoutOrElse({
            duration: settings.requestTimeoutMillis,
            orElse: () => Effect.fail("there was no answer in time")
          })
        )
        const now = yield* Clock.currentTimeMillis
        if (status < 300) notBefore.set(endpoint, now + RateLimit.waitAfter(headers, now))
        const error = status < 300 ? undefined : Refusals.read(status, body)
        if (error === undefined) return { body, error, retryAfter: undefined }
        return { body, error, retryAfter: RateLimit.retryAfter(headers, Refusals.isRateLimit(error), now) }
      }).pipe(
        // Spans of a client hold addresses and headers; ours hold the name of the operation.
        Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
      )

    const send = <A, E = never>(
      { decode, endpoint, operation }: Call<A>,
      request: HttpClientRequest.HttpClientRequest,
      /** What a lost answer means; without it the request is made again. */
      unanswered?: (problem: string) => E
    ): Effect.Effect<A, RequestError | E> =>
      Effect.gen(function* () {
        let failures = 0
        let limited = 0
        for (;;) {
          const outcome = yield* Effect.result(once(endpoint, authorised(request, settings)))
          let problem: string
          let retryAfter: number | undefined
          if (outcome._tag === "Failure") problem = outcome.failure
          else {
            const { body, error } = outcome.success
            if (error === undefined) {
              const decoded = decode(body)
              if (decoded !== undefined) return decoded
              problem = "the answer is not what Stream documents, or was cut off"
            } else {
              if (!Refusals.isTransient(error)) return yield* refused(operation, error)
              problem = Refusals.inShort(error)
              retryAfter = outcome.success.retryAfter
              if (Refusals.isRateLimit(error) && ++limited <= MOST_LIMITED) {
                const wait = Math.max(retryAfter ?? 0, pauseAfter(limited, settings.retryMillis))
                yield* pause(Math.min(wait, LONGEST_WAIT))
                continue
              }
            }
          }
          if (unanswered !== undefined) return yield* Effect.fail(unanswered(problem))
          if (++failures >= settings.attempts) {
            return yield* new SourceError.RequestFailed({
              operation,
              attempts: failures,
              problem,
              hint: "Check the connection, then run again: what was done so far is kept."
            })
          }
          yield* pause(Math.max(retryAfter ?? 0, pauseAfter(failures, settings.retryMillis)))
        }
      }).pipe(Effect.withSpan("Stream.request", { attributes: { operation } }))

    const posted = (path: string, body: object) =>
      HttpClientRequest.post(`${settings.baseUrl}${path}`, { acceptJson: true }).pipe(
        HttpClientRequest.bodyText(JSON.stringify(body), "application/json")
      )

    return {
      get: (call, query) =>
        send(
          call,
          HttpClientRequest.get(`${settings.baseUrl}${call.path}`, { urlParams: query, acceptJson: true })
        ),
      post: (call, body) => send(call, posted(call.path, body)),
      postOnce: (call, body) => send(call, posted(call.path, body), (problem) => new Unanswered({ problem }))
    }
  })

/** For calls of which nothing but the reason matters when they are refused. */
export const plain = <A, E, R>(
  effect: Effect.Effect<A, E | Refusal, R>
): Effect.Effect<A, Exclude<E, Refusal> | SourceError.RequestRefused, R> =>
  Effect.mapError(effect, (error) =>
    error instanceof Refusal ? error.reason : (error as Exclude<E, Refusal>)
  )

/** What went wrong below HTTP, without addresses: they may carry credentials. */
export const problemOf = (error: HttpClientError.HttpClientError): string => {
  const { reason } = error
  if (reason._tag === "InvalidUrlError") return "the address is not valid"
  if (reason._tag !== "TransportError" && reason._tag !== "DecodeError") return "the answer could not be read"
  const code = codeOf(reason.cause) ?? codeOf((reason.cause as Error | undefined)?.cause)
  const what = reason._tag === "TransportError" ? "the connection failed" : "the answer was cut off"
  return code === undefined ? what : `${what} (${code})`
}

// internal

const LONGEST_WAIT = 300_000
/** Answers "too many requests" in a row that are waited out. */
const MOST_LIMITED = 200

// A run can be stopped while nothing is under way, also by who may not be stopped otherwise.
const pause = (millis: number) => Effect.interruptible(Effect.sleep(millis))

const authorised = (request: HttpClientRequest.HttpClientRequest, { apiKey, token }: ClientSettings) =>
  request.pipe(
    HttpClientRequest.setUrlParam("api_key", apiKey),
    HttpClientRequest.setHeaders({ authorization: Redacted.value(token), "stream-auth-type": "jwt" })
  )

const refused = (operation: string, error: Refusals.ApiError) =>
  new Refusal({
    about: error.about,
    reason: new SourceError.RequestRefused({
      operation,
      status: error.status,
      code: error.code,
      ...Refusals.describe(error)
    })
  })

const codeOf = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined
