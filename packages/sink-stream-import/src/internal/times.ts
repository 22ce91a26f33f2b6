/** A sortable time as a timestamp again. */
export const timestamp = (sortable: string): string => `${sortable}Z`

/** SQL for the same, of a column. */
export const timestampOf = (column: string): string => `${column} || 'Z'`
