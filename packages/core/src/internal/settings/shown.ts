import * as Redacted from "effect/Redacted"
import * as Printable from "../../errors/Printable.ts"

/** Describes a value in a few printable words. */
export const valueOf = (value: unknown): string => {
  switch (typeof value) {
    case "string":
      return `"${Printable.line(value, LONGEST)}"`
    case "bigint":
      return `${String(value).slice(0, LONGEST)}n`
    case "function":
      return "a function"
    case "symbol":
      return "a symbol"
    case "object":
      return value === null ? "null" : objectOf(value)
    case "number":
    case "boolean":
      return String(value)
    default:
      return "undefined"
  }
}

/** The path of nested keys and list indexes: `a.b`, `a[1]`, `a["b c"]`. */
export const pathOf = (keys: ReadonlyArray<PropertyKey>): string =>
  keys.reduce<string>((path, key) => {
    if (typeof key === "number") return `${path}[${key}]`
    const name = Printable.line(String(key), LONGEST)
    if (!IDENTIFIER.test(name)) return `${path}["${name}"]`
    return path === "" ? name : `${path}.${name}`
  }, "")

// internal

const LONGEST = 60
const IDENTIFIER = /^[\p{L}_$][\p{L}\p{N}_$]*$/u

/** The content of an object may be private or large, so only its type is described. */
const objectOf = (value: object): string => {
  if (Redacted.isRedacted(value)) return "a Redacted value"
  if (Array.isArray(value)) {
    if (value.length === 0) return "an empty list"
    return value.length === 1 ? "a list of one" : `a list of ${value.length}`
  }
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name
  const isPlain = typeof name !== "string" || name === "" || name === "Object"
  return isPlain ? "an object" : `an object of the class ${Printable.line(name, LONGEST)}`
}
