// Errors of inputs.
import * as Schema from "effect/Schema"
import * as SystemProblem from "../../errors/SystemProblem.ts"
import { TaggedError } from "../../errors/TaggedError.ts"
import { InvalidConfig } from "./invalidConfig.ts"

/**
 * The input could not be opened or read.
 *
 * @category errors
 * @since 0.1.0
 */
export class ReadFailed extends TaggedError<ReadFailed>("@chatferry/core/SourceError/ReadFailed")(
  "ReadFailed",
  {
    path: Schema.String,
    cause: Schema.Defect()
  }
) {
  override get message(): string {
    return SystemProblem.sentence("cannot read", this.path, this.cause)
  }
}

/**
 * The input is readable but invalid: a truncated file, broken JSON, a wrong checksum.
 * `location` names file, entry and byte.
 *
 * @category errors
 * @since 0.1.0
 */
export class CorruptInput extends TaggedError<CorruptInput>("@chatferry/core/SourceError/CorruptInput")(
  "CorruptInput",
  { location: Schema.String, problem: Schema.String, hint: Schema.String }
) {
  override get message(): string {
    return `${this.problem} at ${this.location}. ${this.hint}`
  }
}

/**
 * The input exceeds a limit, such as an archive that inflates to a thousand times its
 * size.
 *
 * @category errors
 * @since 0.1.0
 */
export class LimitExceeded extends TaggedError<LimitExceeded>("@chatferry/core/SourceError/LimitExceeded")(
  "LimitExceeded",
  {
    location: Schema.String,
    setting: Schema.String,
    limit: Schema.Finite,
    actual: Schema.Finite
  }
) {
  override get message(): string {
    return `${this.location} exceeds ${this.setting} (${this.actual} > ${this.limit}). Raise the setting if the input is trusted.`
  }
}

/**
 * An input holds nothing that the source can read.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnrecognisedInput extends TaggedError<UnrecognisedInput>(
  "@chatferry/core/SourceError/UnrecognisedInput"
)("UnrecognisedInput", {
  input: Schema.String,
  /** What was looked for: `a Sendbird export`. */
  expected: Schema.String,
  /** The files that were found, counted by extension: `1 .txt, 3 .json`. */
  found: Schema.String,
  hint: Schema.String
}) {
  override get message(): string {
    return `nothing in ${this.input} looks like ${this.expected}: ${this.found}. ${this.hint}`
  }
}

/**
 * A file that was probably damaged during or after its transfer.
 *
 * @category constructors
 * @since 0.1.0
 */
export const damagedFile = (location: string, problem: string): CorruptInput =>
  new CorruptInput({
    location,
    problem,
    hint: "Get the file again; if it is still damaged, have it exported again."
  })

/**
 * Why a path in a setting cannot be opened. If nothing is there or it is not readable,
 * the setting is invalid; otherwise reading failed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unopened =
  (setting: string, path: string) =>
  (cause: unknown): InvalidConfig | ReadFailed => {
    const problem = SystemProblem.wrongPathOf(cause)
    return problem === undefined
      ? new ReadFailed({ path, cause })
      : new InvalidConfig({ setting, problem: `${path} ${problem}` })
  }

/**
 * A record or other value that is larger than the setting `maxElementBytes`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const elementTooLarge = (location: string, maxElementBytes: number): LimitExceeded =>
  new LimitExceeded({
    location,
    setting: "maxElementBytes",
    limit: maxElementBytes,
    actual: maxElementBytes + 1
  })
