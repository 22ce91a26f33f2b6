// Another time zone while an effect runs. Dates take it from the environment of the process.
import process from "node:process"
import * as Effect from "effect/Effect"

/** Half an hour ahead of UTC, half an hour behind it, and with three quarters of an hour. */
export const ZONES = ["Asia/Kolkata", "America/St_Johns", "Pacific/Chatham"]

export const inZone = <A, E, R>(zone: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const before = process.env["TZ"]
      process.env["TZ"] = zone
      return before
    }),
    () => effect,
    (before) =>
      Effect.sync(() => {
        if (before === undefined) delete process.env["TZ"]
        else process.env["TZ"] = before
      })
  )
