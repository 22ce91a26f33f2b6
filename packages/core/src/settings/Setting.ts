/**
 * Fields of configurations, for `Settings`: each says what it must be.
 *
 * They decode to what connectors work with: durations and times are numbers of
 * milliseconds, and a path is a list of one where a list may be given.
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
 * A value of which `is` tells whether it is right; `expected` continues "must be".
 *
 * @category fields
 * @since 0.1.0
 */
export const value = <A>(is: (value: unknown) => value is A, expected: string): Schema.declare<A> =>
  Schema.declare(is, { expected })

/**
 * Text that `is` takes.
 *
 * @category fields
 * @since 0.1.0
 */
export const text = (expected: string, is: (text: string) => boolean = () => true): Schema.String =>
  checked(Schema.String, expected, is)

/**
 * Text that `is` takes and that may hold a credential, if only by mistake: it is in
 * no message.
 *
 * @category fields
 * @since 0.1.0
 */
export const unquoted = (expected: string, is: (text: string) => boolean): Schema.String =>
  checked(Schema.String, expected, is, true)

/**
 * A name of something in errors and reports: any text but an empty one.
 *
 * @category fields
 * @since 0.1.0
 */
export const name: Schema.String = text("text that is not empty", (given) => given !== "")

/**
 * A name that files and folders are kept under.
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
 * Paths of what is read: one, or a list of them. Decodes to a list.
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
 * A number that `is` takes; not `NaN`.
 *
 * @category fields
 * @since 0.1.0
 */
export const number = (expected: string, is: (number: number) => boolean): Schema.Number =>
  checked(Schema.Number, expected, (given) => !Number.isNaN(given) && is(given))

/**
 * One of some words.
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
 * Values by names of the user's own.
 *
 * @category fields
 * @since 0.1.0
 */
export const byName = <S extends Schema.Constraint>(
  item: S,
  expected: string
): Schema.$Record<Schema.String, S> => Schema.Record(Schema.String, item).annotate({ expected })

/**
 * A function, which is taken as it is.
 *
 * @category fields
 * @since 0.1.0
 */
export const callback = <F extends (...args: never) => unknown>(): Schema.declare<F> =>
  value((given): given is F => typeof given === "function", "a function")

/**
 * A secret. Its value is in no message.
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
 * Two durations: how long to wait at first, and at most. Decodes to milliseconds.
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
 * The address of an API. Decodes to one without slashes at its end. What would be
 * lost when a path is put behind it, and credentials, are not taken; as it may
 * hold some, it is not quoted.
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
