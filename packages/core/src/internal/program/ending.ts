// The end of a failed program: its text, its exit code, and whether the same command resumes the run.
import * as Cause from "effect/Cause"
import type * as Config from "effect/Config"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as Printable from "../../errors/Printable.ts"
import * as SystemProblem from "../../errors/SystemProblem.ts"
import { quotesData, TaggedError } from "../../errors/TaggedError.ts"
import { isMigrationError, type MigrationError } from "../../MigrationError.ts"
import { isSinkError, type SinkError } from "../../SinkError.ts"
import { isSourceError, type SourceError } from "../../SourceError.ts"

export interface Ending {
  readonly code: 1 | 3
  readonly isResumable: boolean
  readonly text: string
}

export const of = (cause: Cause.Cause<unknown>): Ending => {
  const error = Cause.squash(cause)
  if (isConfigError(error)) {
    return { code: 1, isResumable: false, text: Printable.line(configText(error), Printable.MAX_MESSAGE) }
  }
  if (error instanceof MissingVariable)
    return { code: 1, isResumable: false, text: Printable.line(error.message) }
  if (!isOurs(error)) {
    const text = Printable.lines(quotesData(error) ? withoutMessage(error) : Cause.pretty(cause))
    return { code: 3, isResumable: true, text }
  }
  const { reason, message } = error
  // The stack of a failed user function helps the user to find the defect.
  const frames = reason._tag === "TransformFailed" ? reason.frames.slice(1) : []
  const text = Printable.lines([message, ...frames.map((frame) => `    ${frame}`)].join("\n"))
  const code = wrongUse.has(reason._tag) || ("cause" in reason && isWrongPath(reason.cause)) ? 1 : 3
  return { code, isResumable: code === 3 && !pointless.has(reason._tag), text }
}

export class MissingVariable extends TaggedError<MissingVariable>("@chatferry/core/Program/MissingVariable")(
  "MissingVariable",
  {
    variable: Schema.String,
    /** Where to find its value, as a clause: `the token is in the dashboard`. */
    where: Schema.optionalKey(Schema.String)
  }
) {
  override get message(): string {
    return notSet(this.variable, this.where)
  }
}

// internal

const notSet = (variable: string, where?: string): string =>
  `${variable} is not set: export ${variable}=… and run again${where === undefined ? "" : `; ${where}`}`

/** By its tag, because its class would load all of `Config`. */
const isConfigError = (error: unknown): error is Config.ConfigError =>
  Predicate.isTagged(error, "ConfigError")

const isOurs = (error: unknown): error is MigrationError | SourceError | SinkError =>
  isMigrationError(error) || isSourceError(error) || isSinkError(error)

/** Reasons that running the same command again cannot fix. */
const wrongUse: ReadonlySet<string> = new Set([
  "InvalidConfig",
  "InvalidPosition",
  "InvalidReceipt",
  "StagedDataDamaged",
  "EmptyOutput",
  "UnrecognisedInput",
  "Conflict",
  "CheckpointRejected",
  "OutputMissing",
  "CorrectionsRejected",
  "ThreadsFailed",
  "TransformFailed"
])

/** Reasons that require something other than running the same command again: waiting, or reporting a defect. */
const pointless: ReadonlySet<string> = new Set([
  "AlreadyRunning",
  "OwnershipLost",
  "OutOfBalance",
  "InvalidOutput"
])

/** A file with the name of a folder means that the user typed a wrong path. */
const isWrongPath = (cause: unknown) => SystemProblem.codeOf(cause) === "ENOTDIR"

const configText = ({ cause }: Config.ConfigError): string => {
  if (!Schema.isSchemaError(cause)) return cause.message
  const absent = new Set(missing(cause.issue, []).map((path) => path.join("_")))
  return format(cause.issue)
    .issues.map(({ message, path = [] }) => {
      const name = path.map((key) => String(typeof key === "object" ? key.key : key)).join("_")
      return absent.has(name) ? notSet(name) : `${name}: ${message}`
    })
    .join("; ")
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** Paths of missing variables. */
const missing = (
  issue: SchemaIssue.Issue,
  path: ReadonlyArray<string>
): ReadonlyArray<ReadonlyArray<string>> => {
  switch (issue._tag) {
    case "Pointer":
      return missing(issue.issue, [...path, ...issue.path.map(String)])
    case "Encoding":
    case "Filter":
      return missing(issue.issue, path)
    case "Composite":
      return issue.issues.flatMap((one) => missing(one, path))
    case "MissingKey":
      return [path]
    case "InvalidType":
      // Variables are always text, so a variable that is not text is missing.
      return issue.ast._tag === "String" ? [path] : []
    default:
      return []
  }
}

const withoutMessage = ({ name, stack = "" }: Error) => {
  const frames = stack.split("\n").filter((line) => /^ {4}at /u.test(line))
  return [`${name} (its message is left out: it may quote data)`, ...frames].join("\n")
}
