/**
 * Rules for every transform, as values that any test runner can run.
 *
 * A resumed run cuts its batches differently, and a run with several threads
 * applies a transform to several batches at once. So the result for a record may
 * depend on the record alone.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type { Entity, Transform } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as EntityGenerator from "../harness/EntityGenerator.ts"
import { difference } from "../internal/contract/engine/difference.ts"
import { frozen } from "../internal/contract/engine/frozen.ts"
import { first, rule, type Verdict } from "../internal/contract/engine/rule.ts"
import * as Checks from "../internal/contract/transform/checks.ts"
import type { Rule } from "./Contract.ts"

/**
 * The transform to check and the entities to apply it to.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options<E, R> {
  /** Makes the transform. It is called for each rule, for some twice. */
  readonly make: () => Transform.Transform<E, R>
  /** The entities to apply it to, in this order. @default `EntityGenerator.make()` */
  readonly entities?: ReadonlyArray<Entity.Entity> | undefined
}

/**
 * Lists the rules for a transform.
 *
 * @category testing
 * @since 0.1.0
 */
export const rules = <E, R>({
  entities = EntityGenerator.make(),
  make
}: Options<E, R>): ReadonlyArray<Rule<R>> => {
  const whole = Math.max(1, entities.length)
  const given = () => structuredClone(entities)
  const about = (
    name: string,
    judge: (outcome: Checks.Outcome, transform: Transform.Transform<E, R>) => Verdict | undefined
  ) =>
    rule(
      name,
      Effect.suspend(() => {
        const transform = make()
        return Effect.map(Checks.applied(transform, given(), whole), (outcome) => judge(outcome, transform))
      })
    )
  const sameAs = (
    name: string,
    others: (expected: Checks.Outcome) => Effect.Effect<Verdict | undefined, unknown, R>
  ) =>
    rule(
      name,
      Effect.suspend(() => Effect.flatMap(Checks.applied(make(), given(), whole), others))
    )
  return [
    about("accounts for every record of each kind", (outcome) => Checks.balances(entities, outcome)),
    about("gives entities that are valid and survive JSON", Checks.isValid),
    about("gives declared codes for the records it leaves out", (outcome, transform) =>
      Checks.saysWhy(transform, outcome)
    ),
    sameAs("gives the same result for any batch size", (expected) =>
      Effect.map(
        Effect.forEach([1, 7, 333], (size) =>
          Effect.map(Checks.applied(make(), given(), size), (actual) =>
            Checks.sameOutcome(`in batches of ${size}`, expected, actual)
          )
        ),
        first
      )
    ),
    rule(
      "gives the same result each time",
      Effect.suspend(() => {
        const transform = make()
        const run = Effect.suspend(() => Checks.applied(transform, given(), 50))
        return Effect.zipWith(run, run, (a, b) => Checks.sameOutcome("again", a, b))
      })
    ),
    rule(
      "gives the same result when it is applied to several batches at once",
      Effect.suspend(() =>
        Effect.zipWith(
          Checks.applied(make(), given(), 20),
          Checks.applied(make(), given(), 20, 8),
          (alone, together) => Checks.sameOutcome("of batches at once", alone, together)
        )
      )
    ),
    sameAs("does not modify the entities it is given", (expected) =>
      Effect.map(Checks.applied(make(), frozen(given()), whole), (actual) =>
        Checks.sameOutcome("of frozen entities", expected, actual)
      )
    ),
    rule(
      "has the same fingerprint each time",
      Effect.sync(() => {
        const path = difference(make().fingerprint, make().fingerprint)
        return path === undefined
          ? undefined
          : { expected: "the same fingerprint of the same transform", actual: `a different one at ${path}` }
      })
    )
  ]
}
