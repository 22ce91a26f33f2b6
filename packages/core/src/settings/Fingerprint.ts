/**
 * The settings, by name, that a run's output depends on.
 *
 * A checkpoint is used only for the fingerprints that it was written for. The values
 * stay readable, so a rejected run can say which setting changed; secrets and code are
 * hashes.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as Printable from "../errors/Printable.ts"
import * as Sha256 from "../internal/files/sha256.ts"

/**
 * Settings that change the output, by name. A value may be nested. Keys may come
 * in any order.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fingerprint {
  readonly [setting: string]: Schema.Json
}

/**
 * One setting that has changed; `undefined` means that it was not set.
 *
 * @category models
 * @since 0.1.0
 */
export interface Difference {
  /** Names, outermost first, joined by dots: `channelType.group`. */
  readonly setting: string
  readonly before: Schema.Json | undefined
  readonly after: Schema.Json | undefined
}

/**
 * Identifies a function in addition to its text, or in place of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Code {
  /**
   * Replaces the function's text in the fingerprint, so the fingerprint stays the same
   * if the function is formatted or compiled differently. Change it when the function
   * gives other results.
   */
  readonly version?: string | number | undefined
  /**
   * Values from outside the function that its results depend on. The text of a
   * function does not show what it closes over.
   */
  readonly settings?: Schema.Json | undefined
}

/**
 * The fingerprint of a function: its `version`, or otherwise the SHA-256 of its text,
 * and its `settings`. The text of a bound or built-in function says nothing, so check
 * `hasText` first.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ofFunction = (
  f: (...args: never) => unknown,
  { settings, version }: Code = {}
): Schema.Json => ({
  ...(version === undefined ? { code: Sha256.hex(String(f)) } : { version }),
  ...(settings === undefined ? {} : { settings })
})

/**
 * True if a function has a text that identifies it. The text of a bound or built-in
 * function is `[native code]`.
 *
 * @category guards
 * @since 0.1.0
 */
export const hasText = (f: (...args: never) => unknown): boolean =>
  !/\{\s*\[native code\]\s*\}\s*$/u.test(String(f))

/**
 * The fingerprint of a secret: a keyed hash of 16 hex digits, from which the secret
 * cannot be computed. A short secret can be guessed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ofSecret = (secret: Redacted.Redacted): Schema.Json => ({
  secret: Sha256.keyedHex(Redacted.value(secret), "fingerprint").slice(0, 16)
})

/**
 * Hashes a fingerprint or any other JSON, regardless of the order of keys: SHA-256 in
 * lower-case hex.
 *
 * @category operations
 * @since 0.1.0
 */
export const digest = (value: Schema.Json): string => Sha256.hex(JSON.stringify(sorted(value)))

/**
 * The settings that differ, sorted by name. Lists are compared as a whole.
 *
 * @category operations
 * @since 0.1.0
 */
export const differences = (before: Fingerprint, after: Fingerprint): ReadonlyArray<Difference> =>
  Array.from(compare("", before, after)).toSorted((a, b) => (a.setting < b.setting ? -1 : 1))

/**
 * Describes a difference in a printable sentence: `deletedChannels was "disable" and is
 * "skip" now`. Secrets and code are not shown. Without a name, the sentence begins with
 * `its`.
 *
 * @category conversions
 * @since 0.1.0
 */
export const describe = ({ after, before, setting }: Difference): string => {
  const name = Printable.line(setting)
  const its = name === "" ? "its" : `${name}: its`
  const [was, is] = [before, after].map(standsFor)
  const versions = isCode({ after, before, setting }) ? [before, after].map(versionOf) : []
  if (versions[0] !== versions[1]) return `${its} version was ${versions[0]} and is ${versions[1]} now`
  if (was !== undefined || is !== undefined) return `${its} ${was ?? is} has changed`
  if (before === undefined) return `${name} was not set and is ${shown(after)} now`
  if (after === undefined) return `${name} was ${shown(before)} and is not set now`
  const [from, to] = [shown(before), shown(after)]
  return from === to ? `${name} has changed` : `${name} was ${from} and is ${to} now`
}

/**
 * True if a difference is one of a function's code: both values are functions, by text
 * or by version. Their settings are separate differences.
 *
 * @category guards
 * @since 0.1.0
 */
export const isCode = ({ after, before }: Difference): boolean => isFunction(before) && isFunction(after)

// internal

function* compare(prefix: string, before: Fingerprint, after: Fingerprint): Generator<Difference> {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [a, b] = [own(before, key), own(after, key)]
    const setting = `${prefix}${key}`
    if (isFunction(a) && isFunction(b)) {
      const [was, is] = [codeOf(a), codeOf(b)]
      if (digest(was) !== digest(is)) yield { setting, before: was, after: is }
      yield* compare(setting === "" ? "" : `${setting}.`, withoutCode(a), withoutCode(b))
    } else if (isRecord(a) && isRecord(b) && standsFor(a) === undefined && standsFor(b) === undefined) {
      yield* compare(setting === "" ? "" : `${setting}.`, a, b)
    } else if ((a === undefined ? "" : digest(a)) !== (b === undefined ? "" : digest(b))) {
      yield { setting, before: a, after: b }
    }
  }
}

/** Settings may have names such as `constructor`, which every object inherits. */
const own = (value: Fingerprint, key: string) => (Object.hasOwn(value, key) ? value[key] : undefined)

const isRecord = (value: Schema.Json | undefined): value is Fingerprint =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Recognises a result of `ofFunction`, even with other keys beside it. */
const isFunction = (value: Schema.Json | undefined): value is Fingerprint =>
  isRecord(value) &&
  (isHash(value["code"]) ||
    (value["version"] !== undefined &&
      Object.keys(value).every((key) => key === "version" || key === "settings")))

/** A setting may be called `code` as well. */
const isHash = (value: Schema.Json | undefined) => typeof value === "string" && /^[\da-f]{64}$/u.test(value)

const isOfCode = ([key]: readonly [string, Schema.Json]) => key === "code" || key === "version"

const codeOf = (value: Fingerprint): Fingerprint => Object.fromEntries(Object.entries(value).filter(isOfCode))

const withoutCode = (value: Fingerprint): Fingerprint =>
  Object.fromEntries(Object.entries(value).filter((entry) => !isOfCode(entry)))

const versionOf = (value: Schema.Json | undefined) =>
  isRecord(value) && value["version"] !== undefined ? shown(value["version"]) : "not given"

/** The kind of value behind a hash, which is shown instead of the hash. */
const standsFor = (value: Schema.Json | undefined): "secret" | "code" | undefined => {
  if (!isRecord(value)) return undefined
  if (typeof value["secret"] === "string") return "secret"
  return isHash(value["code"]) ? "code" : undefined
}

const MAX_SHOWN = 80

const shown = (value: Schema.Json | undefined) => {
  const text = JSON.stringify(value) ?? ""
  return Printable.line(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)
}

const sorted = (value: Schema.Json): Schema.Json => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, of]) => [key, sorted(of)])
  )
}
