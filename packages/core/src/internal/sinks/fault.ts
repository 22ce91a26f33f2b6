// Invalid requests of a sink to the runner: no run can succeed until the sink's author has fixed them.
import * as Effect from "effect/Effect"
import { InvalidConfig, SinkError } from "../../SinkError.ts"

/** Thrown, because pieces and rows are added without effects. */
export class Fault extends Error {}

/** Turns a fault into an error of the sink. */
export const asError =
  (sink: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | SinkError, R> =>
    Effect.catchDefect(effect, (defect) =>
      defect instanceof Fault
        ? Effect.fail(
            new SinkError({ sink, reason: new InvalidConfig({ setting: "divide", problem: defect.message }) })
          )
        : Effect.die(defect)
    )
