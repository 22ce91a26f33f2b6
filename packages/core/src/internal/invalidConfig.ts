// A setting that cannot work, whether a source was given it or a sink.
import * as Schema from "effect/Schema"
import { TaggedError } from "../TaggedError.ts"

/**
 * Something was asked for that cannot work.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidConfig extends TaggedError<InvalidConfig>("@chatferry/core/InvalidConfig")(
  "InvalidConfig",
  { setting: Schema.String, problem: Schema.String }
) {
  override get message(): string {
    return `${this.setting}: ${this.problem}`
  }
}
