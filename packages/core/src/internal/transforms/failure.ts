// Failures of transforms, as errors of the run and as rejects.
import * as Schema from "effect/Schema"
import type { Entity } from "../../Entity.ts"
import * as Printable from "../../errors/Printable.ts"
import * as SystemProblem from "../../errors/SystemProblem.ts"
import { TaggedError } from "../../errors/TaggedError.ts"
import { keyOf, ofEntity, type Rejected } from "../../Rejected.ts"
import { FAILED, INVALID } from "./codes.ts"

/**
 * A transform threw, or returned something that is not a valid result.
 *
 * @category errors
 * @since 0.1.0
 */
export class TransformFailed extends TaggedError<TransformFailed>(
  "@chatferry/core/MigrationError/TransformFailed"
)("TransformFailed", {
  transform: Schema.String,
  /** The kind of the record; absent if the failure is not about one record. */
  kind: Schema.optionalKey(Schema.String),
  key: Schema.optionalKey(Schema.String),
  /** The end of the record's batch in the input, if known. */
  location: Schema.optionalKey(Schema.String),
  problem: Schema.String,
  /** The stack of the exception, innermost call first. */
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

/** The problem with the result for one record. */
export interface Trouble {
  readonly code: typeof FAILED.code | typeof INVALID.code
  readonly problem: string
  readonly cause?: unknown
}

export const invalid = (problem: string): Trouble => ({ code: INVALID.code, problem })

/** Thrown for an invalid result of a function that is called within a record. */
export class InvalidResult extends Error {}

/** The function threw, or its effect failed. Messages of the JavaScript engine are left out, because they may quote values. */
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

/** The same failure with the end of its batch. */
export const withLocation = (failed: TransformFailed, location: string): TransformFailed => {
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

/** Describes the type of a value without its content. */
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
