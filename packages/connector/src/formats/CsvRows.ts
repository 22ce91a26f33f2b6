/**
 * Reads the rows of CSV files that may be larger than memory, some tens of
 * kilobytes at a time. `ArchiveReader.rows` and `ArchiveReader.csv` do it for
 * whole sources.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
export {
  /**
   * Reads one file. Synchronous: push bytes, then take rows until there are none;
   * after the last bytes call `end` and take the rest.
   *
   * @category models
   * @since 0.1.0
   */
  CsvReader,
  /**
   * How a file is read.
   *
   * @category configuration
   * @since 0.1.0
   */
  type Options,
  /**
   * Where reading goes on: at a row.
   *
   * @category schemas
   * @since 0.1.0
   */
  Position,
  /**
   * Some rows, or one that is too large and was passed over.
   *
   * @category models
   * @since 0.1.0
   */
  type Rows,
  /**
   * The last cell of the file has no end.
   *
   * @category errors
   * @since 0.1.0
   */
  UnclosedQuote
} from "../internal/csv/csvReader.ts"
export {
  /**
   * The first row of a file, and where its rows begin.
   *
   * @category models
   * @since 0.1.0
   */
  type Header,
  /**
   * Finds the header of a file; `more` when the first row may not have ended yet.
   *
   * @category operations
   * @since 0.1.0
   */
  headerOf,
  /**
   * Finds another delimiter with which the file would begin with a header that fits.
   *
   * @category operations
   * @since 0.1.0
   */
  otherDelimiter
} from "../internal/csv/header.ts"
export {
  /**
   * The cells of a row, or what is wrong with it.
   *
   * @category models
   * @since 0.1.0
   */
  type Cells,
  /**
   * Tells rows that cannot be read.
   *
   * @category guards
   * @since 0.1.0
   */
  isBroken,
  /**
   * What is wrong with a row.
   *
   * @category models
   * @since 0.1.0
   */
  type Problem
} from "../internal/csv/parseRows.ts"
export type {
  /**
   * What separates cells and rows.
   *
   * @category models
   * @since 0.1.0
   */
  Dialect
} from "../internal/csv/rowScanner.ts"
export {
  /**
   * The names of the columns of a header, made unique: a blank one is `column_3`.
   *
   * @category operations
   * @since 0.1.0
   */
  titlesOf,
  /**
   * A name that is not taken yet; takes it.
   *
   * @category operations
   * @since 0.1.0
   */
  unique
} from "../internal/csv/titles.ts"
