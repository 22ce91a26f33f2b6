// A set of named files to read: the entries of a zip archive, or loose files of a folder.
import type { SourceError } from "@chatferry/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { readFailed, readFully } from "./bytes.ts"
import { crc32 } from "./zlib.ts"

export interface ArchiveEntry {
  readonly name: string
  /** The size of the content. */
  readonly size: number
  /** Its share of the archive's bytes, for progress. */
  readonly weight: number
  /** Identifies the content, completely if the archive `isSealed`. */
  readonly fingerprint: string
}

/** Content in pieces. Each piece is valid until the next one is requested. `undefined` marks the end, after all checks. */
export interface Chunks {
  readonly next: Effect.Effect<Uint8Array | undefined, SourceError.SourceErrorReason>
}

/** Consecutive entries of an archive, by their indexes: `from` is the first one, and `to` the one after the last. */
export interface EntryRange {
  readonly from: number
  readonly to: number
}

export interface Archive {
  /** The name of the archive in messages. */
  readonly location: string
  /** The separator between its name and an entry's. */
  readonly separator: "!" | "/"
  /** An entry's `fingerprint` covers all of its content, as a zip archive's checksums do. That of a loose file covers size, beginning and end. */
  readonly isSealed: boolean
  /** The entries in the byte order of their names. */
  readonly entries: ReadonlyArray<ArchiveEntry>
  /** Content of an entry after its first `from` bytes. */
  readonly open: (
    index: number,
    from: number
  ) => Effect.Effect<Chunks, SourceError.SourceErrorReason, Scope.Scope>
  /**
   * Opens the first entries of a range on another thread, as many as are small enough to be held in memory together.
   * None if they must be opened alone, or if one of them is damaged.
   */
  readonly openTogether?: (range: EntryRange) => Effect.Effect<ReadonlyArray<Chunks>>
  /** Size and checksum of a whole entry that is not sealed, faster than reading it with `open`. */
  readonly checksum?: (index: number) => Effect.Effect<Passed, SourceError.SourceErrorReason>
}

/** The checksum (CRC-32) of the first `offset` bytes. */
export interface Passed {
  readonly offset: number
  readonly checksum: number
}

/** A loose file; `name` is relative to the input, with `/`. */
export interface LooseFile {
  readonly name: string
  readonly path: string
  readonly size: number
}

/** A loose file with the fingerprint of its content. */
export interface FingerprintedFile extends LooseFile {
  readonly fingerprint: string
  /** The size of its content, which differs from `size` if it is compressed. */
  readonly contentSize: number
}

export const content = (
  archive: Archive,
  index: number,
  from: number
): Stream.Stream<Uint8Array, SourceError.SourceErrorReason> =>
  Stream.unwrap(Effect.map(archive.open(index, from), streamOf))

/** The same chunks as a stream whose elements may be kept. */
export const streamOf = ({ next }: Chunks): Stream.Stream<Uint8Array, SourceError.SourceErrorReason> =>
  Stream.fromPull(
    Effect.succeed(
      Effect.flatMap(next, (piece) =>
        piece === undefined ? Cause.done() : Effect.succeed([Buffer.from(piece)] as const)
      )
    )
  )

export const fromFiles = (
  location: string,
  files: ReadonlyArray<FingerprintedFile>
): Effect.Effect<Archive, never, FileSystem.FileSystem> =>
  Effect.map(FileSystem.FileSystem, (fs) => ({
    location,
    separator: "/",
    isSealed: false,
    entries: files.map(({ contentSize, name, fingerprint, size }) => ({
      name,
      size: contentSize,
      weight: size,
      fingerprint
    })),
    open: (index, from) => {
      const { path, size } = files[index] as FingerprintedFile
      return fs.open(path, { flag: "r" }).pipe(
        Effect.mapError(readFailed(path)),
        Effect.map((file) => {
          let at = from
          // A file that grows meanwhile is read to its new end.
          const read = Effect.suspend(() =>
            readFully(file, at, at < size ? Math.min(PIECE, size - at) : BEHIND, path)
          )
          return {
            next: Effect.map(read, (piece) => {
              at += piece.length
              return piece.length === 0 ? undefined : piece
            })
          }
        })
      )
    },
    checksum: (index) => checksumOf(fs, (files[index] as FingerprintedFile).path)
  }))

/** The range of all entries. */
export const allEntries = ({ entries }: Pick<Archive, "entries">): EntryRange => ({
  from: 0,
  to: entries.length
})

/** Formats the number of the current file, without its name. */
export const numbered = ({ entries }: Archive, index: number): string =>
  index < entries.length ? `file ${index + 1} of ${entries.length}` : ""

// internal

const PIECE = 256 << 10
const BEHIND = 4 << 10

/** Reads into the same memory each time, which is several times as fast. */
const checksumOf = (
  fs: FileSystem.FileSystem,
  path: string
): Effect.Effect<Passed, SourceError.SourceErrorReason> =>
  Effect.scoped(
    Effect.gen(function* () {
      const file = yield* fs.open(path, { flag: "r" })
      const buffer = Buffer.allocUnsafe(PIECE)
      let [offset, checksum] = [0, 0]
      for (let count = yield* file.read(buffer); count > 0; count = yield* file.read(buffer)) {
        offset += count
        checksum = crc32(buffer.subarray(0, count), checksum)
      }
      return { offset, checksum }
    })
  ).pipe(Effect.mapError(readFailed(path)))
