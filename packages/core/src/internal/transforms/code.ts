// The fingerprint of a transform's code, and its problems.
import type * as Schema from "effect/Schema"
import * as Fingerprint from "../../settings/Fingerprint.ts"
import { isJson } from "./entityCheck.ts"
import { given } from "./failure.ts"

/** Settings that a function gets as its last argument. */
export type Settings = Schema.Json | undefined

/** The fingerprint of a function. */
export interface Coded {
  readonly fingerprint: Fingerprint.Fingerprint
  /** Why it cannot be used in any run. */
  readonly problem?: string
  readonly isOrdered?: boolean
}

/** Options by name, possibly from a program without types. */
type Given = Readonly<Record<string, unknown>>

/**
 * The fingerprint of a function, and the problem with its arguments. `known` are the
 * names of its options.
 */
export const coded = (
  name: string,
  f: unknown,
  options: Fingerprint.Code & object,
  known: ReadonlyArray<string>,
  more: Fingerprint.Fingerprint = {}
): Coded => {
  const problem =
    problemOfName(name) ?? problemOfFunction(f, options) ?? problemOfOptions(options as Given, known)
  if (problem !== undefined) return { fingerprint: more, problem }
  const { ordered, settings, version } = options as Given & Fingerprint.Code
  return {
    ...(ordered === true && { isOrdered: true }),
    fingerprint: {
      function: Fingerprint.ofFunction(f as (...args: never) => unknown, { version }),
      ...(settings !== undefined && { settings }),
      ...more
    }
  }
}

export const problemOfName = (name: unknown): string | undefined =>
  typeof name === "string" && name !== "" ? undefined : `a transform needs a name, got ${given(name)}`

/** A function whose text does not identify it must have a version. */
export const problemOfFunction = (f: unknown, { version }: Fingerprint.Code): string | undefined => {
  if (typeof f !== "function") return `it needs a function, got ${given(f)}`
  return version !== undefined || Fingerprint.hasText(f as (...args: never) => unknown)
    ? undefined
    : "its function is bound or built in, so its text does not identify it. Give it a version, such as { version: 1 }, and change the version whenever the function gives other results"
}

export const problemOfOptions = (options: Given, known: ReadonlyArray<string>): string | undefined => {
  for (const option of Object.keys(options)) {
    if (!known.includes(option))
      return `there is no option ${JSON.stringify(option)}; the options are ${known.join(", ")}`
  }
  const { onThrow, ordered, settings, version } = options
  if (ordered !== undefined && typeof ordered !== "boolean")
    return `ordered: expected true or false, got ${given(ordered)}`
  if (version !== undefined && typeof version !== "string" && !Number.isFinite(version)) {
    return `version: expected a text or a number, got ${given(version)}`
  }
  if (settings !== undefined && !isJson(settings)) {
    return "settings: expected JSON, because they are part of the checkpoint: texts, finite numbers, true, false, null, and lists and plain objects of them"
  }
  return onThrow === undefined || onThrow === "fail" || onThrow === "reject"
    ? undefined
    : `onThrow: expected "fail" or "reject", got ${given(onThrow)}`
}

/** Options of every transform that is made from a function. */
export const CODE = ["version", "settings", "ordered"]
/** Options of a transform whose function is called for each record. */
export const PER_RECORD = [...CODE, "onThrow"]
