// Requests to Stream's API: the token, rate limits, what to try again and what its errors mean.
import { SinkError } from "@chatferry/core"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Headers from "effect/http/Headers"
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

export type RequestError = SinkError.RequestRefused | SinkError.RequestFailed

/** Nobody knows whether the request was carried out. */
export class Unanswered extends Data.TaggedError("Unanswered")<{ readonly problem: string }> {}

type Query = Readonly<Record<string, string | number>>

/** Reads an answer; `undefined` when it is not what it must be, which is taken for a damaged answer. */
type Decode<A> = (body: string) => A | undefined

export interface Client {
  readonly settings: ClientSettings
  /** `operation` is what errors call it: no ids, no addresses. Segments of the path are encoded by the caller. */
  readonly get: <A>(
    operation: string,
    path: string,
    query: Query,
    decode: Decode<A>
  ) => Effect.Effect<A, RequestError>
  /** For what may be done twice without harm. */
  readonly post: <A>(
    operation: string,
    path: string,
    body: object,
    decode: Decode<A>
  ) => Effect.Effect<A, RequestError>
  /** Asked again only where it is certain that nothing was done. */
  readonly postOnce: <A>(
    operation: string,
    path: string,
    body: object,
    decode: Decode<A>
  ) => Effect.Effect<A, RequestError | Unanswered>
}

export const make = (settings: ClientSettings): Effect.Effect<Client, never, HttpClient.HttpClient> =>
  Effect.map(HttpClient.HttpClient, (http): Client => {
    // One clock for all requests. Stream counts by endpoint, so this waits rather too long than too short.
    let notBefore = 0

    const once = (request: HttpClientRequest.HttpClientRequest): Effect.Effect<Answer, Broken> =>
      Effect.gen(function* () {
        const wait = notBefore - (yield* Clock.currentTimeMillis)
        if (wait > 0) yield* Effect.sleep(Math.min(wait, LONGEST_WAIT))
        const { body, headers, status } = yield* http.execute(request).pipe(
          Effect.flatMap((response) =>
            Effect.map(response.text, (text) => ({
              status: response.status,
              headers: response.headers,
              body: text
            }))
          ),
          Effect.mapError((error) => new Broken({ problem: problemOf(error) })),
          Effect.timeoutOrElse({
            duration: settings.requestTimeoutMillis,
            orElse: () => Effect.fail(new Broken({ problem: "there was no answer in time" }))
          })
        )
        const now = yield* Clock.currentTimeMillis
        if (status < 300) notBefore = Math.max(notBefore, now + RateLimit.waitAfter(headers, now))
        return { status, body, headers, now }
      }).pipe(
        // Spans of a client hold addresses and headers; ours hold the name of the operation.
        Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
      )

    const send = <A, E = never>(
      operation: string,
      request: HttpClientRequest.HttpClientRequest,
      decode: Decode<A>,
      /** What a lost answer means; without it the request is made again. */
      unanswered?: (problem: string) => E
    ): Effect.Effect<A, RequestError | E> =>
      Effect.gen(function* () {
        let failures = 0
        let limited = 0
        for (;;) {
          const outcome = yield* Effect.result(once(authorised(request)))
          let problem: string
          let retryAfter: number | undefined
          if (outcome._tag === "Failure") problem = outcome.failure.problem
          else {
            const { body, headers, now, status } = outcome.success
            if (status >= 200 && status < 300) {
              const decoded = decode(body)
              if (decoded !== undefined) return decoded
              problem = "the answer is not what Stream documents, or was cut off"
            } else {
              const error = Refusals.read(status, body)
              if (!Refusals.isTransient(error)) return yield* refused(operation, error)
              problem = Refusals.inShort(error)
              const isRateLimit = Refusals.isRateLimit(error)
              retryAfter = RateLimit.retryAfter(headers, isRateLimit, now)
              if (isRateLimit && ++limited <= MOST_LIMITED) {
                const pause = Math.max(retryAfter ?? 0, pauseAfter(limited, settings.retryMillis))
                yield* Effect.sleep(Math.min(pause, LONGEST_WAIT))
                continue
              }
            }
          }
          if (unanswered !== undefined) return yield* Effect.fail(unanswered(problem))
          if (++failures >= settings.attempts) {
            return yield* new SinkError.RequestFailed({
              operation,
              attempts: failures,
              problem,
              hint: "Check the connection, then run again: what was done so far is kept."
            })
          }
          yield* Effect.sleep(Math.max(retryAfter ?? 0, pauseAfter(failures, settings.retryMillis)))
        }
      }).pipe(Effect.withSpan("StreamImportApi.request", { attributes: { operation } }))

    const authorised = (request: HttpClientRequest.HttpClientRequest) =>
      request.pipe(
        HttpClientRequest.setUrlParam("api_key", settings.apiKey),
        HttpClientRequest.setHeaders({
          authorization: Redacted.value(settings.token),
          "stream-auth-type": "jwt"
        })
      )

    const posted = (path: string, body: object) =>
      HttpClientRequest.post(`${settings.baseUrl}${path}`, { acceptJson: true }).pipe(
        HttpClientRequest.bodyText(JSON.stringify(body), "application/json")
      )

    return {
      settings,
      get: (operation, path, query, decode) =>
        send(
          operation,
          HttpClientRequest.get(`${settings.baseUrl}${path}`, { urlParams: query, acceptJson: true }),
          decode
        ),
      post: (operation, path, body, decode) => send(operation, posted(path, body), decode),
      postOnce: (operation, path, body, decode) =>
        send(operation, posted(path, body), decode, (problem) => new Unanswered({ problem }))
    }
  })

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

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: Headers.Headers
  /** When it came. */
  readonly now: number
}

class Broken extends Data.TaggedError("Broken")<{ readonly problem: string }> {}

const LONGEST_WAIT = 300_000
/** Answers "too many requests" in a row that are waited out. */
const MOST_LIMITED = 200

const refused = (operation: string, error: Refusals.ApiError) =>
  new SinkError.RequestRefused({
    operation,
    status: error.status,
    code: error.code,
    ...Refusals.describe(error)
  })

const codeOf = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined
