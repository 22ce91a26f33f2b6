// Keeps requests out of spans, and keeps clients from following redirects.
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Option from "effect/Option"

/**
 * Spans of a client contain addresses and headers; ours contain the name of the
 * operation. `fetch` follows redirects by default, and sends along headers that it
 * does not know to be credentials.
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
