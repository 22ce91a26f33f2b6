/**
 * Zip archives and folders as sets of named files, for sources that read them.
 *
 * Archives are believed nothing: sizes, checksums, names and offsets are all
 * checked, entries are streamed, and nothing is unpacked to disk. What is wrong
 * with one is a `SourceError` that names archive and entry.
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
   * @category models
   * @since 0.1.0
   */
  type ArchiveEntry,
  /**
   * Content in pieces, each good until the next is asked for; `undefined` at its
   * end, when all that can be checked has been.
   *
   * @category models
   * @since 0.1.0
   */
  type Chunks,
  /**
   * Content of an entry after its first `from` bytes, as a stream whose elements
   * may be kept.
   *
   * @category operations
   * @since 0.1.0
   */
  content,
  /**
   * A loose file; `name` is relative to the input, with `/`.
   *
   * @category models
   * @since 0.1.0
   */
  type LooseFile,
  /**
   * A loose file with what tells its content.
   *
   * @category models
   * @since 0.1.0
   */
  type FingerprintedFile,
  /**
   * Makes an archive of loose files, in the order of their names' bytes.
   *
   * @category constructors
   * @since 0.1.0
   */
  fromFiles,
  /**
   * Which of an archive's files is read, for `Batch.place`: `file 3 of 14`, because
   * names of files may hold ids. Nothing behind the last one.
   *
   * @category formatting
   * @since 0.1.0
   */
  numbered,
  /**
   * Chunks as a stream whose elements may be kept.
   *
   * @category conversions
   * @since 0.1.0
   */
  streamOf
} from "../internal/archives/archive.ts"
export {
  /**
   * A file, with a window ahead of reads that go forward. A file of at most so
   * many bytes is read at once.
   *
   * @category constructors
   * @since 0.1.0
   */
  fromFile,
  /**
   * Bytes of an archive that lies inside another one.
   *
   * @category constructors
   * @since 0.1.0
   */
  fromMemory,
  /**
   * @category errors
   * @since 0.1.0
   */
  readFailed,
  /**
   * Reads a range of an open file; fewer bytes only when the file ends there.
   *
   * @category operations
   * @since 0.1.0
   */
  readFully
} from "../internal/archives/bytes.ts"
export {
  /**
   * Tells what operating systems leave in folders and archives by its name, with
   * `/` between folders.
   *
   * @category guards
   * @since 0.1.0
   */
  isDebris
} from "../internal/archives/debris.ts"
export {
  /**
   * Finds the archives and folders among paths, in the order of the paths and
   * then of names. Files of a migration itself are left out. A path without
   * files is an error.
   *
   * @category operations
   * @since 0.1.0
   */
  find as findParts,
  /**
   * A unit of work with the path it was found under, as it was given.
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
   * How large what is in a file is, by its first and last 16 KiB and its size.
   *
   * @category models
   * @since 0.1.0
   */
  type ContentSize,
  /**
   * Finds out what tells a part from other content: an archive by its directory,
   * which holds all checksums, loose files by their first and last bytes. A
   * damaged archive is none of its trouble.
   *
   * @category operations
   * @since 0.1.0
   */
  fingerprintPart,
  /**
   * A unit of work with what tells its content.
   *
   * @category models
   * @since 0.1.0
   */
  type FingerprintedPart
} from "../internal/archives/fingerprints.ts"
export {
  /**
   * The first bytes of a loose file, inflated if it is gzip; `undefined` when that
   * is damaged.
   *
   * @category operations
   * @since 0.1.0
   */
  headOf,
  /**
   * Counts files by the ends of their names, for people: `1 .txt, 3 .json`.
   *
   * @category formatting
   * @since 0.1.0
   */
  tally
} from "../internal/archives/heads.ts"
export {
  /**
   * What `ReadDigest.upTo` takes for a loose file that has been begun: the checksum of
   * its content up to a byte.
   *
   * @category constructors
   * @since 0.1.0
   */
  begunAt,
  /**
   * Compares everything that the read digest of a batch tells of with what there is now:
   * what `ArchiveSource.Options.retrace` asks for. `isRead` is that of `retrace`;
   * `open` gives the content of a loose file as reading takes it, inflated for
   * example, and as it is stored by default.
   *
   * @category operations
   * @since 0.1.0
   */
  compare,
  /**
   * The same chunks; each is also pushed to a `Passage`.
   *
   * @category operations
   * @since 0.1.0
   */
  followed,
  /**
   * Reads what had been read of a loose file once more and fails when it is other
   * content now; nothing, where `begun` is empty. The chunks, which begin with the
   * file, then continue behind it, and so does the passage.
   *
   * @category operations
   * @since 0.1.0
   */
  resume,
  /**
   * Compares what a read digest says with what there is now, and fails with the name of
   * the file that is another one; among very many files, with the first and last
   * of those among which it is. Loose files that were read to their end are read
   * again, at the speed of the disk and some hundred kilobytes at a time; `isRead`
   * tells which those were, by opening them as reading does. What is said of the
   * entry that has been begun is given back: `resume` compares it, and of a zip
   * archive it has been compared.
   *
   * @category operations
   * @since 0.1.0
   */
  retrace,
  /**
   * A running checksum of what was read of an archive, which tells it from other
   * content. Its text has at most some hundred letters.
   *
   * @category models
   * @since 0.1.0
   */
  ReadDigest
} from "../internal/archives/readDigest.ts"
export {
  /**
   * Opens a zip archive: its directory is read and judged as a whole. One without
   * files, or with none but what an operating system left, is a `CorruptInput`.
   *
   * @category constructors
   * @since 0.1.0
   */
  open as openZip
} from "../internal/archives/zip.ts"
export {
  /**
   * What to put up with in a zip archive.
   *
   * @category configuration
   * @since 0.1.0
   */
  type Limits as ZipLimits,
  /**
   * An entry's name as messages show it: without control characters.
   *
   * @category formatting
   * @since 0.1.0
   */
  shown
} from "../internal/archives/zipDirectory.ts"
export {
  /**
   * What zlib says of bytes behind the end of what it inflates.
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
   * @category models
   * @since 0.1.0
   */
  type Pulled
} from "../internal/archives/zlib.ts"
