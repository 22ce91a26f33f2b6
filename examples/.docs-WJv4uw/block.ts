import { Settings } from "@chatferry/core"
import { StreamClient, StreamConnection } from "@chatferry/stream-api"
import { Effect, type Redacted } from "effect"

export const connect = (apiKey: string, apiSecret: Redacted.Redacted) =>
  Effect.gen(function* () {
    const connection = yield* Settings.resolve(() => StreamConnection.of({ apiKey, apiSecret }))
    return yield* StreamClient.make(connection, {
      span: "MyConnector",
      canLookUp: false,
      hints: {
        4: "Check the ids in the settings.",
        16: "Check apiKey: each app has its own users.",
        17: "Check the roles of the app.",
        22: "Ask for less at once.",
        70: "Ask Stream's support whether the plan includes this.",
        99: "Check in the Stream Dashboard that the app is active."
      }
    })
  })
