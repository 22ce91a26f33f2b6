/** A sortable time as a timestamp again. */
export const timestamp = (sortable: string): string => `${sortable}Z`

/** The same with as many digits as milliseconds have. */
export const millisecondsOf = (sortable: string): string =>
  timestamp((sortable.includes(".") ? sortable : `${sortable}.`).padEnd(23, "0"))

/** SQL for the same, of a column. */
export const timestampOf = (column: string): string => `${column} || 'Z'`
