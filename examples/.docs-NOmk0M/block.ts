import { Stopping } from "@chatferry/testkit"
import { Effect, Exit } from "effect"
import { HttpClient } from "effect/http"

export const atAnyRequest = <A, E, R>(run: Effect.Effect<A, E, R>, check: Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    for (let n = 1; ; n++) {
      const dying = Stopping.atRequest(client, n, "after")
      const exit = yield* Effect.exit(Effect.provideService(run, HttpClient.HttpClient, dying))
      if (Exit.isSuccess(exit)) return
      yield* check
    }
  })
