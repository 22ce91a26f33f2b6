/**
 * A provider to test against, defined by a table of routes: real HTTP on the
 * loopback interface, with faults at a given rate or on command.
 *
 * Routes define the responses of the provider; the emulator adds the faults. The
 * same requests in the same order meet the same faults. If a route dies, the
 * cause is logged and the client gets HTTP 500.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import { allowance } from "../internal/http/allowance.ts"
import { delivered, html, json } from "../internal/http/answers.ts"
import { matching, tally } from "../internal/http/calls.ts"
import { faultsAmong } from "../internal/http/faults.ts"
import * as HttpServer from "../internal/http/httpServer.ts"
import { type Fault as AnyFault, kinds } from "../internal/http/requestFaults.ts"
import { targetOf } from "../internal/http/targets.ts"
import * as Schemas from "../internal/options.ts"

/**
 * What can go wrong with any request.
 *
 * - `rateLimited`: HTTP 429 with `Retry-After`, alternating between seconds and a date
 * - `serverError`: HTTP 500 with JSON and HTTP 503 with HTML, alternating
 * - `redirected`: HTTP 307 to another host, which responds with HTML
 * - `garbage`: HTTP 200 with HTML, like the login page of a captive portal
 * - `lostRequest`: the connection ends and nothing was done
 * - `lostResponse`: the request is executed, but the connection ends instead of a response
 * - `cutBody`: the request is executed, but the connection ends after half of the response
 * - `slowBody`: the response comes in pieces, `slowMillis` later at most
 *
 * @category models
 * @since 0.1.0
 */
export type Fault = AnyFault

/**
 * All faults.
 *
 * @category models
 * @since 0.1.0
 */
export const faults: ReadonlyArray<Fault> = kinds

/**
 * A request of a client.
 *
 * @category models
 * @since 0.1.0
 */
export interface Request {
  readonly method: string
  /** As received, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** The decoded values of the route's parameters, such as `{id}`, by name. */
  readonly parameters: Readonly<Record<string, string>>
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/**
 * The response of a route.
 *
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  /** @default 200 */
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Text or bytes as they are, or a value that is written as JSON. @default nothing */
  readonly body?: unknown
}

/**
 * Answers the requests of one call. State that must persist between requests is
 * kept in its closure.
 *
 * @category models
 * @since 0.1.0
 */
export type Route<R = never> = (request: Request) => Answer | Effect.Effect<Answer, never, R>

/**
 * What to emulate.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options<R = never> {
  /** By method and path, such as `GET /users/{id}`. The first match responds. Without a match, the response is HTTP 404. */
  readonly routes: Readonly<Record<string, Route<R>>>
  /** Share of requests with each fault, from 0 to 1. @default none */
  readonly faults?: Readonly<Partial<Record<Fault, number>>> | undefined
  /** After this many faults in a row, the same request succeeds. @default 3 */
  readonly faultsInARow?: number | undefined
  /** Number of calls per period of the given seconds. Further calls are `rateLimited`. @default unlimited */
  readonly rateLimit?: { readonly calls: number; readonly seconds: number } | undefined
  /** `Retry-After` of the fault `rateLimited`, in whole seconds. @default 0 */
  readonly retryAfter?: number | undefined
  /** Port of the emulator. @default any free port */
  readonly port?: number | undefined
  /** Seed of the faults. @default 1 */
  readonly seed?: number | undefined
  /** Total pause of a slow body, in milliseconds of real time. @default 200 */
  readonly slowMillis?: number | undefined
}

/**
 * A running emulator.
 *
 * @category models
 * @since 0.1.0
 */
export interface Emulator {
  /** Such as `http://127.0.0.1:40123`. */
  readonly baseUrl: string
  /** Number of requests per route, by name; `unknown` for requests without a route. Faults count too. */
  readonly requests: () => Readonly<Record<string, number>>
  /** Requests that followed a redirect to the other host. None of them should have a token. */
  readonly strayed: () => ReadonlyArray<Request>
  readonly faultsGiven: () => Readonly<Record<Fault, number>>
  /** Gives the next `times` requests this fault. */
  readonly failNext: (fault: Fault, times?: number) => Effect.Effect<void>
}

/**
 * Starts an emulator, which stops when the scope closes. Its time is the clock of
 * the effect that starts it. Wrong options are a defect.
 *
 * @category running
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* <R = never>(
  options: Options<R>
): Effect.fn.Return<Emulator, PlatformError.PlatformError, R | Scope.Scope> {
  Schemas.judge(Schemas.Emulator, options)
  const { faultsInARow = 3, rateLimit, retryAfter = 0, routes, seed = 1, slowMillis = 200 } = options
  const now = yield* Effect.map(Clock.Clock, (clock) => () => clock.currentTimeMillisUnsafe())
  const faults = faultsAmong(kinds, { seed, shares: options.faults ?? {}, inARow: faultsInARow })
  const allowed = rateLimit && allowance(rateLimit, now)
  const callOf = matching(Object.keys(routes))
  const calls = tally()
  const strayed: Array<Request> = []
  let limitedCount = 0
  let errors = 0

  const elsewhere = yield* HttpServer.listen({ port: 0, slowMillis }, (request) =>
    Effect.sync(() => {
      strayed.push(shown(request, {}))
      return html(200, "This is another host")
    })
  )

  const limited = (seconds: number): HttpServer.Answer => {
    const date = new Date(now() + seconds * 1000).toUTCString()
    const value = limitedCount++ % 2 === 0 ? String(seconds) : date
    return withHeaders(json(429, { error: "Too many requests" }), { "Retry-After": value })
  }

  const failed = (): HttpServer.Answer =>
    errors++ % 2 === 0
      ? json(500, { error: "Internal server error" })
      : html(503, "503 Service Temporarily Unavailable")

  const answered = (request: HttpServer.Request): Effect.Effect<HttpServer.Answer, never, R> => {
    const { body, method, target } = request
    const { path } = targetOf(target)
    const call = callOf(method, path)
    calls.count(call?.name ?? "unknown")
    if (allowed?.take() === false)
      return Effect.succeed(limited(Math.max(1, Math.ceil((allowed.endsAt() - now()) / 1000))))
    const fault = faults.of(`${method} ${target} ${body}`, ALL)
    switch (fault) {
      case "rateLimited":
        return Effect.succeed(limited(retryAfter))
      case "serverError":
        return Effect.succeed(failed())
      case "redirected":
        return Effect.succeed(
          withHeaders(html(307, "Moved"), { Location: `http://127.0.0.1:${elsewhere}${target}` })
        )
      case "garbage":
        return Effect.succeed(html(200, "Please sign in to this network"))
      case "lostRequest":
        return Effect.succeed({ ...html(500, "Nothing"), delivery: "none" })
    }
    const route = call && routes[call.name]
    if (call === undefined || route === undefined)
      return Effect.succeed(json(404, { error: `There is no ${method} ${path}` }))
    return Effect.map(answerOf(route, shown(request, call.parameters)), (given) => delivered(given, fault))
  }

  const port = yield* HttpServer.listen({ port: options.port ?? 0, slowMillis }, (request) =>
    Effect.suspend(() => answered(request))
  )
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    requests: calls.counts,
    strayed: () => [...strayed],
    faultsGiven: faults.given,
    failNext: (fault, times = 1) => Effect.sync(() => faults.next(fault, times))
  }
})

// internal

const ALL: ReadonlySet<Fault> = new Set(kinds)

const shown = (
  { body, headers, method, target }: HttpServer.Request,
  parameters: Request["parameters"]
): Request => ({ method, ...targetOf(target), parameters, headers, body })

const answerOf = <R>(route: Route<R>, request: Request): Effect.Effect<HttpServer.Answer, never, R> =>
  Effect.suspend(() => {
    const answer = route(request)
    return Effect.isEffect(answer) ? answer : Effect.succeed(answer)
  }).pipe(
    Effect.map(sent),
    Effect.catchDefect((defect) =>
      Effect.as(
        Effect.logError(`The route of ${request.method} ${request.path} died`, defect),
        json(500, { error: "The route died; the log has the error." })
      )
    )
  )

const sent = ({ body = "", headers = {}, status = 200 }: Answer): HttpServer.Answer => {
  const isJson = typeof body !== "string" && !(body instanceof Uint8Array)
  return isJson
    ? withHeaders(json(status, body), headers)
    : { status, headers, body: HttpServer.text(body), delivery: "whole" }
}

const withHeaders = (
  answer: HttpServer.Answer,
  headers: Readonly<Record<string, string>>
): HttpServer.Answer => ({ ...answer, headers: { ...answer.headers, ...headers } })
