import type { ApiClient } from "@chatferry/connector"
import { StreamClient, type StreamConnection } from "@chatferry/stream-api"
import { Clock, Effect, Random, Redacted } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"

/** A response, or the reason why there is none. */
export type Answer = Response | "ECONNREFUSED" | "ECONNRESET"

export const json = (body: object, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers })

export const refusal = (code: number, status: number, fields: object = {}) =>
  json({ code, message: "no", StatusCode: status, ...fields }, status)

/** A response of the edge in front of Stream. */
export const page = (status: number) => new Response("<html></html>", { status })

const connection: StreamConnection.Connection = {
  baseUrl: "https://chat.example",
  apiKey: "key",
  token: Redacted.make("token"),
  attempts: 3,
  requestTimeoutMillis: 60_000,
  retryMillis: [500, 30_000]
}

const options: StreamClient.Options = {
  span: "Test",
  canLookUp: false,
  hints: { 4: "hint 4", 16: "hint 16", 17: "hint 17", 22: "hint 22", 70: "hint 70", 99: "hint 99" }
}

export const look = {
  operation: "looking",
  path: "/tasks/1",
  decode: (body: Buffer) => (String(body).endsWith("}") ? String(body) : undefined)
}

/** Runs ten minutes with the given responses in order: the requests, their times and the outcome. */
export const against = <A, E>(
  answers: ReadonlyArray<() => Answer>,
  calls: (
    client: ApiClient.Client,
    another: (apiKey: string) => Effect.Effect<ApiClient.Client>
  ) => Effect.Effect<A, E>,
  given: Partial<StreamClient.Options> = {}
) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const asked: Array<{
      readonly url: URL
      readonly headers: Readonly<Record<string, string | undefined>>
    }> = []
    const http = HttpClient.make((request, url) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        times.push(now)
        asked.push({ url, headers: request.headers })
        const answer = answers[times.length - 1]?.() ?? json({})
        if (answer instanceof Response) return Effect.succeed(HttpClientResponse.fromWeb(request, answer))
        const reason = new HttpClientError.TransportError({ request, cause: { code: answer } })
        return Effect.fail(new HttpClientError.HttpClientError({ reason }))
      })
    )
    const make = (apiKey: string) =>
      StreamClient.make({ ...connection, apiKey }, { ...options, ...given }).pipe(
        Effect.provideService(HttpClient.HttpClient, http)
      )
    const client = yield* make(connection.apiKey)
    const outcome: { current?: A | E } = {}
    const fiber = yield* Effect.forkChild(
      calls(client, make).pipe(
        Effect.match({
          onFailure: (error) => void (outcome.current = error),
          onSuccess: (value) => void (outcome.current = value)
        }),
        // Randomness without any effect on pauses.
        Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 0.5, nextIntUnsafe: () => 0 })
      )
    )
    yield* TestClock.adjust("10 minutes")
    fiber.interruptUnsafe()
    return { times, asked, outcome: outcome.current }
  })
