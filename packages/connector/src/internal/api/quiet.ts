// Requests as they are made here: nothing of them goes into spans, and no client follows a redirect by itself.
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Option from "effect/Option"

/**
 * Spans of a client hold addresses and headers; ours hold the name of the
 * operation. `fetch` follows redirects unless it is told not to, and takes
 * along headers that it does not know to be credentials.
 */
export const quiet = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.serviceOption(FetchHttpClient.RequestInit), (init) =>
    effect.pipe(
      Effect.provideService(FetchHttpClient.RequestInit, {
        ...Option.getOrUndefined(init),
        redirect: "manual"
      }),
      Effect.provideService(HttpClient.TracerDisabledWhen, () => true)
    )
  )
