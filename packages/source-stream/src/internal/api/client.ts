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
  /**
   * Asked again only where it is certain that nothing was done. `mark` hears just
   * before each request that something may be done from now on, and after it when
   * nothing was. It can be interrupted only while nothing is.
   */
  readonly postOnce: <A, E>(
    call: Call<A>,
    body: object,
    mark: Mark<E>
  ) => Effect.Effect<A, RequestError | Unanswered | E>
}

type Mark<E> = (mayBeDone: boolean) => Effect.Effect<void, E>

export const make = (settings: ClientSettings): Effect.Effect<Client, never, HttpClient.HttpClient> =>
  Effect.map(HttpClient.HttpClient, (http): Client => {
    const notBefore = new Map<string, number>()

    const once = <E>(
      endpoint: string,
      request: HttpClientRequest.HttpClientRequest,
      mark: Mark<E>
    ): Effect.Effect<Answer | Broken, E> =>
      Effect.gen(function* () {
        const wait = (notBefore.get(endpoint) ?? 0) - (yield* Clock.currentTimeMillis)
        if (wait > 0) yield* pause(Math.min(wait, LONGEST_WAIT))
        yield* mark(true)
        const answer = yield* http.execute(request).pipe(
          Effect.flatMap((response) =>
            Effect.map(response.text, (text) => ({
              status: response.status,
              headers: response.headers,
              body: text
            }))
          ),
          Effect.mapError((cause) => broken(problemOf(cause), isUnsent(cause))),
          Effect.timeoutOrElse({
            duration: settings.requestTimeoutMillis,
            orElse: () => Effect.fail(broken("there was no answer in time", false))
          }),
          Effect.result
        )
        if (answer._tag === "Failure") return answer.failure
        const { body, headers, status } = answer.success
        const now = yield* Clock.currentTimeMillis
        if (status < 300) notBefore.set(endpoint, now + RateLimit.waitAfter(headers, now))
        const error = status < 300 ? undefined : Refusals.read(status, body)
        const retryAfter = error && RateLimit.retryAfter(headers, Refusals.isRateLimit(error), now)
        return { _tag: "answer", body, error, retryAfter } as const
      }).pipe(
        // Spans of a client hold addresses and headers; ours hold the name of the operation.
        Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
      )

    const send = <A, E = never>(
      { decode, endpoint, operation }: Call<A>,
      request: HttpClientRequest.HttpClientRequest,
      { isRepeatable, mark }: Manner<E>
    ): Effect.Effect<A, RequestError | Unanswered | E> =>
      Effect.gen(function* () {
        let failures = 0
        let limited = 0
        for (;;) {
          const outcome = judged(yield* once(endpoint, authorised(request, settings), mark), decode)
          if (outcome._tag === "decoded") return outcome.value
          const { isUndone, problem, retryAfter = 0 } = outcome
          if (isUndone) yield* mark(false)
          if (outcome.final !== undefined) return yield* refused(operation, outcome.final)
          if (outcome.isRateLimit && ++limited <= MOST_LIMITED) {
            const wait = Math.max(retryAfter, pauseAfter(limited, settings.retryMillis))
            yield* pause(Math.min(wait, LONGEST_WAIT))
            continue
          }
          if (!isRepeatable && !isUndone) return yield* new Unanswered({ problem })
          if (++failures >= settings.attempts) {
            return yield* new SourceError.RequestFailed({
              operation,
              attempts: failures,
              problem,
              hint: "Check the connection, then run again: what was done so far is kept."
            })
          }
          yield* pause(Math.max(retryAfter, pauseAfter(failures, settings.retryMillis)))
        }
      }).pipe(Effect.withSpan("Stream.request", { attributes: { operation } }))

    const repeated = <A>(call: Call<A>, request: HttpClientRequest.HttpClientRequest) =>
      // What may be repeated never ends as unanswered.
      Effect.catchTag(
        send(call, request, { isRepeatable: true, mark: () => Effect.void }),
        "Unanswered",
        Effect.die
      )

    const posted = (path: string, body: object) =>
      HttpClientRequest.post(`${settings.baseUrl}${path}`, { acceptJson: true }).pipe(
        HttpClientRequest.bodyText(JSON.stringify(body), "application/json")
      )

    return {
      get: (call, query) =>
        repeated(
          call,
          HttpClientRequest.get(`${settings.baseUrl}${call.path}`, { urlParams: query, acceptJson: true })
        ),
      post: (call, body) => repeated(call, posted(call.path, body)),
      postOnce: (call, body, mark) => send(call, posted(call.path, body), { isRepeatable: false, mark })
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
  const code = transportCodeOf(reason.cause)
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

/** How a request is made. */
interface Manner<E> {
  readonly isRepeatable: boolean
  readonly mark: Mark<E>
}

interface Answer {
  readonly _tag: "answer"
  readonly body: string
  /** Of an answer that is no success. */
  readonly error: Refusals.ApiError | undefined
  readonly retryAfter: number | undefined
}

interface Broken {
  readonly _tag: "broken"
  readonly problem: string
  /** It never left: there was no connection to send it over. */
  readonly isUnsent: boolean
}

const broken = (problem: string, isUnsent: boolean): Broken => ({ _tag: "broken", problem, isUnsent })

type Outcome<A> =
  | { readonly _tag: "decoded"; readonly value: A }
  | {
      readonly _tag: "failed"
      readonly problem: string
      /** It is certain that nothing was done. */
      readonly isUndone: boolean
      /** Asking again is of no use. */
      readonly final?: Refusals.ApiError
      readonly isRateLimit?: boolean
      readonly retryAfter?: number | undefined
    }

const judged = <A>(of: Answer | Broken, decode: Call<A>["decode"]): Outcome<A> => {
  if (of._tag === "broken") return { _tag: "failed", problem: of.problem, isUndone: of.isUnsent }
  const { body, error, retryAfter } = of
  if (error === undefined) {
    const value = decode(body)
    return value === undefined
      ? {
          _tag: "failed",
          problem: "the answer is not what Stream documents, or was cut off",
          isUndone: false
        }
      : { _tag: "decoded", value }
  }
  const problem = Refusals.inShort(error)
  if (!Refusals.isTransient(error)) return { _tag: "failed", problem, isUndone: true, final: error }
  const [isUndone, isRateLimit] = [Refusals.isUndone(error), Refusals.isRateLimit(error)]
  return { _tag: "failed", problem, isUndone, isRateLimit, retryAfter }
}

const isUnsent = ({ reason }: HttpClientError.HttpClientError): boolean =>
  reason._tag === "InvalidUrlError" ||
  (reason._tag === "TransportError" && NO_CONNECTION.has(transportCodeOf(reason.cause) ?? ""))

const NO_CONNECTION: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT"
])

const transportCodeOf = (cause: unknown): string | undefined =>
  codeOf(cause) ?? codeOf((cause as Error | undefined)?.cause)

const codeOf = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined
