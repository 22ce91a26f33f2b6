// Which rules a connector breaks.
import { type Contract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { Effect, Result } from "effect"

type Rules<R> = ReadonlyArray<Contract.Rule<R>>

/** The names of all broken rules with their messages, or of the first few. */
export const violated = <R>(
  rules: Rules<R>,
  most = Number.POSITIVE_INFINITY
): Effect.Effect<ReadonlyMap<string, string>, never, Exclude<R, NodeServices.NodeServices>> =>
  Effect.gen(function* () {
    const found = new Map<string, string>()
    for (const { check, name } of rules) {
      if (found.size >= most) break
      const result = yield* Effect.result(Effect.timeout(check, "1 minute"))
      if (Result.isFailure(result)) found.set(name, result.failure.message)
    }
    return found
  }).pipe(Effect.provide(NodeServices.layer))

/** The only rule with a name, which must exist. */
export const named = <R>(rules: Rules<R>, name: string): Rules<R> => {
  const found = rules.filter((rule) => rule.name === name)
  if (found.length !== 1) throw new Error(`${found.length} rules called ${name}`)
  return found
}
