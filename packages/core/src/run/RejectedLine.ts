/**
 * Reads single lines of `rejects.ndjson`, unchanged or with a corrected `original`.
 *
 * A line that a source wrote is read by that source: `Source.rejected`. A line that a
 * transform or a sink wrote holds a canonical entity: `entity` checks it.
 *
 * A correction replaces the record: it is the JSON value itself, or the text of the
 * record as `{ "text": … }`. Pass lines as text if ids are integers beyond 2^53:
 * `JSON.parse` rounds them, but this module does not.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Entity } from "../Entity.ts"
import * as Misfit from "../errors/Misfit.ts"
import type * as JsonElements from "../files/JsonElements.ts"
import type { ParseProblem } from "../internal/json/errors.ts"
import { parseLine } from "../internal/json/lines.ts"
import type { Integers } from "../internal/json/parts.ts"
import { isRange, written } from "../internal/rejects/originals.ts"
import type { Mapped, Source } from "../internal/sources/model.ts"
import { Rejected } from "../Rejected.ts"
import { type Failure, InvalidReject } from "../SourceError.ts"
import { BatchBuilder, type Origin } from "./BatchBuilder.ts"
import { check, declared } from "./EntityCheck.ts"

/**
 * One line: a `Rejected`, and the stage that rejected it.
 *
 * @category schemas
 * @since 0.1.0
 */
export class RejectedLine extends Schema.Opaque<RejectedLine>()(
  Schema.Struct({
    stage: Schema.Literals(["source", "transform", "sink"]),
    /** The name of the sink, if a sink rejected it. */
    sink: Schema.optionalKey(Schema.String),
    ...Rejected.fields
  })
) {}

/**
 * Reads a line from its text or its value. `integers` is that of `NdjsonLines.Options`:
 * use `exact` if the record is an entity.
 *
 * @category operations
 * @since 0.1.0
 */
export const decode = (
  line: Schema.Json | string,
  integers: Integers = "text"
): Effect.Effect<RejectedLine, InvalidReject> =>
  Effect.suspend(() => {
    const { problem, value } =
      typeof line === "string" ? parseLine(Buffer.from(line), integers) : { value: line }
    if (problem !== undefined) return invalid(`it is ${problem}; pass one whole line`)
    const found = decodeLine(value)
    if (Result.isSuccess(found)) return Effect.succeed(found.success)
    return invalid(
      `it is not a line of rejects (${Misfit.describe(found.failure)}); in a line, change only \`original\``
    )
  })

/**
 * The entity in a line from a transform or a sink, which may have been corrected. The
 * error names the field that is wrong.
 *
 * @category operations
 * @since 0.1.0
 */
export const entity = (line: Schema.Json | string): Effect.Effect<Entity, InvalidReject> =>
  Effect.flatMap(decode(line, "exact"), (of) => {
    if (of.stage === "source") {
      return invalid(
        `the source ${of.source ?? ""} rejected it before it was an entity; pass it to that source's \`rejected\``
      )
    }
    const content = contentOf(of, "exact")
    if (content.problem !== undefined) return invalid(`its original is ${content.problem}; correct it`)
    const checked = check(content.value)
    return "entity" in checked
      ? Effect.succeed(checked.entity)
      : invalid(`its original is not an entity (${checked.problem.message}); correct it`)
  })

/**
 * Makes `Source.rejected` from a function that maps one record. The function is called
 * for the source's own lines that hold a record. A line that has only a range of bytes
 * is rejected again, with advice. `integers` is that of `decode`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const reader =
  <R = never>(
    source: string,
    read: (line: RejectedLine) => Effect.Effect<Mapped, Failure, R>,
    integers: Integers = "text"
  ): NonNullable<Source<R>["rejected"]> =>
  (line) =>
    Effect.flatMap(decode(line, integers), (of) => {
      if (writerOf(of) !== source) return invalid(whose(of))
      return isRange(of.original)
        ? Effect.succeed(notRead(of))
        : Effect.map(read(of), (mapped) => once(of, mapped))
    })

/**
 * The source that wrote a line; `undefined` if it was not a source.
 *
 * @category operations
 * @since 0.1.0
 */
export const writerOf = ({ source, stage }: RejectedLine): string | undefined =>
  stage === "source" ? source : undefined

/**
 * Says which component a line belongs to, and what to do with it.
 *
 * @category operations
 * @since 0.1.0
 */
export const whose = (line: RejectedLine): string => {
  const { sink, stage } = line
  const writer = writerOf(line)
  if (writer !== undefined) return `the source ${writer} rejected it; pass it to that source`
  if (stage === "source") return "it does not name its source; pass a line as it is in rejects.ndjson"
  return `${stage === "sink" ? `the sink ${sink ?? ""}` : "a transform"} rejected it, so it holds an entity; read it with RejectedLine.entity`
}

/**
 * The content of `original`: a value, or the problem with its text. `bytes` is that
 * text, or the value as JSON.
 *
 * @category models
 * @since 0.1.0
 */
export interface Content {
  readonly value: unknown
  readonly problem: ParseProblem | undefined
  readonly bytes: Uint8Array
}

/**
 * Reads `original` in the same way as elements and lines of files. `integers` is that
 * of `NdjsonLines.Options`.
 *
 * @category operations
 * @since 0.1.0
 */
export const contentOf = ({ original }: RejectedLine, integers: Integers = "text"): Content => {
  const bytes = bytesOf(original) as Buffer | undefined
  if (bytes !== undefined) return { ...parseLine(bytes, integers), bytes }
  return { value: original, problem: undefined, bytes: Buffer.from(written(original)) }
}

/**
 * The bytes in `original`, if it is text or bytes and not a value.
 *
 * @category operations
 * @since 0.1.0
 */
export const bytesOf = (original: Rejected["original"]): Uint8Array | undefined => {
  if (typeof original !== "object" || original === null || Array.isArray(original)) return undefined
  if (Object.keys(original).length !== 1) return undefined
  const { base64, text } = original as { readonly base64?: unknown; readonly text?: unknown }
  if (typeof text === "string") return Buffer.from(text)
  return typeof base64 === "string" ? Buffer.from(base64, "base64") : undefined
}

/**
 * The content as the only element of an array, for mappings of elements.
 *
 * @category operations
 * @since 0.1.0
 */
export const elementsOf = (
  { bytes, problem, value }: Content,
  member?: string
): JsonElements.Elements<undefined> => ({
  _tag: "elements",
  member,
  values: [value],
  first: 0,
  failures: new Map(problem === undefined ? [] : [[0, problem]]),
  position: undefined,
  bytesOf: () => bytes,
  offsetOf: () => 0,
  endOf: () => bytes.length
})

/**
 * The content as a member of an object, for mappings of members.
 *
 * @category operations
 * @since 0.1.0
 */
export const memberOf = (
  { bytes, problem, value }: Content,
  name: string
): JsonElements.Member<undefined> => ({
  _tag: "member",
  name,
  value,
  failure: problem,
  nameOffset: 0,
  offset: 0,
  end: bytes.length,
  bytesOf: () => bytes,
  position: undefined
})

/**
 * The origin of records that are read from a line. Records that are rejected again get
 * the line's location and context.
 *
 * @category constructors
 * @since 0.1.0
 */
export const originOf = ({ context, location }: RejectedLine, { bytes }: Content): Origin => ({
  location: (within) => `${location}${within}`,
  text: () => Buffer.from(bytes).toString("utf8"),
  context: () => context
})

/**
 * The entity in a line of a source whose records are entities, or its problem.
 * `unknownFields` is that of `EntityCheck.check`.
 *
 * @category operations
 * @since 0.1.0
 */
export const checked = (line: RejectedLine, unknownFields: "reject" | "keep" = "reject"): Mapped => {
  const content = contentOf(line, "exact")
  const out = new BatchBuilder()
  out.origin = originOf(line, content)
  if (content.problem !== undefined) {
    out.rejectBytes("unknown", CODES[content.problem], `the line is ${content.problem}`, content.bytes)
    return out.take()
  }
  const found = check(content.value, unknownFields)
  if ("entity" in found) out.push(found.entity)
  else out.reject(found.problem.kind, found.problem.code, found.problem.message, content.value)
  return out.take()
}

/**
 * The codes of records that cannot be parsed, for a source whose records are entities.
 *
 * @category constants
 * @since 0.1.0
 */
export const CODES: Readonly<Record<ParseProblem, string>> = {
  "not valid JSON": declared.invalidJson.code,
  "not valid UTF-8": declared.invalidUtf8.code,
  "nested too deeply": declared.nestedTooDeeply.code
}

/**
 * The line's record, rejected again unchanged.
 *
 * @category constructors
 * @since 0.1.0
 */
export const again = (line: RejectedLine, message: string): Mapped => {
  const { code, context, kind, original, location } = line
  const rejected: Rejected = {
    kind,
    code,
    message,
    location,
    ...(context !== undefined && { context }),
    original
  }
  return { ...new BatchBuilder().take(), rejected: [rejected] }
}

// internal

const decodeLine = Schema.decodeUnknownResult(RejectedLine, { errors: "all" })

const invalid = (problem: string) => Effect.fail(new InvalidReject({ problem }))

/** A record that is rejected again unchanged gives nothing else: the users it shows were emitted when it was first read. */
const once = ({ code, original, location }: RejectedLine, mapped: Mapped): Mapped => {
  const same = mapped.rejected.find(
    (one) => one.code === code && JSON.stringify(one.original) === JSON.stringify(original)
  )
  return same === undefined ? mapped : { records: [], rejected: [{ ...same, location }], notes: {} }
}

const notRead = (line: RejectedLine) =>
  again(
    line,
    "the line holds only the range of the record's bytes; put the record itself into `original` and read the line again"
  )
