// Formats a report as text.
import { Printable } from "@chatferry/core/errors"
import type { FileReport, ImportReport, ItemError } from "./model.ts"

export const format = ({ files, status }: ImportReport): string =>
  [...files.flatMap(fileLines), summary[status]].join("\n")

// internal

const MOST_ERRORS = 20

const summary: Readonly<Record<ImportReport["status"], string>> = {
  completed: "All files are imported.",
  failed: "Stopped: fix the errors above, run the migration again, and upload the new files."
}

const fileLines = (file: FileReport): ReadonlyArray<string> => {
  const id = file.importId === null ? "" : `  import ${file.importId}`
  const rest = file.errors.length - MOST_ERRORS
  return [
    Printable.line(`${file.path}  ${file.state}  ${file.records} items, ${file.bytes} bytes${id}`),
    ...file.errors.slice(0, MOST_ERRORS).map((error) => `  ${Printable.line(errorLine(error))}`),
    ...(rest > 0 ? [`  and ${rest} more errors`] : [])
  ]
}

const errorLine = ({ error, itemType, sourceIds, streamIds }: ItemError): string => {
  const of = Object.entries(sourceIds ?? streamIds).map(([field, id]) => `${field} ${id}`)
  const location = of.length === 0 ? "" : ` (${sourceIds === null ? "in Stream: " : ""}${of.join(", ")})`
  return `${itemType === null ? "" : `${itemType}: `}${error}${location}`
}
