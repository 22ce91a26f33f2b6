// Where two values differ: the path, never the values, because fixtures may be real exports.
import * as Predicate from "effect/Predicate"

/** The path of the first difference, such as `.custom.pigeon`; `undefined` if the JSON is the same. */
export const difference = (a: unknown, b: unknown): string | undefined => {
  if (JSON.stringify(a) === JSON.stringify(b)) return undefined
  return pathTo(a, b, "") ?? "the order of its fields"
}

/** The path of the first string or field name that contains one of the texts, and the index of the text. */
export const locate = (
  value: unknown,
  texts: ReadonlyArray<string>
): { readonly text: number; readonly path: string } | undefined => {
  const stack: Array<readonly [unknown, string]> = [[value, ""]]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [at, path] = next
    if (typeof at === "string" || typeof at === "number") {
      const text = texts.findIndex((piece) => String(at).includes(piece))
      if (text !== -1) return { text, path: path === "" ? "the text itself" : path }
    }
    if (!Predicate.isObjectOrArray(at)) continue
    for (const [key, field] of Object.entries(at)) {
      const text = texts.findIndex((piece) => key.includes(piece))
      if (text !== -1) return { text, path: `the name of a field of ${path === "" ? "it" : path}` }
      stack.push([field, `${path}${step(at, key)}`])
    }
  }
  return undefined
}

// internal

const step = (of: object, key: string) => (Array.isArray(of) ? `[${key}]` : `.${key}`)

const pathTo = (a: unknown, b: unknown, path: string): string | undefined => {
  if (!Predicate.isObjectOrArray(a) || !Predicate.isObjectOrArray(b) || Array.isArray(a) !== Array.isArray(b))
    return Object.is(a, b) ? undefined : path === "" ? "the whole value" : path
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>].map((of) => of[key])
    const found = pathTo(left, right, `${path}${step(a, key)}`)
    if (found !== undefined) return found
  }
  return undefined
}
