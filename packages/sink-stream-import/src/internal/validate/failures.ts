import { SinkError } from "@chatferry/core"
import { Printable, SystemProblem, TaggedError } from "@chatferry/core/errors"
import * as Schema from "effect/Schema"

export class ReadFailed extends TaggedError.TaggedError<ReadFailed>(
  "@chatferry/sink-stream-import/StreamImportValidator/ReadFailed"
)("ReadFailed", { path: Schema.String, cause: Schema.Defect() }) {
  override get message(): string {
    return SystemProblem.sentence("cannot read", this.path, this.cause)
  }
}

export class StageFailed extends TaggedError.TaggedError<StageFailed>(
  "@chatferry/sink-stream-import/StreamImportValidator/StageFailed"
)("StageFailed", { directory: Schema.String, cause: Schema.Defect() }) {
  override get message(): string {
    const problem = SystemProblem.sentence("cannot store ids in", this.directory, this.cause)
    return `${problem.replace(/\.$/u, "")}. Choose another folder with stageDirectory.`
  }
}

export const ValidatorErrorReason = Schema.Union([SinkError.InvalidConfig, ReadFailed, StageFailed])
export type ValidatorErrorReason = typeof ValidatorErrorReason.Type

export class ValidatorError extends TaggedError.TaggedError<ValidatorError>(
  "@chatferry/sink-stream-import/StreamImportValidator/ValidatorError"
)("ValidatorError", { reason: ValidatorErrorReason }) {
  override get message(): string {
    return Printable.line(`stream-import validator: ${this.reason.message}`, Printable.MAX_MESSAGE)
  }
}

export const failure = (reason: ValidatorErrorReason): ValidatorError => new ValidatorError({ reason })
