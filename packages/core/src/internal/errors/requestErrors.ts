// Errors of services that a source reads from or a sink writes to.
import * as Schema from "effect/Schema"
import { TaggedError } from "../../errors/TaggedError.ts"

/**
 * A service understood the request and rejected it: a wrong token, a plan without the
 * feature, a parameter out of range. Retrying does not help.
 *
 * @category errors
 * @since 0.1.0
 */
export class RequestRejected extends TaggedError<RequestRejected>(
  "@chatferry/core/RequestError/RequestRejected"
)("RequestRejected", {
  /** The operation, without URLs and credentials. */
  operation: Schema.String,
  status: Schema.Int,
  /** The service's own code; `null` if it did not give one. */
  code: Schema.NullOr(Schema.Int),
  problem: Schema.String,
  hint: Schema.String,
  /** The rejected part of the request, as an identifier for the connector's code. It is not shown to users. */
  about: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const code = this.code === null ? "" : `, code ${this.code}`
    return `${this.operation} was rejected (HTTP ${this.status}${code}): ${this.problem}. ${this.hint}`
  }
}

/**
 * A service could not be reached, or did not carry out the request, after as many
 * attempts as the settings allow.
 *
 * @category errors
 * @since 0.1.0
 */
export class RequestFailed extends TaggedError<RequestFailed>("@chatferry/core/RequestError/RequestFailed")(
  "RequestFailed",
  {
    operation: Schema.String,
    attempts: Schema.Int,
    problem: Schema.String,
    hint: Schema.String
  }
) {
  override get message(): string {
    const attempts = this.attempts === 1 ? "1 attempt" : `${this.attempts} attempts`
    return `${this.operation} failed after ${attempts}: ${this.problem}. ${this.hint}`
  }
}
