// Rows and their cells.

export interface Problem {
  readonly code: string
  readonly problem: string
}

export type Cells = ReadonlyArray<string> | Problem

export const isBroken = (cells: Cells): cells is Problem => "problem" in cells

export interface Dialect {
  readonly delimiter: Uint8Array
  /** The line end of the header applies to all rows. Other line ends are content. */
  readonly lineEnd: Uint8Array
}
