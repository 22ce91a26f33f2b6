import type * as Effect from "effect/Effect"
import type { Division } from "../../run/Phase.ts"
import type { SinkError } from "../../SinkError.ts"

/** The division of a sink with invalid settings: every use of it fails. */
export const invalid = (fail: Effect.Effect<never, SinkError>): Division => ({
  phases: [{ name: "reject", after: [], parts: 1, open: () => fail }],
  publish: () => fail
})
