// Turns the issues of a schema into sentences about settings.
import type * as SchemaAST from "effect/SchemaAST"
import type * as SchemaIssue from "effect/SchemaIssue"
import { nearest } from "./nearest.ts"
import { pathOf, valueOf } from "./shown.ts"

/** A problem with one setting. `problem` continues a sentence that begins with the setting's name. */
export interface Problem {
  readonly setting: string
  readonly problem: string
}

/** Annotates settings whose value is never shown. */
export const SECRET = "~@chatferry/core/Settings/secret"

export const problemsOf = (root: SchemaIssue.Issue, input: unknown): ReadonlyArray<Problem> => {
  const found = collect(root, { path: [], input, expected: undefined, isSecret: false })
  const meant = new Set(found.flatMap(({ meant }) => (meant === undefined ? [] : [meant])))
  return found
    .filter(({ isMissing, path }) => !(isMissing && meant.has(pathOf(path))))
    .map(({ path, problem }) => ({
      setting: path.length === 0 ? "the configuration" : pathOf(path),
      problem
    }))
}

// internal

interface Location {
  readonly path: ReadonlyArray<PropertyKey>
  readonly input: unknown
  /** The expected value, without "must be". */
  readonly expected: string | undefined
  readonly isSecret: boolean
}

interface Found {
  readonly path: ReadonlyArray<PropertyKey>
  readonly problem: string
  readonly isMissing?: boolean
  /** The path of the setting that was probably meant by an unknown one. */
  readonly meant?: string | undefined
}

const collect = (issue: SchemaIssue.Issue, location: Location): ReadonlyArray<Found> => {
  switch (issue._tag) {
    case "Pointer":
      return collect(issue.issue, issue.path.reduce(inside, location))
    case "Composite": {
      const here = asked(location, issue.ast)
      // For example a pair with three elements.
      if (issue.ast._tag === "Arrays" && issue.issues.some(isOfKeys)) return [wrong(here)]
      return issue.issues.flatMap((one) => keyProblem(one, issue.ast, here) ?? collect(one, here))
    }
    case "Encoding":
      return collect(issue.issue, asked(location, issue.ast))
    case "Filter":
      return collect(issue.issue, annotated(location, issue.filter.annotations))
    case "AnyOf": {
      const here = asked(location, issue.ast)
      const found = issue.issues.flatMap((one) => collect(one, here))
      const deeper = found.filter(({ path }) => path.length > location.path.length)
      if (deeper.length > 0) return deeper
      // An optional setting is a union with nothing: the problem of its schema is enough.
      return found.length === 1 && issue.ast.annotations?.["expected"] === undefined ? found : [wrong(here)]
    }
    case "InvalidValue": {
      const message = issue.annotations?.message
      return typeof message === "string" ? [{ path: location.path, problem: message }] : [wrong(location)]
    }
    case "InvalidType":
      return [wrong(asked(location, issue.ast))]
    default:
      return [wrong(location)]
  }
}

/** The problem of a missing or unknown key, which is described with the object's other keys. */
const keyProblem = (
  issue: SchemaIssue.Issue,
  ast: SchemaAST.AST,
  location: Location
): ReadonlyArray<Found> | undefined => {
  if (issue._tag !== "Pointer" || issue.path.length !== 1) return undefined
  const [key] = issue.path
  if (key === undefined) return undefined
  const path = [...location.path, key]
  const fields = ast._tag === "Objects" ? ast.propertySignatures : []
  switch (issue.issue._tag) {
    case "MissingKey": {
      const expected = expectedOf(fields.find(({ name }) => name === key)?.type)
      return [{ path, isMissing: true, problem: missing(expected) }]
    }
    case "UnexpectedKey": {
      const names = fields.map(({ name }) => String(name))
      const meant = nearest(String(key), names)
      return [
        {
          path,
          problem: `is not a setting${hintOf(meant, names)}`,
          meant: meant === undefined ? undefined : pathOf([...location.path, meant])
        }
      ]
    }
    default:
      return undefined
  }
}

const isOfKeys = (issue: SchemaIssue.Issue) =>
  issue._tag === "Pointer" && (issue.issue._tag === "MissingKey" || issue.issue._tag === "UnexpectedKey")

const hintOf = (meant: string | undefined, names: ReadonlyArray<string>) => {
  if (meant !== undefined) return `; did you mean ${meant}?`
  return names.length === 0 || names.length > FEW ? "" : ` (the settings are ${names.join(", ")})`
}

const FEW = 8

const missing = (expected: string | undefined) =>
  expected === undefined ? "is missing" : `is missing: it must be ${expected}`

const wrong = ({ expected, input, isSecret, path }: Location): Found => {
  if (input === undefined) return { path, isMissing: true, problem: missing(expected) }
  const must = expected === undefined ? "has a value that is not allowed" : `must be ${expected}`
  return { path, problem: isSecret ? must : `${must}, but is ${valueOf(input)}` }
}

const inside = (location: Location, key: PropertyKey): Location => ({
  path: [...location.path, key],
  input:
    typeof location.input === "object" && location.input !== null
      ? (location.input as Readonly<Record<PropertyKey, unknown>>)[key]
      : undefined,
  expected: undefined,
  isSecret: location.isSecret
})

const asked = (location: Location, ast: SchemaAST.AST): Location => {
  const expected = expectedOf(ast)
  const isSecret = location.isSecret || holdsSecret(ast)
  return expected === undefined ? { ...location, isSecret } : { ...location, expected, isSecret }
}

const annotated = (location: Location, annotations: SchemaAST.AST["annotations"]): Location => ({
  ...location,
  ...(typeof annotations?.["expected"] === "string" && { expected: annotations["expected"] }),
  isSecret: location.isSecret || annotations?.[SECRET] === true
})

/** The expected value of a schema: its own description, or that of its only member other than `undefined`. */
const expectedOf = (ast: SchemaAST.AST | undefined): string | undefined => {
  if (ast === undefined) return undefined
  const own = ast.annotations?.["expected"]
  if (typeof own === "string") return own
  if (ast._tag === "Union") {
    const members = ast.types.filter(({ _tag }) => _tag !== "Undefined")
    return members.length === 1 ? expectedOf(members[0]) : undefined
  }
  return ast.encoding === undefined ? undefined : expectedOf(ast.encoding[0]?.to)
}

/** True if a value of a schema may be a secret, in any of its encodings. */
const holdsSecret = (ast: SchemaAST.AST): boolean =>
  ast.annotations?.[SECRET] === true ||
  (ast._tag === "Union" && ast.types.some(holdsSecret)) ||
  (ast.encoding?.some(({ to }) => holdsSecret(to)) ?? false)
