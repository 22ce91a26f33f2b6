/** A service in memory: keeps what it is asked, and answers or does not. */
import { Clock, Effect } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"

export interface Call {
  readonly method: string
  readonly url: URL
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  /** As text. */
  readonly body: string
  /** Milliseconds of the clock. */
  readonly at: number
}

/** An answer, or why there is none. */
export type Answer = Response | "ECONNREFUSED" | "ECONNRESET"

/** A client that asks too often does not end by itself. */
const MOST_CALLS = 20_000

/** Is given each call with its number, from 1. */
export const make = (answer: (call: Call, number: number) => Answer) => {
  const calls: Array<Call> = []
  const http = HttpClient.make((request, url) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      const call: Call = {
        method: request.method,
        url,
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: request.body._tag === "Uint8Array" ? Buffer.from(request.body.body).toString() : "",
        at
      }
      if (calls.push(call) > MOST_CALLS) throw new Error("the requests do not come to an end")
      const given = answer(call, calls.length)
      if (given instanceof Response) return Effect.succeed(HttpClientResponse.fromWeb(request, given))
      const reason = new HttpClientError.TransportError({ request, cause: { code: given } })
      return Effect.fail(new HttpClientError.HttpClientError({ reason }))
    })
  )
  return { calls, http }
}

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(value), { status, headers })
