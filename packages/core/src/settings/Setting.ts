/**
 * Fields of configurations, for `Settings`. Each describes its valid values.
 *
 * They decode to the values that connectors work with: durations and times become
 * numbers of milliseconds, and a single path becomes a list where a list is allowed.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import {
  checked,
  isBaseUrl,
  isPath,
  list,
  PAUSES,
  toEpoch,
  toMillis,
  wordsOf
} from "../internal/settings/fields.ts"
import { SECRET } from "../internal/settings/problems.ts"

/**
 * A value that `is` accepts. `expected` continues "must be".
 *
 * @category fields
 * @since 0.1.0
 */
export const value = <A>(is: (value: unknown) => value is A, expected: string): Schema.declare<A> =>
  Schema.declare(is, { expected })

/**
 * Text that `is` accepts.
 *
 * @category fields
 * @since 0.1.0
 */
export const text = (expected: string, is: (text: string) => boolean = () => true): Schema.String =>
  checked(Schema.String, expected, is)

/**
 * Text that `is` accepts and that may contain a credential, even by mistake. No message
 * quotes it.
 *
 * @category fields
 * @since 0.1.0
 */
export const unquoted = (expected: string, is: (text: string) => boolean): Schema.String =>
  checked(Schema.String, expected, is, true)

/**
 * A name for errors and reports: any text that is not empty.
 *
 * @category fields
 * @since 0.1.0
 */
export const name: Schema.String = text("text that is not empty", (given) => given !== "")

/**
 * A name that is used for files and folders.
 *
 * @category fields
 * @since 0.1.0
 */
export const fileName: Schema.String = text(
  "the name of a file, because state is kept under it",
  (given) => !/^\.{0,2}$|[/\\\0]/u.test(given)
)

/**
 * The path of a file or folder.
 *
 * @category fields
 * @since 0.1.0
 */
export const path: Schema.String = text("a path", isPath)

/**
 * Paths of inputs: one path or a list. Decodes to a list.
 *
 * @category fields
 * @since 0.1.0
 */
export const paths: Schema.decodeTo<
  Schema.$Array<Schema.String>,
  Schema.Union<readonly [Schema.String, Schema.$Array<Schema.String>]>
> = Schema.Union([path, list(path)])
  .annotate({ expected: "a path or a list of paths" })
  .pipe(
    Schema.decodeTo(
      Schema.Array(Schema.String),
      SchemaTransformation.transform({
        decode: (given) => (typeof given === "string" ? [given] : given),
        encode: (given): string | ReadonlyArray<string> => given
      })
    )
  )

/**
 * `true` or `false`.
 *
 * @category fields
 * @since 0.1.0
 */
export const flag: Schema.Boolean = Schema.Boolean.annotate({ expected: "true or false" })

/**
 * A whole number from `least` (1) to `most`, which may be infinite.
 *
 * @category fields
 * @since 0.1.0
 */
export const whole = (least = 1, most: number = Number.MAX_SAFE_INTEGER): Schema.Number =>
  checked(
    Schema.Number,
    most >= Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`,
    (given) => Number.isSafeInteger(given) && given >= least && given <= most
  )

/**
 * A number that `is` accepts; not `NaN`.
 *
 * @category fields
 * @since 0.1.0
 */
export const number = (expected: string, is: (number: number) => boolean): Schema.Number =>
  checked(Schema.Number, expected, (given) => !Number.isNaN(given) && is(given))

/**
 * One of the given words.
 *
 * @category fields
 * @since 0.1.0
 */
export const oneOf = <const W extends ReadonlyArray<string>>(...words: W): Schema.Literals<W> =>
  Schema.Literals(words).annotate({ expected: wordsOf(words) })

/**
 * A list that is not empty.
 *
 * @category fields
 * @since 0.1.0
 */
export const listOf = <S extends Schema.Constraint>(item: S, expected?: string): Schema.$Array<S> =>
  list(item, expected)

/**
 * Values by names that the user chooses.
 *
 * @category fields
 * @since 0.1.0
 */
export const byName = <S extends Schema.Constraint>(
  item: S,
  expected: string
): Schema.$Record<Schema.String, S> => Schema.Record(Schema.String, item).annotate({ expected })

/**
 * A function, which is passed on unchanged.
 *
 * @category fields
 * @since 0.1.0
 */
export const callback = <F extends (...args: never) => unknown>(): Schema.declare<F> =>
  value((given): given is F => typeof given === "function", "a function")

/**
 * A secret. No message shows its value.
 *
 * @category fields
 * @since 0.1.0
 */
export const secret: Schema.declare<Redacted.Redacted> = Schema.declare(
  (given): given is Redacted.Redacted =>
    Redacted.isRedacted(given) && typeof Redacted.value(given) === "string" && Redacted.value(given) !== "",
  { expected: "a Redacted text that is not empty, as Redacted.make gives", [SECRET]: true }
)

/**
 * A duration, such as `"30 seconds"`. Decodes to milliseconds, which are infinite
 * for `"Infinity"`.
 *
 * @category fields
 * @since 0.1.0
 */
export const millis: Schema.decodeTo<Schema.Number, Schema.declare<Duration.Input>> = value(
  (given): given is Duration.Input => toMillis(given) !== undefined,
  'a duration, such as "30 seconds"'
).pipe(
  Schema.decodeTo(
    Schema.Number,
    SchemaTransformation.transform({
      decode: (given) => toMillis(given) ?? 0,
      encode: (given): Duration.Input => given
    })
  )
)

/**
 * Two durations: the first and the longest wait. Decodes to milliseconds.
 *
 * @category fields
 * @since 0.1.0
 */
export const pauses: Schema.Tuple<readonly [typeof millis, typeof millis]> = Schema.Tuple([millis, millis])
  .annotate({ expected: PAUSES })
  .check(Schema.makeFilter(([first, most]) => first <= most, { expected: PAUSES }))

/**
 * A point in time: a date, milliseconds since 1970, or text such as
 * `2024-05-01T00:00:00Z`. Decodes to whole milliseconds since 1970.
 *
 * @category fields
 * @since 0.1.0
 */
export const time: Schema.decodeTo<Schema.Number, Schema.declare<DateTime.DateTime.Input>> = value(
  (given): given is DateTime.DateTime.Input => toEpoch(given) !== undefined,
  "a time, such as 2024-05-01T00:00:00Z"
).pipe(
  Schema.decodeTo(
    Schema.Number,
    SchemaTransformation.transform({
      decode: (given) => toEpoch(given) ?? 0,
      encode: (given): DateTime.DateTime.Input => given
    })
  )
)

/**
 * The base URL of an API. Decodes to the URL without trailing slashes. Parts that would
 * be lost when a path is appended, and credentials, are not accepted. It may contain
 * credentials, so no message quotes it.
 *
 * @category fields
 * @since 0.1.0
 */
export const baseUrl: Schema.decodeTo<Schema.String, Schema.String> = checked(
  Schema.String,
  "an http or https address without a query",
  isBaseUrl,
  true
).pipe(
  Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transform({
      decode: (given) => given.replace(/\/+$/u, ""),
      encode: (given) => given
    })
  )
)
