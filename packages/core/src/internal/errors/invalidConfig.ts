// The error for settings of sources and sinks.
import * as Schema from "effect/Schema"
import { TaggedError } from "../../errors/TaggedError.ts"

const Problem = { setting: Schema.String, problem: Schema.String }

/**
 * A setting is invalid. `setting` is its path, such as `policy.errorBudget.percent`,
 * and `problem` describes the problem; `more` lists the other invalid settings of the
 * same configuration.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidConfig extends TaggedError<InvalidConfig>("@chatferry/core/InvalidConfig")(
  "InvalidConfig",
  { ...Problem, more: Schema.optionalKey(Schema.Array(Schema.Struct(Problem))) }
) {
  override get message(): string {
    return [this, ...(this.more ?? [])].map(sentence).join("; ").replaceAll("?; ", "? ")
  }
}

// internal

/** Most problems continue a sentence that begins with the setting's name. */
const CONTINUES = /^(?:must|is|has|works|cannot)\b/u

const sentence = ({ problem, setting }: { readonly setting: string; readonly problem: string }) =>
  CONTINUES.test(problem) ? `${setting} ${problem}` : `${setting}: ${problem}`
