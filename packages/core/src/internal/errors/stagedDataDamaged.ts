// The error for damaged staged data, found by the runner or by a sink.
import * as Schema from "effect/Schema"
import { TaggedError } from "../../errors/TaggedError.ts"
import { startAgain } from "./startAgain.ts"

/** The data that a run staged is not what it wrote. Nothing was published.
 *
 * @category errors
 * @since 0.1.0
 */
export class StagedDataDamaged extends TaggedError<StagedDataDamaged>("@chatferry/core/StagedDataDamaged")(
  "StagedDataDamaged",
  {
    /** The damaged file. */
    path: Schema.String,
    /** The problem, as the end of a sentence that begins with the file. */
    problem: Schema.String,
    /** What to remove to start again, in words; the runner fills it in. */
    remove: Schema.optionalKey(Schema.String)
  }
) {
  override get message(): string {
    return `staged data is damaged: ${this.path} ${this.problem}. This run cannot be resumed: ${startAgain(this.remove)}.`
  }
}
