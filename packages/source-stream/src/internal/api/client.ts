// The client of Stream's API. Rate limits are counted by endpoint.
import type { ApiClient } from "@chatferry/connector"
import { StreamClient, type StreamConnection } from "@chatferry/stream-api"
import type * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import { aboutOf } from "./about.ts"

export const make = (
  connection: StreamConnection.Connection
): Effect.Effect<ApiClient.Client, never, HttpClient.HttpClient> =>
  StreamClient.make(connection, {
    span: "Stream",
    hints,
    about: aboutOf,
    // Stream has no list of tasks.
    canLookUp: false
  })

// internal

const hints: StreamClient.Hints = {
  4: "Check the ids in channels and users, batchSize, messagesSince and messagesUntil.",
  16: "Check apiKey and the ids in channels and users: each app has its own.",
  17: "Exports need a server token: check apiSecret, and ask Stream whether the app's plan includes exports.",
  22: "Lower batchSize.",
  70: "Ask Stream's support whether the app's plan includes exports.",
  99: "Check in the Stream Dashboard that the app is active."
}
