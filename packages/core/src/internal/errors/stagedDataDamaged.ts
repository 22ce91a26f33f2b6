// What a run has staged is not what it wrote, whether the runner finds it or a sink.
import * as Schema from "effect/Schema"
import { TaggedError } from "../../errors/TaggedError.ts"
import { startAgain } from "./startAgain.ts"

/**
 * What a run has staged is not what it wrote. Nothing was published.
 *
 * @category errors
 * @since 0.1.0
 */
export class StagedDataDamaged extends TaggedError<StagedDataDamaged>("@chatferry/core/StagedDataDamaged")(
  "StagedDataDamaged",
  {
    /** The file that is damaged. */
    path: Schema.String,
    /** What is wrong with it, as the end of a sentence that begins with the file. */
    problem: Schema.String,
    /** What to remove to start again, in words; the runner fills it in. */
    remove: Schema.optionalKey(Schema.String)
  }
) {
  override get message(): string {
    return `staged data is damaged: ${this.path} ${this.problem}. This run cannot be resumed: ${startAgain(this.remove)}.`
  }
}
