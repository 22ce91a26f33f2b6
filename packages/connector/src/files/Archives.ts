/**
 * Opens zip archives and folders as sets of named files, for sources that read them.
 *
 * Archives are not trusted: sizes, checksums, names and offsets are all checked,
 * entries are streamed, and nothing is unpacked to disk. A problem is a
 * `SourceError` that names the archive and the entry.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
export {
  /**
   * A set of named files: the entries of a zip archive, or loose files of a folder.
   *
   * @category models
   * @since 0.1.0
   */
  type Archive,
  /**
   * One file of an archive.
   *
   * @category models
   * @since 0.1.0
   */
  type ArchiveEntry,
  /**
   * Content in pieces. Each piece is valid until the next one is requested.
   * `undefined` marks the end, after all checks.
   *
   * @category models
   * @since 0.1.0
   */
  type Chunks,
  /**
   * Streams the content of an entry after its first `from` bytes. The elements may be kept.
   *
   * @category operations
   * @since 0.1.0
   */
  content,
  /**
   * Consecutive entries of an archive, by their indexes: `from` is the first one, and
   * `to` the one after the last.
   *
   * @category models
   * @since 0.1.0
   */
  type EntryRange,
  /**
   * A loose file; `name` is relative to the input, with `/`.
   *
   * @category models
   * @since 0.1.0
   */
  type LooseFile,
  /**
   * A loose file with the fingerprint of its content.
   *
   * @category models
   * @since 0.1.0
   */
  type FingerprintedFile,
  /**
   * Makes an archive of loose files, in the byte order of their names.
   *
   * @category constructors
   * @since 0.1.0
   */
  fromFiles,
  /**
   * Formats the current file for `Batch.location` as `file 3 of 14`, because names of
   * files may contain ids. It is empty after the last file.
   *
   * @category formatting
   * @since 0.1.0
   */
  numbered,
  /**
   * Converts chunks to a stream whose elements may be kept.
   *
   * @category conversions
   * @since 0.1.0
   */
  streamOf
} from "../internal/archives/archive.ts"
export {
  /**
   * Opens a file with a read-ahead window for sequential reads. A file of at most
   * `wholeUpTo` bytes is read into memory, ahead of what is read of it.
   *
   * @category constructors
   * @since 0.1.0
   */
  fromFile,
  /**
   * Wraps the bytes of an archive that is inside another one.
   *
   * @category constructors
   * @since 0.1.0
   */
  fromMemory,
  /**
   * Maps errors of the file system to `SourceError.ReadFailed` and keeps others.
   *
   * @category errors
   * @since 0.1.0
   */
  readFailed,
  /**
   * Reads a range of an open file. It returns fewer bytes only at the end of the file.
   *
   * @category operations
   * @since 0.1.0
   */
  readFully
} from "../internal/archives/bytes.ts"
export {
  /**
   * Whether a name, with `/` between folders, is that of a file that operating systems
   * leave in folders and archives.
   *
   * @category guards
   * @since 0.1.0
   */
  isDebris
} from "../internal/archives/debris.ts"
export {
  /**
   * Finds the archives and folders among paths, in the order of the paths and then of
   * names. Files of the migration itself are left out. A path without files is an error.
   *
   * @category operations
   * @since 0.1.0
   */
  find as findParts,
  /**
   * A unit of work with the given path under which it was found.
   *
   * @category models
   * @since 0.1.0
   */
  type FoundPart,
  /**
   * A unit of work: one zip archive, or all loose files of one input.
   *
   * @category models
   * @since 0.1.0
   */
  type Part
} from "../internal/archives/inputs.ts"
export {
  /**
   * Returns the size of a file's content by its first and last 16 KiB and its size.
   *
   * @category models
   * @since 0.1.0
   */
  type ContentSize,
  /**
   * Computes the fingerprint of a part: of an archive by its directory, which contains
   * all checksums, and of loose files by their first and last bytes. Damage is
   * reported when the archive is read.
   *
   * @category operations
   * @since 0.1.0
   */
  fingerprintPart,
  /**
   * A unit of work with its fingerprint.
   *
   * @category models
   * @since 0.1.0
   */
  type FingerprintedPart
} from "../internal/archives/fingerprints.ts"
export {
  /**
   * Reads the first bytes of a loose file, inflated if it is gzip; `undefined` if the
   * gzip is damaged.
   *
   * @category operations
   * @since 0.1.0
   */
  headOf,
  /**
   * Counts files by their extensions, for messages: `1 .txt, 3 .json`.
   *
   * @category formatting
   * @since 0.1.0
   */
  tally
} from "../internal/archives/heads.ts"
export {
  /**
   * Formats the checksum of a loose file's content up to a byte, as `ReadDigest.upTo`
   * takes it.
   *
   * @category constructors
   * @since 0.1.0
   */
  begunAt,
  /**
   * Compares everything that the read digest of a batch covers with the current
   * content, as `ArchiveSource.Options.retrace` requires. `isRead` is that of
   * `retrace`. `open` returns the content of a loose file as it is read, for example
   * inflated; by default it is the stored content.
   *
   * @category operations
   * @since 0.1.0
   */
  compare,
  /**
   * Returns the same chunks and pushes each to a `Passage`.
   *
   * @category operations
   * @since 0.1.0
   */
  followed,
  /**
   * Reads the part of a loose file again that an earlier run had read, and fails if it
   * has changed. It reads nothing if `begun` is empty. The chunks must start with the
   * file. Afterwards they and the passage continue after that part.
   *
   * @category operations
   * @since 0.1.0
   */
  resume,
  /**
   * Compares a read digest with the current content, and fails with the name of the
   * file that has changed or, among very many files, with the first and last of a
   * range of files that contains it. Loose files that were read to their end are read
   * again, at the speed of the disk and some hundred kilobytes at a time. `isRead`
   * decides which files those were by opening them as reading does. The digest of the
   * entry that was only begun is returned for `resume` to compare; for a zip archive
   * it has been compared already.
   *
   * @category operations
   * @since 0.1.0
   */
  retrace,
  /**
   * A running checksum of the content that was read from an archive. Its text has at
   * most a few hundred characters.
   *
   * @category models
   * @since 0.1.0
   */
  ReadDigest
} from "../internal/archives/readDigest.ts"
export {
  /**
   * Opens a zip archive after reading and checking its whole directory. An archive
   * without files, or only with files that an operating system left, is a `CorruptInput`.
   *
   * @category constructors
   * @since 0.1.0
   */
  open as openZip
} from "../internal/archives/zip.ts"
export {
  /**
   * Safety limits for a zip archive.
   *
   * @category configuration
   * @since 0.1.0
   */
  type Limits as ZipLimits,
  /**
   * Formats an entry's name for messages: shortened and without control characters.
   *
   * @category formatting
   * @since 0.1.0
   */
  shown
} from "../internal/archives/zipDirectory.ts"
export {
  /**
   * The problem of compressed data that is followed by other bytes.
   *
   * @category errors
   * @since 0.1.0
   */
  AFTER_END,
  /**
   * Inflates piece by piece, on another thread and at most a piece ahead.
   *
   * @category constructors
   * @since 0.1.0
   */
  inflater,
  /**
   * What an inflater returns when it is asked for the next piece.
   *
   * @category models
   * @since 0.1.0
   */
  type Pulled
} from "../internal/archives/zlib.ts"
