// Reads zip archives without trusting them: sizes, checksums, names and offsets are all checked.
import { SourceError } from "@chatferry/core"
import { Sha256 } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { bufferOf } from "../bufferOf.ts"
import type { Archive } from "./archive.ts"
import type { Bytes } from "./bytes.ts"
import { isDebris } from "./debris.ts"
import {
  type End,
  findEnd,
  type Limits,
  parse,
  shown,
  TAIL,
  type ZipEntry,
  zip64End
} from "./zipDirectory.ts"
import { corrupt, openEntry, openTogether } from "./zipEntry.ts"

type Reason = SourceError.SourceErrorReason

/** The bytes of a directory, and the position at which they must end. */
export interface StoredDirectory {
  readonly directory: Uint8Array
  readonly end: End
}

/** The checked directory of an archive. */
export interface Directory {
  readonly location: string
  readonly stored: ReadonlyArray<ZipEntry>
  readonly entries: Archive["entries"]
}

/** Opens an archive after reading and checking its whole directory. An archive without files is an error. */
export const open = (bytes: Bytes, location: string, limits: Limits): Effect.Effect<Archive, Reason> =>
  Effect.map(readDirectory(bytes, location, limits), (directory) => archiveIn(directory, bytes))

/** Reads and checks the whole directory. An archive without files is an error. */
export const readDirectory = (bytes: Bytes, location: string, limits: Limits) =>
  Effect.flatMap(storedDirectory(bytes, location, limits), (stored) => checked(stored, location, limits))

/** Checks a directory. */
export const checked = Effect.fnUntraced(function* (
  { directory, end }: StoredDirectory,
  location: string,
  limits: Limits
): Effect.fn.Return<Directory, Reason> {
  const stored = yield* Effect.fromResult(parse(directory, end, location, limits))
  if (stored.length === 0) return yield* corrupt(location, "there are no files in the archive")
  if (stored.every(({ name }) => isDebris(name))) {
    return yield* corrupt(location, "the archive contains only files that an operating system left there")
  }
  const entries = stored.map(({ compressedSize, crc, name, size }) => {
    const fingerprint = `${size}:${crc}`
    return { name, size, weight: compressedSize + OVERHEAD, fingerprint }
  })
  return { location, stored, entries }
})

/** The archive whose directory has been checked. */
export const archiveIn = ({ entries, location, stored }: Directory, bytes: Bytes): Archive => {
  const locationOf = ({ name }: ZipEntry) => `${location}!${shown(name)}`
  return {
    location,
    separator: "!",
    isSealed: true,
    entries,
    open: (index, from) =>
      Effect.suspend(() => {
        const entry = stored[index] as ZipEntry
        return openEntry(bytes, entry, locationOf(entry), from)
      }),
    openTogether: ({ from, to }) => openTogether(bytes, stored, from, to)
  }
}

/** The fingerprint of an archive: the hash of its directory, which contains every entry's checksum. */
export const fingerprintOf = ({ directory }: StoredDirectory): string => Sha256.hex([directory])

/** Reads the directory without checking its entries. */
export const storedDirectory = Effect.fnUntraced(function* (
  bytes: Bytes,
  location: string,
  limits: Limits
): Effect.fn.Return<StoredDirectory, Reason> {
  const orCorrupt = <A>(result: Result.Result<A, string>) =>
    Effect.fromResult(Result.mapError(result, (problem) => corrupt(location, problem)))
  const tail = yield* bytes.read(Math.max(bytes.size - TAIL, 0), Math.min(bytes.size, TAIL))
  const found = yield* orCorrupt(findEnd(tail, bytes.size))
  let end: End = found
  if (found.zip64 !== undefined) {
    if (found.zip64 + 56 > found.until) return yield* corrupt(location, "the zip64 end record is damaged")
    end = yield* orCorrupt(zip64End(yield* bytes.read(found.zip64, 56), found.zip64, found.until))
  }
  if (end.count > limits.maxEntries) {
    return yield* exceeded(location, "maxEntries", limits.maxEntries, end.count)
  }
  if (end.size > limits.maxDirectoryBytes) {
    return yield* exceeded(location, "maxDirectoryBytes", limits.maxDirectoryBytes, end.size)
  }
  const extra = end.until - end.offset - end.size
  if (extra > 0) {
    return yield* corrupt(
      location,
      `there are ${extra} bytes that belong to no entry: something was put before the archive`
    )
  }
  if (extra < 0) return yield* corrupt(location, "the directory lies outside the archive")
  const directory = bufferOf(yield* bytes.read(end.offset, end.size))
  if (directory.length < end.size)
    return yield* corrupt(location, "the archive became shorter while it was read")
  return { directory, end }
})

// internal

/** The overhead of an entry, so that progress also moves in an archive of empty files. */
const OVERHEAD = 100

const exceeded = (location: string, setting: string, limit: number, actual: number) =>
  new SourceError.LimitExceeded({ location, setting, limit, actual })
