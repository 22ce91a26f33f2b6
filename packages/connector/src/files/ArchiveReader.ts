/**
 * Makes sources of exports on disk: zip archives, folders and single files.
 *
 * An author defines how files are recognised and how records are mapped. This module
 * handles the files, archives inside archives, gzip, positions, checksums of the
 * content that has been read, bytes for progress, batches, locations, and the
 * originals and contexts of rejects. `lines`, `elements` and `rows` read the usual
 * formats. Any other format is a `Format`.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
export {
  /**
   * Maps a rejected record again, using only its line.
   *
   * @category operations
   * @since 0.1.0
   */
  rejected
} from "../internal/reading/again.ts"
export {
  /**
   * Opens a file again and reads a range of it.
   *
   * @category operations
   * @since 0.1.0
   */
  bytes,
  /**
   * Opens a file again and reads it from its start until something is found; `null`
   * if nothing is.
   *
   * @category operations
   * @since 0.1.0
   */
  search
} from "../internal/reading/content.ts"
export {
  /**
   * Maps the ranges of one or more records of a file to the input, for the locations
   * and addresses of rejects.
   *
   * @category operations
   * @since 0.1.0
   */
  located
} from "../internal/reading/corrections.ts"
export {
  /**
   * Makes the options of `JsonElements` for a file. Parts of a small file are small.
   *
   * @category configuration
   * @since 0.1.0
   */
  elementOptions,
  /**
   * Reads JSON documents whose members are lists of records, or that are an array of
   * records. A file with none of the members is rejected as a whole.
   *
   * @category formats
   * @since 0.1.0
   */
  elements,
  /**
   * The members of a document and how they are mapped.
   *
   * @category models
   * @since 0.1.0
   */
  type Members,
  /**
   * A member with a list of records, or with one record.
   *
   * @category models
   * @since 0.1.0
   */
  type Records
} from "../internal/reading/elements.ts"
export {
  /**
   * The position of a record in its file.
   *
   * @category models
   * @since 0.1.0
   */
  type At,
  /**
   * Reads files with a record on each line.
   *
   * @category formats
   * @since 0.1.0
   */
  lines,
  /**
   * The options of reading lines.
   *
   * @category configuration
   * @since 0.1.0
   */
  type LinesOptions
} from "../internal/reading/lines.ts"
export type {
  Again,
  Base,
  Document,
  File,
  Files,
  Format,
  Limits,
  Options,
  Position,
  Reason,
  State,
  Unrecognised,
  Verdict
} from "../internal/reading/model.ts"
export {
  /**
   * Reads one archive as batches, from a position if there is one. `bytes` is the size
   * of the partition, to which the bytes of batches add up.
   *
   * @category operations
   * @since 0.1.0
   */
  read
} from "../internal/reading/read.ts"
export {
  /**
   * The consequences of codes that reading any file can count.
   *
   * @category constants
   * @since 0.1.0
   */
  declared,
  /**
   * The additional consequences of codes that reading CSV can count.
   *
   * @category constants
   * @since 0.1.0
   */
  declaredOfRows,
  /**
   * Maps values one by one, and rejects those that are not objects. For custom formats.
   *
   * @category operations
   * @since 0.1.0
   */
  eachRecord,
  /**
   * Makes the code of an unknown member from its name.
   *
   * @category operations
   * @since 0.1.0
   */
  ignoredMember,
  /**
   * Makes a name from the input safe for codes and messages: it becomes `other` if it has more than 64 characters, or
   * other characters than letters, digits and `_.:-`.
   *
   * @category operations
   * @since 0.1.0
   */
  shownName
} from "../internal/reading/rejects.ts"
export {
  /**
   * Fails if the content that an earlier run read from an archive has changed,
   * according to the read digest of its last batch.
   *
   * @category operations
   * @since 0.1.0
   */
  retrace
} from "../internal/reading/resume.ts"
export {
  /**
   * The column names in the first row of a CSV file; `more` if more bytes are needed.
   *
   * @category operations
   * @since 0.1.0
   */
  columnsOf,
  /**
   * Reads CSV files whose columns determine the meaning of their rows.
   *
   * @category formats
   * @since 0.1.0
   */
  csv,
  /**
   * The options of reading CSV.
   *
   * @category configuration
   * @since 0.1.0
   */
  type CsvOptions,
  /**
   * The cells of a row by the names of the columns.
   *
   * @category models
   * @since 0.1.0
   */
  type NamedCells,
  /**
   * Reads CSV files with a record in each row, with cells by the names of the columns.
   *
   * @category formats
   * @since 0.1.0
   */
  rows,
  /**
   * The options of reading rows.
   *
   * @category configuration
   * @since 0.1.0
   */
  type RowsOptions,
  /**
   * The meaning of the rows below a header.
   *
   * @category models
   * @since 0.1.0
   */
  type Table
} from "../internal/reading/rows.ts"
export {
  /**
   * Returns the size of a file's content if the file may be gzip.
   *
   * @category operations
   * @since 0.1.0
   */
  contentSize,
  /**
   * The settings of a source, and how it is made from them.
   *
   * @category models
   * @since 0.1.0
   */
  type Definition,
  /**
   * Makes a source from settings that may be invalid, as `Source.fromConfig` does.
   *
   * @category constructors
   * @since 0.1.0
   */
  fromConfig,
  /**
   * Makes a source of files. An input without any file of the export fails with
   * `UnrecognisedInput` before anything is read.
   *
   * @category constructors
   * @since 0.1.0
   */
  make,
  /**
   * Recognises the inputs in such settings by the first bytes of their files, and says
   * what other inputs seem to be.
   *
   * @category operations
   * @since 0.1.0
   */
  recognise,
  /**
   * The options of `make`.
   *
   * @category models
   * @since 0.1.0
   */
  type SourceOptions
} from "../internal/reading/source.ts"
