// What goes wrong with a service, whether a source reads from it or a sink writes to it.
import * as Schema from "effect/Schema"
import { TaggedError } from "../../errors/TaggedError.ts"

/**
 * A service understood the request and refused it: a wrong token, a plan
 * without the feature, a parameter out of range. Asking again does not help.
 *
 * @category errors
 * @since 0.1.0
 */
export class RequestRefused extends TaggedError<RequestRefused>(
  "@chatferry/core/RequestError/RequestRefused"
)("RequestRefused", {
  /** What was asked for, without addresses and credentials. */
  operation: Schema.String,
  status: Schema.Int,
  /** The service's own code; `null` when it gave none. */
  code: Schema.NullOr(Schema.Int),
  problem: Schema.String,
  hint: Schema.String,
  /** What of the request was refused, in a word of the connector's own that its code goes on by; people do not see it. */
  about: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const code = this.code === null ? "" : `, code ${this.code}`
    return `${this.operation} was refused (HTTP ${this.status}${code}): ${this.problem}. ${this.hint}`
  }
}

/**
 * A service could not be reached or did not do what was asked, after as many
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
    const times = this.attempts === 1 ? "once" : `${this.attempts} times`
    return `${this.operation} failed, tried ${times}: ${this.problem}. ${this.hint}`
  }
}
