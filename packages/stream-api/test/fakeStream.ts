import type { ApiClient } from "@chatferry/connector"
import { StreamClient, type StreamConnection } from "@chatferry/stream-api"
import { Effect, Random, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import * as FakeService from "../../../test/fakeService.ts"

export type { Answer } from "../../../test/fakeService.ts"
export const { json } = FakeService

export const errorResponse = (code: number, status: number, fields: object = {}) =>
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
  decode: (body: Uint8Array) => {
    const text = Buffer.from(body).toString()
    return text.endsWith("}") ? text : undefined
  }
}

/** Runs ten minutes with the given responses in order: the requests, their times and the outcome. */
export const against = <A, E>(
  answers: ReadonlyArray<() => FakeService.Answer>,
  calls: (
    client: ApiClient.Client,
    another: (apiKey: string) => Effect.Effect<ApiClient.Client>
  ) => Effect.Effect<A, E>,
  given: Partial<StreamClient.Options> = {}
) =>
  Effect.gen(function* () {
    const { calls: asked, http } = FakeService.make((_, number) => answers[number - 1]?.() ?? json({}))
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
    return { times: asked.map(({ at }) => at), asked, outcome: outcome.current }
  })
