// Reads zip archives without trusting them: sizes, checksums, names and offsets are all checked.
import { SourceError } from "@chatferry/core"
import { Sha256 } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { bufferOf } from "../bufferOf.ts"
import type { Archive, Chunks } from "./archive.ts"
import type { Bytes } from "./bytes.ts"
import { isDebris } from "./debris.ts"
import {
  type End,
  findEnd,
  HINT,
  type Limits,
  parse,
  shown,
  TAIL,
  type ZipEntry,
  zip64End
} from "./zipDirectory.ts"
import { AFTER_END, crc32, inflateElsewhere, inflater, inflateWhole, type Pulled, TOO_MUCH } from "./zlib.ts"

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
    const isWorthAhead = size >= WORTH_A_THREAD && isWhole(size, compressedSize)
    return { name, size, weight: compressedSize + OVERHEAD, fingerprint, isWorthAhead }
  })
  return { location, stored, entries }
})

/** The archive whose directory has been checked. */
export const archiveIn = ({ entries, location, stored }: Directory, bytes: Bytes): Archive => ({
  location,
  separator: "!",
  isSealed: true,
  entries,
  open: (index, from) =>
    Effect.suspend(() => {
      const entry = stored[index] as ZipEntry
      return openEntry(bytes, entry, `${location}!${shown(entry.name)}`, from)
    })
})

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

/** Entries with both sizes within this limit are inflated at once, which is twice as fast as in pieces. */
const WHOLE = 1 << 20
const isWhole = (size: number, compressedSize: number) => size <= WHOLE && compressedSize <= WHOLE
/** Inflating fewer bytes takes less time than passing them to another thread. */
const WORTH_A_THREAD = 64 << 10
const PIECE = 128 << 10
/** The overhead of an entry, so that progress also moves in an archive of empty files. */
const OVERHEAD = 100

const corrupt = (location: string, problem: string) =>
  new SourceError.CorruptInput({ location, problem, hint: HINT })

const exceeded = (location: string, setting: string, limit: number, actual: number) =>
  new SourceError.LimitExceeded({ location, setting, limit, actual })

const openEntry = Effect.fnUntraced(function* (
  bytes: Bytes,
  entry: ZipEntry,
  location: string,
  from: number
): Effect.fn.Return<Chunks, Reason, Scope.Scope> {
  const isSmall = isWhole(entry.size, entry.compressedSize)
  const header = 30 + entry.nameBytes.length
  const available = entry.end - entry.offset
  const ahead = isSmall ? Math.min(header + 64 + entry.compressedSize, available) : header
  let local = bufferOf(yield* bytes.read(entry.offset, ahead))
  if (local.length < header || local.readUInt32LE(0) !== 0x04034b50) {
    return yield* corrupt(location, `there is no entry at byte ${entry.offset}`)
  }
  if (
    local.readUInt16LE(26) !== entry.nameBytes.length ||
    !local.subarray(30, header).equals(entry.nameBytes) ||
    local.readUInt16LE(8) !== (entry.isDeflated ? 8 : 0)
  ) {
    return yield* corrupt(location, "the entry's own header differs from the directory")
  }
  const start = header + local.readUInt16LE(28)
  const end = start + entry.compressedSize
  if (end > available) return yield* corrupt(location, "the entry overlaps another one")
  if (!isSmall) return yield* openLarge(bytes, entry, location, from, entry.offset + start)
  if (local.length < end) local = bufferOf(yield* bytes.read(entry.offset, end))
  if (local.length < end) return yield* corrupt(location, "the archive became shorter while it was read")
  const compressed = local.subarray(start, end)
  const inflated = entry.isDeflated ? yield* inflate(compressed, entry.size) : undefined
  if (typeof inflated === "string") return yield* corrupt(location, inflated)
  const content = inflated ?? compressed
  const problem = verify(entry, content.length, crc32(content, 0))
  if (problem !== undefined) return yield* corrupt(location, problem)
  return inflated === undefined ? pieces(content, from) : freedAtEnd(pieces(content, from), inflated.buffer)
})

const inflate = (compressed: Uint8Array, size: number): Effect.Effect<Uint8Array<ArrayBuffer> | string> =>
  size < WORTH_A_THREAD
    ? Effect.sync(() => inflateWhole(compressed, size))
    : Effect.callback((resume) =>
        inflateElsewhere(compressed, size, (content) => resume(Effect.succeed(content)))
      )

const verify = (entry: ZipEntry, size: number, crc: number) => {
  if (size !== entry.size) return `the content has ${size} bytes instead of the declared ${entry.size}`
  return crc === entry.crc ? undefined : "the content does not match its checksum (CRC-32)"
}

/** Splits content into pieces that a JSON reader takes without a large buffer. */
const pieces = (content: Uint8Array, from: number): Chunks => {
  let at = from
  return {
    next: Effect.sync(() => {
      if (at >= content.length) return undefined
      const piece = content.subarray(at, at + PIECE)
      at += piece.length
      return piece
    })
  }
}

/** Frees an entry's memory at once: it is outside the heap and would accumulate until the next garbage collection. */
const freedAtEnd = (chunks: Chunks, memory: ArrayBuffer): Chunks => ({
  next: Effect.tap(chunks.next, (piece) =>
    Effect.sync(() => {
      // Small buffers share their memory with others.
      if (piece === undefined && memory.byteLength > Buffer.poolSize) memory.transfer(0)
    })
  )
})

const openLarge = Effect.fnUntraced(function* (
  bytes: Bytes,
  entry: ZipEntry,
  location: string,
  from: number,
  start: number
) {
  const raw = rawPieces(bytes, start, start + entry.compressedSize, location)
  const content = entry.isDeflated ? yield* inflatedPieces(raw, entry, location) : raw
  let size = 0
  let crc = 0
  const next: Chunks["next"] = Effect.gen(function* () {
    for (;;) {
      const chunk = yield* content
      if (chunk === undefined) {
        const problem = verify(entry, size, crc)
        return problem === undefined ? undefined : yield* corrupt(location, problem)
      }
      crc = crc32(chunk, crc)
      const before = size
      size += chunk.length
      if (size > entry.size) return yield* corrupt(location, TOO_MUCH)
      // Everything is read from the start, even on a resume, because only the whole content can be checked.
      if (size > from) return before >= from ? chunk : chunk.subarray(from - before)
    }
  })
  return { next }
})

const rawPieces = (
  bytes: Bytes,
  start: number,
  end: number,
  location: string
): Effect.Effect<Uint8Array | undefined, Reason> => {
  let at = start
  return Effect.suspend(() => {
    if (at >= end) return Effect.succeed(undefined)
    return Effect.flatMap(bytes.read(at, Math.min(PIECE, end - at)), (piece) => {
      if (piece.length === 0)
        return Effect.fail(corrupt(location, "the archive became shorter while it was read"))
      at += piece.length
      return Effect.succeed(piece)
    })
  })
}

const inflatedPieces = (
  raw: Effect.Effect<Uint8Array | undefined, Reason>,
  entry: ZipEntry,
  location: string
) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => inflater("raw")),
      (inflate) => Effect.sync(inflate.close)
    ),
    (inflate): Effect.Effect<Uint8Array | undefined, Reason> => {
      const pull = Effect.callback<Pulled>((resume) =>
        inflate.pull((pulled) => resume(Effect.succeed(pulled)))
      )
      return Effect.gen(function* () {
        for (;;) {
          const pulled = yield* pull
          if (pulled === "hungry") {
            const piece = yield* raw
            if (piece === undefined) inflate.end()
            else inflate.push(piece)
          } else if (pulled === "end") {
            return inflate.consumed() === entry.compressedSize
              ? undefined
              : yield* corrupt(location, AFTER_END)
          } else if (pulled instanceof Uint8Array) return pulled
          else return yield* corrupt(location, pulled.problem)
        }
      })
    }
  )
