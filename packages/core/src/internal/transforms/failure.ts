// What a transform did that it must not, as an error of the run and as a reject.
import * as Schema from "effect/Schema"
import type { Entity } from "../../Entity.ts"
import * as Printable from "../../errors/Printable.ts"
import * as SystemProblem from "../../errors/SystemProblem.ts"
import { TaggedError } from "../../errors/TaggedError.ts"
import { keyOf, ofEntity, type Rejected } from "../../Rejected.ts"
import { FAILED, INVALID } from "./codes.ts"

/**
 * A transform threw, or gave something that is not a result.
 *
 * @category errors
 * @since 0.1.0
 */
export class TransformFailed extends TaggedError<TransformFailed>(
  "@chatferry/core/MigrationError/TransformFailed"
)("TransformFailed", {
  transform: Schema.String,
  /** The record that it was given; absent when the trouble is not about one record. */
  kind: Schema.optionalKey(Schema.String),
  key: Schema.optionalKey(Schema.String),
  /** Where the batch of the record ends in the input, as far as that is known. */
  location: Schema.optionalKey(Schema.String),
  problem: Schema.String,
  /** Where in the code it threw, the innermost call first. */
  frames: Schema.Array(Schema.String),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message(): string {
    const record = this.kind === undefined ? "" : ` for ${this.kind} ${this.key ?? ""}`.trimEnd()
    const location =
      this.location === undefined || this.location === ""
        ? ""
        : `, in the batch that ends at ${this.location}`
    const [frame] = this.frames
    return `transform ${JSON.stringify(this.transform)}${record}${location}: ${this.problem}${frame === undefined ? "" : ` (${frame})`}`
  }
}

/** What is wrong with what became of one record. */
export interface Trouble {
  readonly code: typeof FAILED.code | typeof INVALID.code
  readonly problem: string
  readonly cause?: unknown
}

export const invalid = (problem: string): Trouble => ({ code: INVALID.code, problem })

/** Thrown where a function's result is asked for in the middle of a record. */
export class InvalidResult extends Error {}

/** The function threw, or its effect failed. The engine's own messages may quote values, so that they are left out. */
export const threw = (cause: unknown): Trouble =>
  cause instanceof InvalidResult
    ? invalid(cause.message)
    : { code: FAILED.code, problem: `it failed: ${SystemProblem.wordsOf(cause)}`, cause }

export const failure = (transform: string, { cause, problem }: Trouble, record?: Entity): TransformFailed =>
  new TransformFailed({
    transform,
    ...(record !== undefined && { kind: record._tag, key: keyOf(record) }),
    problem,
    frames: framesOf(cause),
    ...(cause !== undefined && { cause })
  })

/** The same with where the batch ends. */
export const placed = (failed: TransformFailed, location: string): TransformFailed => {
  const { cause, frames, key, kind, problem, transform } = failed
  return new TransformFailed({
    transform,
    ...(kind !== undefined && { kind }),
    ...(key !== undefined && { key }),
    location,
    problem,
    frames,
    ...(cause !== undefined && { cause })
  })
}

/** The record as it was before the transform. */
export const rejection = (transform: string, { code, problem }: Trouble, record: Entity): Rejected =>
  ofEntity(record, { code, message: `transform ${JSON.stringify(transform)}: ${problem}` })

/** Says what a value is, and nothing of what it holds. */
export const given = (value: unknown): string => {
  if (value === undefined || value === null) return String(value)
  if (Array.isArray(value)) return "a list"
  if (typeof value === "string") return value === "" ? "an empty text" : "a text"
  if (typeof value !== "object" && typeof value !== "function") {
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : `a ${typeof value}`
  }
  if ("then" in value && typeof value.then === "function") return "a promise"
  if (typeof value === "function") return "a function"
  const name: unknown = value.constructor?.name
  if (name === "Object" || typeof name !== "string" || name === "") return "an object"
  return `${/^[AEIOU]/u.test(name) ? "an" : "a"} ${Printable.line(name, 60)}`
}

// internal

const MOST_FRAMES = 20

const framesOf = (cause: unknown): ReadonlyArray<string> =>
  cause instanceof Error && typeof cause.stack === "string"
    ? cause.stack
        .split("\n")
        .filter((line) => /^ {4}at /u.test(line))
        .slice(0, MOST_FRAMES)
        .map((line) => Printable.line(line.trim()))
    : []
