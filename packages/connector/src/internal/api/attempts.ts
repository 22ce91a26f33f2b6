// The attempts of one request, until it succeeds or another attempt cannot help.
import { SourceError } from "@chatferry/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import { backoff, pauses, type Waiting } from "../../api/RetryPolicy.ts"
import * as Spans from "../../api/Spans.ts"
import { appOf } from "./apps.ts"
import { exchange, failed, isSuccess, type Outcome, problemIn, failedWith } from "./exchange.ts"
import type { Call, ClientSettings, OnInFlight, Provider, ErrorResponse, RequestError } from "./model.ts"
import { OutcomeUnknown } from "./outcomeUnknown.ts"
import { Unexpected } from "./unexpected.ts"
import * as Waits from "./waits.ts"

export type Send = <A, E>(
  call: Call<A>,
  request: HttpClientRequest.HttpClientRequest,
  isRepeatable: boolean,
  onInFlight: OnInFlight<E>
) => Effect.Effect<A, RequestError | OutcomeUnknown | E>

/** Sends the requests of one client. All clients of an app share its rate limits. */
export const make = (http: HttpClient.HttpClient, settings: ClientSettings, provider: Provider): Send => {
  const { maxResponseBytes = MAX_RESPONSE_BYTES, maxWaitMillis = Waits.MOST, requestTimeoutMillis } = settings
  const { lastLogged, notBefore } = appOf(http, settings.baseUrl, provider.app)

  /** All requests of the endpoint wait, because the service counts them together. */
  const hold = (endpoint: string, now: number, asked: number | undefined) =>
    notBefore.set(endpoint, Math.max(notBefore.get(endpoint) ?? 0, now + Waits.plausible(asked)))

  /** Another request may learn a later time while this one waits. */
  const untilFree = Effect.fnUntraced(function* (endpoint: string, waits: Waiting) {
    let waitedFor = 0
    for (;;) {
      const free = notBefore.get(endpoint) ?? 0
      if (free <= waitedFor) return
      yield* waits.wait(free - (yield* Clock.currentTimeMillis), 0)
      waitedFor = free
      // No other request has extended the hold meanwhile, so it ends, whatever the clock says.
      if (notBefore.get(endpoint) === free) notBefore.delete(endpoint)
    }
  })

  const once = Effect.fnUntraced(function* <A, E>(
    { decode, endpoint = "" }: Call<A>,
    request: HttpClientRequest.HttpClientRequest,
    onInFlight: OnInFlight<E>,
    waits: Waiting
  ): Effect.fn.Return<Outcome<A>, E> {
    yield* untilFree(endpoint, waits)
    yield* onInFlight(true)
    const answer = yield* exchange(http, request, { maxResponseBytes, requestTimeoutMillis })
    if (answer._tag === "Failure") return answer.failure
    const { body, headers, status } = answer.success
    const now = yield* Clock.currentTimeMillis
    if (!isSuccess(status)) {
      const errorResponse = provider.errorResponseOf(answer.success, now)
      if (errorResponse.kind === "rate limit") hold(endpoint, now, errorResponse.retryAfter)
      return failedWith(status, errorResponse)
    }
    hold(endpoint, now, provider.waitAfter(headers, now))
    const problem = problemIn(body, maxResponseBytes)
    if (problem !== undefined) return problem
    const value = decode(body)
    if (value instanceof Unexpected) {
      return failed(
        `the response is not what ${provider.name} documents: ${value.problem}`,
        false,
        UNEXPECTED
      )
    }
    if (value !== undefined) return { _tag: "decoded", value } as const
    return failed(`the response is not what ${provider.name} documents, or was cut off`, false)
  })

  return <A, E>(
    call: Call<A>,
    request: HttpClientRequest.HttpClientRequest,
    isRepeatable: boolean,
    onInFlight: OnInFlight<E>
  ): Effect.Effect<A, RequestError | OutcomeUnknown | E> =>
    Effect.gen(function* () {
      const { operation } = call
      const waits = Waits.make(provider.name, operation, maxWaitMillis, lastLogged)
      const pauseOfFailures = yield* pauses(backoff(settings.retryMillis))
      const pauseOfLimits = yield* pauses(backoff(settings.retryMillis))
      let failures = 0
      let limited = 0
      for (;;) {
        const outcome = yield* once(call, provider.authorise(request), onInFlight, waits)
        if (outcome._tag === "decoded") return outcome.value
        const { errorResponse, isUndone, problem, remedy, status } = outcome
        if (isUndone) yield* onInFlight(false)
        if (errorResponse?.kind === "final") return yield* errorOf(operation, status, errorResponse)
        if (errorResponse?.kind === "rate limit") {
          if (++limited > MOST_LIMITED || waits.areUsedUp()) {
            return yield* stillLimited(operation, limited, provider.name, maxWaitMillis)
          }
          yield* waits.wait(errorResponse.retryAfter, yield* pauseOfLimits)
          continue
        }
        if (!isRepeatable && !isUndone) return yield* new OutcomeUnknown({ problem })
        if (++failures >= settings.attempts || remedy !== undefined) {
          return yield* new SourceError.RequestFailed({
            operation,
            attempts: failures,
            problem,
            hint: remedy ?? "Check the connection, then run again."
          })
        }
        yield* waits.wait(errorResponse?.retryAfter, yield* pauseOfFailures)
      }
    }).pipe(Spans.withSpan(`${provider.span}.request`, { operation: call.operation }))
}

// internal

/** 20 KiB for each record of a page with at most 200 records. */
const MAX_RESPONSE_BYTES = 4 << 20

/** The response is complete, so a retry would return the same. */
const UNEXPECTED =
  "A retry would return the same. Fix the connector, or the service's address in its settings."

/** How many "too many requests" responses to one request are waited out. */
const MOST_LIMITED = 200

const stillLimited = (operation: string, attempts: number, service: string, maxWaitMillis: number) =>
  new SourceError.RequestFailed({
    operation,
    attempts,
    problem: `${service} limits the rate of requests and asks for longer waits than maxWait allows (${Waits.duration(maxWaitMillis)} for one request)`,
    hint: "Run again later, or raise maxWait."
  })

const errorOf = (operation: string, status: number, { about, code, hint, problem }: ErrorResponse) =>
  new SourceError.RequestRejected({
    operation,
    status,
    code,
    problem,
    hint,
    ...(about === undefined ? {} : { about })
  })
