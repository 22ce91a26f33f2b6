/**
 * What the rules for sources, sinks and transforms have in common.
 *
 * A rule is a plain value with a name and an effect, so it runs under any test
 * runner. Register each as one test.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/**
 * A broken rule. It reports what was expected and what was found in words,
 * counts and locations, never in the contents of records. The error that broke
 * the rule is its `cause`, with its stack.
 *
 * @category errors
 * @since 0.1.0
 */
export class ContractViolation extends Schema.TaggedError<ContractViolation>(
  "@chatferry/testkit/ContractViolation"
)("ContractViolation", {
  rule: Schema.String,
  expected: Schema.String,
  actual: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message(): string {
    return `${this.rule}: expected ${this.expected}, got ${this.actual}`
  }
}

/**
 * One rule, ready to run.
 *
 * @category models
 * @since 0.1.0
 */
export interface Rule<out R> {
  readonly name: string
  readonly check: Effect.Effect<void, ContractViolation, R>
}

/**
 * Checks the rule with this name. For fixtures that are only made when a rule is
 * checked: rule names do not depend on the fixture.
 *
 * @category testing
 * @since 0.1.0
 */
export const check = <R>(
  rules: ReadonlyArray<Rule<R>>,
  name: string
): Effect.Effect<void, ContractViolation, R> =>
  rules.find((rule) => rule.name === name)?.check ??
  Effect.fail(new ContractViolation({ rule: name, expected: "a rule of this name", actual: "none" }))
