// Requests to Stream's API. All endpoints share one rate limit here, while Stream counts by endpoint: this waits too long
// rather than too short.
import type { ApiClient } from "@chatferry/connector"
import { StreamClient, type StreamConnection } from "@chatferry/stream-api"
import type * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"

export const make = (
  connection: StreamConnection.Connection
): Effect.Effect<ApiClient.Client, never, HttpClient.HttpClient> =>
  StreamClient.make(connection, { span: "StreamImportApi", hints, canLookUp: true })

// internal

const CHECK_APP = "Check in the Stream Dashboard that the app is active and may be imported into."

const hints: StreamClient.Hints = {
  4: "Check mode and mergeCustom, and that the app may import: Stream's support can switch it on.",
  16: "Check apiKey: imports are seen by their own app only. With state removed from the state folder it is made again.",
  17: "Stream only accepts imports for some apps, such as apps in development mode: ask Stream's support.",
  22: "Split the import into smaller files.",
  70: CHECK_APP,
  99: CHECK_APP
}
