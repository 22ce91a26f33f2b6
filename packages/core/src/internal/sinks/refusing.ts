import type * as Effect from "effect/Effect"
import type { Division } from "../../run/Phase.ts"
import type { SinkError } from "../../SinkError.ts"

/** The division of a sink whose settings are wrong: whatever it is used for fails. */
export const refusing = (fail: Effect.Effect<never, SinkError>): Division => ({
  phases: [{ name: "refuse", after: [], parts: 1, open: () => fail }],
  publish: () => fail
})
