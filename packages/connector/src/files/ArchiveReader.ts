/**
 * Makes sources of exports that lie on disk: zip archives, folders and single
 * files.
 *
 * An author says which format a file has and what becomes of a record. Finding
 * the files, archives inside archives, gzip, positions, checksums of what has been
 * read, bytes for progress, batches, places, and the originals and contexts of
 * rejects are done here. `lines`, `elements` and `rows` read the usual formats; any
 * other is a `Format`.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
export {
  /**
   * Maps a record that was set aside once more, by its line alone.
   *
   * @category operations
   * @since 0.1.0
   */
  rejected
} from "../internal/reading/again.ts"
export {
  /**
   * Reads some bytes of a file, by another reading of it.
   *
   * @category operations
   * @since 0.1.0
   */
  bytes,
  /**
   * Reads a file from its start, beside the reading of it, until something is
   * found; `null` when nothing is.
   *
   * @category operations
   * @since 0.1.0
   */
  search
} from "../internal/reading/content.ts"
export {
  /**
   * Some records of a file, or one, with their ranges as they are in the input: what
   * places and addresses of rejects are made of.
   *
   * @category operations
   * @since 0.1.0
   */
  located
} from "../internal/reading/corrections.ts"
export {
  /**
   * How `JsonElements` reads a file: parts of a small file are small.
   *
   * @category configuration
   * @since 0.1.0
   */
  elementOptions,
  /**
   * Reads documents of JSON whose members are lists of records, or an array of
   * records. A file with none of the members is rejected as a whole.
   *
   * @category formats
   * @since 0.1.0
   */
  elements,
  /**
   * What the members of a document hold.
   *
   * @category models
   * @since 0.1.0
   */
  type Members,
  /**
   * A member that is a list of records, or one record.
   *
   * @category models
   * @since 0.1.0
   */
  type Records
} from "../internal/reading/elements.ts"
export {
  /**
   * Where in its file a record is.
   *
   * @category models
   * @since 0.1.0
   */
  type At,
  /**
   * Reads files that have a record on each line.
   *
   * @category formats
   * @since 0.1.0
   */
  lines,
  /**
   * How lines are read.
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
   * Reads one archive as batches, after a position if there is one. `bytes` is the
   * size of the partition that progress is counted in.
   *
   * @category operations
   * @since 0.1.0
   */
  read
} from "../internal/reading/read.ts"
export {
  /**
   * The consequences of what reading counts by itself.
   *
   * @category constants
   * @since 0.1.0
   */
  declared,
  /**
   * What reading CSV counts beside that.
   *
   * @category constants
   * @since 0.1.0
   */
  declaredOfRows,
  /**
   * Maps values one by one, and rejects what is not an object: for formats of an author's own.
   *
   * @category operations
   * @since 0.1.0
   */
  eachRecord,
  /**
   * The code that counts a member which is not known, with its name.
   *
   * @category operations
   * @since 0.1.0
   */
  ignoredMember,
  /**
   * A name of the input as codes and messages can show it: `other` where it has more than 64 characters, or others
   * than letters, digits and `_.:-`.
   *
   * @category operations
   * @since 0.1.0
   */
  shownName
} from "../internal/reading/rejects.ts"
export {
  /**
   * Fails unless what an earlier run read of an archive is still there as it was, by
   * the read digest of its last batch.
   *
   * @category operations
   * @since 0.1.0
   */
  retrace
} from "../internal/reading/resume.ts"
export {
  /**
   * The columns in the first row of a CSV file; `more` when more bytes are needed to tell.
   *
   * @category operations
   * @since 0.1.0
   */
  columnsOf,
  /**
   * Reads CSV files whose columns say what their rows are.
   *
   * @category formats
   * @since 0.1.0
   */
  csv,
  /**
   * How CSV is read.
   *
   * @category configuration
   * @since 0.1.0
   */
  type CsvOptions,
  /**
   * A row by the names of its columns.
   *
   * @category models
   * @since 0.1.0
   */
  type NamedCells,
  /**
   * Reads CSV files with a record in each row; cells by the names of the columns.
   *
   * @category formats
   * @since 0.1.0
   */
  rows,
  /**
   * How rows are read.
   *
   * @category configuration
   * @since 0.1.0
   */
  type RowsOptions,
  /**
   * What the rows under a header are.
   *
   * @category models
   * @since 0.1.0
   */
  type Table
} from "../internal/reading/rows.ts"
export {
  /**
   * How large what is in a file is, where it may be gzip.
   *
   * @category operations
   * @since 0.1.0
   */
  contentSize,
  /**
   * Settings of a source, and what it makes of them.
   *
   * @category models
   * @since 0.1.0
   */
  type Definition,
  /**
   * Makes a source of settings that may be wrong, as `Source.fromConfig` does.
   *
   * @category constructors
   * @since 0.1.0
   */
  fromConfig,
  /**
   * Makes a source of files. An input that holds nothing of an export fails with
   * `UnrecognisedInput`, before anything is read.
   *
   * @category constructors
   * @since 0.1.0
   */
  make,
  /**
   * Tells of each input of such settings, by the first bytes of its files, whether
   * it holds anything of an export, and if not, what it seems to be.
   *
   * @category operations
   * @since 0.1.0
   */
  recognise,
  /**
   * What `make` takes.
   *
   * @category models
   * @since 0.1.0
   */
  type SourceOptions
} from "../internal/reading/source.ts"
