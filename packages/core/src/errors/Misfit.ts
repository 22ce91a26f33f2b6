/**
 * Describes why a value does not match a schema, with the names of fields and never
 * with their values.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

/**
 * One clause for each of the first eight problems, with the path of the field and the
 * expected value. Names that do not look like field names are shown as `?`, and names
 * below `custom` are not shown: they may be content.
 *
 * @category operations
 * @since 0.1.0
 */
export const describe = ({ issue }: Schema.SchemaError): string => {
  const { issues } = format(issue)
  const shown = issues.slice(0, MOST_ISSUES).map(({ message, path }) => clause(showPath(path ?? []), message))
  const more = issues.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ")
}

// internal

const format = SchemaIssue.makeFormatterStandardSchemaV1()
const MOST_ISSUES = 8

const clause = (path: string, message: string) =>
  message === EXCESS ? `the field ${path} is unknown` : `${path}: ${message}`
/** The formatter's message for it. */
const EXCESS = "Expected no excess property"

/** Shows names that look like fields of the model. Below `custom`, names may be content. */
const showPath = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>): string => {
  const keys = path.map((part) => (typeof part === "object" ? part.key : part))
  const custom = keys.indexOf("custom")
  return (custom < 0 ? keys : keys.slice(0, custom + 1))
    .map((key) => (typeof key === "number" || (typeof key === "string" && NAME.test(key)) ? key : "?"))
    .join(".")
}

const NAME = /^[A-Za-z_]\w{0,40}$/u
