/**
 * A timestamp as text that sorts like time whatever fractional digits it has:
 * without `Z` and trailing zeros. No timestamp sorts first.
 */
export const sortable = (timestamp: string | undefined): string => {
  if (timestamp === undefined) return ""
  let end = timestamp.length - 1
  if (end > SECONDS) {
    while (timestamp.charCodeAt(end - 1) === ZERO) end--
    if (end === SECONDS + 1) end = SECONDS
  }
  return timestamp.slice(0, end)
}

/** The later of two sortable times. */
export const later = (a: string, b: string): string => (a < b ? b : a)

/** A sortable time as a timestamp again. */
export const timestamp = (sortable: string): string => `${sortable}Z`

/** SQL for the same, of a column. */
export const timestampOf = (column: string): string => `${column} || 'Z'`

// internal

const SECONDS = "2020-01-01T00:00:00".length
const ZERO = "0".charCodeAt(0)
