import * as Data from "effect/Data"

/** The result of a failed parse. */
export type ParseProblem = "not valid JSON" | "not valid UTF-8" | "nested too deeply"

export type ElementProblem = ParseProblem | "too large" | "too many values"

export type LineProblem = ParseProblem | "too long" | "too many values"

export class JsonSyntaxError extends Data.TaggedError("JsonSyntaxError")<{
  readonly problem: string
  readonly offset: number
}> {
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
