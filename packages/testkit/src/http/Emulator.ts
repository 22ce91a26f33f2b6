/**
 * A provider to test against that is a table of routes: real HTTP on the loopback
 * interface, with requests that go wrong as often as wished or on command.
 *
 * Routes say what the provider answers; what goes wrong on the way is done here.
 * The same requests in the same order meet the same faults. What a route dies of
 * is logged, and its client gets HTTP 500.
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
 * - `rateLimited`: HTTP 429 with `Retry-After`, in seconds and as a date in turn
 * - `serverError`: HTTP 500 with JSON and HTTP 503 with a page in turn
 * - `redirected`: HTTP 307 to another host, which answers with a page
 * - `garbage`: HTTP 200 with a page, as networks answer that want somebody to sign in
 * - `lostRequest`: the connection ends and nothing was done
 * - `lostResponse`: what was asked is done, and the connection ends instead of an answer
 * - `cutBody`: done, and the connection ends after half of the answer
 * - `slowBody`: the answer comes in pieces, within `slowMillis` longer
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
  /** As it came, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** What stands where the route has `{id}`, by that name; decoded. */
  readonly parameters: Readonly<Record<string, string>>
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

/**
 * What a route answers.
 *
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  /** @default 200 */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text or bytes as they are, or a value that is written as JSON. @default nothing */
  readonly body?: unknown
}

/**
 * Answers the requests of one call. What it is to keep between them, it closes
 * over.
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
  /** By method and path, such as `GET /users/{id}`. The first one that fits answers; what fits none gets HTTP 404. */
  readonly routes: Readonly<Record<string, Route<R>>>
  /** Shares of at least 0 and at most 1 of the requests that have a fault. Default none. */
  readonly faults?: Readonly<Partial<Record<Fault, number>>> | undefined
  /** After so many faults in a row, the same request succeeds. Default 3. */
  readonly faultsInARow?: number | undefined
  /** Calls in each period of so many seconds; those above are `rateLimited`. Default as many as there are. */
  readonly rateLimit?: { readonly calls: number; readonly seconds: number } | undefined
  /** What `Retry-After` of the fault `rateLimited` says, in whole seconds. Default 0. */
  readonly retryAfter?: number | undefined
  /** Default any free one. */
  readonly port?: number | undefined
  /** Seed of faults; 1. */
  readonly seed?: number | undefined
  /** How long a slow body pauses in all, in milliseconds of real time. Default 200. */
  readonly slowMillis?: number | undefined
}

/**
 * An emulator that runs.
 *
 * @category models
 * @since 0.1.0
 */
export interface Emulator {
  /** Such as `http://127.0.0.1:40123`. */
  readonly baseUrl: string
  /** How often each route was asked for, by its name; `unknown` for none. Faults count too. */
  readonly requests: () => Readonly<Record<string, number>>
  /** Requests that followed a redirect to the other host, which nobody should have told a token. */
  readonly strayed: () => ReadonlyArray<Request>
  readonly faultsGiven: () => Readonly<Record<Fault, number>>
  /** The next `times` requests have the fault. */
  readonly failNext: (fault: Fault, times?: number) => Effect.Effect<void>
}

/**
 * Starts an emulator; it stops when the scope closes. Time is that of the clock of
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
  let refusals = 0
  let errors = 0

  const elsewhere = yield* HttpServer.listen({ port: 0, slowMillis }, (request) =>
    Effect.sync(() => {
      strayed.push(shown(request, {}))
      return html(200, "This is another host")
    })
  )

  const limited = (seconds: number): HttpServer.Answer => {
    const date = new Date(now() + seconds * 1000).toUTCString()
    const told = refusals++ % 2 === 0 ? String(seconds) : date
    return withHeaders(json(429, { error: "Too many requests" }), { "Retry-After": told })
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
