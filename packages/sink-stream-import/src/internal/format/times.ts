/** Turns a sortable time into a timestamp. */
export const timestamp = (sortable: string): string => `${sortable}Z`

/** The same with three digits for milliseconds. */
export const millisecondsOf = (sortable: string): string =>
  timestamp((sortable.includes(".") ? sortable : `${sortable}.`).padEnd(23, "0"))

/** SQL for the same with a column. */
export const timestampOf = (column: string): string => `${column} || 'Z'`
