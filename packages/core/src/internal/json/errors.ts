import * as Data from "effect/Data"

/** The result of a failed parse. */
export type ParseProblem = "not valid JSON" | "not valid UTF-8" | "nested too deeply"

export type ElementProblem = ParseProblem | "too large" | "too many values"

export type LineProblem = ParseProblem | "too long" | "too many values"

const SYNTAX_PROBLEMS = {
  "not an object or array": "expected a JSON object or array",
  "no comma after an element": "expected , or ] after an element",
  "no element after a comma": "expected an element after ,",
  "no comma after a member": "expected , or } after a member",
  "no member name": "expected a member name",
  "member name not valid JSON": "a member name is not valid JSON",
  "member name not valid UTF-8": "a member name is not valid UTF-8",
  "member name nested too deeply": "a member name is nested too deeply",
  "no colon after a member name": "expected : after a member name",
  truncated: "the document ends too early",
  "trailing content": "there is something after the end of the document"
} as const satisfies Record<string, string> & Record<`member name ${ParseProblem}`, string>

export type SyntaxReason = keyof typeof SYNTAX_PROBLEMS

export class JsonSyntaxError extends Data.TaggedError("JsonSyntaxError")<{
  readonly reason: SyntaxReason
  readonly offset: number
}> {
  /** The reason as users read it. */
  get problem(): string {
    return SYNTAX_PROBLEMS[this.reason]
  }

  override get message(): string {
    return `${this.problem} (byte ${this.offset})`
  }
}

export class ElementTooLarge extends Data.TaggedError("ElementTooLarge")<{
  readonly limit: number
  readonly offset: number
}> {
  override get message(): string {
    return `an element is larger than ${this.limit} bytes (byte ${this.offset})`
  }
}
