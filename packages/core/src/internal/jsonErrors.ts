import * as Data from "effect/Data"

export type ElementProblem = "not valid JSON" | "not valid UTF-8" | "too large" | "too many values"

export type LineProblem = "not valid JSON" | "not valid UTF-8" | "too long" | "too many values"

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
