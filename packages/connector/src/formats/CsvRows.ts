/**
 * Reads the rows of CSV files that may be larger than memory, a few dozen kilobytes
 * at a time. `ArchiveReader.rows` and `ArchiveReader.csv` use it to read whole sources.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
export {
  /**
   * Reads one file synchronously: push bytes, then take rows until there are none.
   * After the last bytes, call `end` and take the rest.
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
   * The position of a row at which reading resumes.
   *
   * @category schemas
   * @since 0.1.0
   */
  Position,
  /**
   * A block of rows, or one row that is too large and was skipped.
   *
   * @category models
   * @since 0.1.0
   */
  type Rows,
  /**
   * The error for a file whose last cell has no closing quote.
   *
   * @category errors
   * @since 0.1.0
   */
  UnclosedQuote
} from "../internal/csv/csvReader.ts"
export {
  /**
   * The first row of a file, and the offset of the rows after it.
   *
   * @category models
   * @since 0.1.0
   */
  type Header,
  /**
   * Finds the header of a file; `more` if the first row may be incomplete.
   *
   * @category operations
   * @since 0.1.0
   */
  headerOf,
  /**
   * Finds another delimiter with which the file would start with a matching header.
   *
   * @category operations
   * @since 0.1.0
   */
  otherDelimiter
} from "../internal/csv/header.ts"
export {
  /**
   * The cells of a row, or its problem.
   *
   * @category models
   * @since 0.1.0
   */
  type Cells,
  /**
   * Whether a row could not be read.
   *
   * @category guards
   * @since 0.1.0
   */
  isBroken,
  /**
   * The problem of a row.
   *
   * @category models
   * @since 0.1.0
   */
  type Problem,
  /**
   * The delimiter and the line end of a file.
   *
   * @category models
   * @since 0.1.0
   */
  type Dialect
} from "../internal/csv/model.ts"
export {
  /**
   * Makes the column names of a header unique. A blank name becomes, for example, `column_3`.
   *
   * @category operations
   * @since 0.1.0
   */
  titlesOf,
  /**
   * Makes a name unique among those taken, and adds it to them.
   *
   * @category operations
   * @since 0.1.0
   */
  unique
} from "../internal/csv/titles.ts"
