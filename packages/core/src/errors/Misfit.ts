/**
 * What is wrong with a value that does not fit a schema, by the names of fields and
 * never by what is in them.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import type * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

/**
 * One clause for each of the first eight things that are wrong, with the path of its
 * field and what is expected there. Names that do not look like those of fields are
 * shown as `?`, and nothing below `custom`: they may be content.
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
/** What the formatter says of it. */
const EXCESS = "Expected no excess property"

/** Names of the model's fields and what looks like one; below `custom` names may be content. */
const showPath = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>): string => {
  const keys = path.map((part) => (typeof part === "object" ? part.key : part))
  const custom = keys.indexOf("custom")
  return (custom < 0 ? keys : keys.slice(0, custom + 1))
    .map((key) => (typeof key === "number" || (typeof key === "string" && NAME.test(key)) ? key : "?"))
    .join(".")
}

const NAME = /^[A-Za-z_]\w{0,40}$/u
