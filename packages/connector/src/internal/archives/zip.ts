import { SourceError } from "@chatferry/core"
import { Sha256 } from "@chatferry/core/files"
// Reads zip archives and believes them nothing: sizes, checksums, names, offsets are all checked.
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
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

/** Opens an archive: its directory is read and judged as a whole. One without files is an error. */
export const open = (bytes: Bytes, place: string, limits: Limits): Effect.Effect<Archive, Reason> =>
  Effect.gen(function* () {
    const { directory, end } = yield* readDirectory(bytes, place, limits)
    const entries = yield* Effect.fromResult(parse(directory, end, place, limits))
    if (entries.length === 0) return yield* corrupt(place, "there are no files in the archive")
    if (entries.every(({ name }) => isDebris(name))) {
      return yield* corrupt(
        place,
        "there are no files in the archive but those an operating system left there"
      )
    }
    return {
      place,
      separator: "!",
      isSealed: true,
      entries: entries.map(({ compressedSize, crc, name, size }) => {
        const fingerprint = `${size}:${crc}`
        const isWorthAhead = size >= WORTH_A_THREAD && isWhole(size, compressedSize)
        return { name, size, weight: compressedSize + OVERHEAD, fingerprint, isWorthAhead }
      }),
      open: (index, from) =>
        Effect.suspend(() => {
          const entry = entries[index] as ZipEntry
          return openEntry(bytes, entry, `${place}!${shown(entry.name)}`, from)
        })
    }
  })

/** What tells an archive from any other: its directory, which holds every entry's checksum. */
export const fingerprint = (bytes: Bytes, place: string, limits: Limits): Effect.Effect<string, Reason> =>
  Effect.map(readDirectory(bytes, place, limits), ({ directory }) => Sha256.hex([directory]))

// internal

/** Entries whose sizes are both within this are inflated at once, which is twice as fast as by pieces. */
const WHOLE = 1 << 20
const isWhole = (size: number, compressedSize: number) => size <= WHOLE && compressedSize <= WHOLE
/** Inflating less than this takes less time than handing it to another thread. */
const WORTH_A_THREAD = 64 << 10
const PIECE = 128 << 10
/** What an entry costs besides its content, so that progress moves in an archive of empty files too. */
const OVERHEAD = 100

const corrupt = (place: string, problem: string) =>
  new SourceError.CorruptInput({ place, problem, hint: HINT })

const readDirectory = (bytes: Bytes, place: string, limits: Limits) =>
  Effect.gen(function* () {
    const orCorrupt = <A>(result: Result.Result<A, string>) =>
      Effect.fromResult(Result.mapError(result, (problem) => corrupt(place, problem)))
    const tail = yield* bytes.read(Math.max(bytes.size - TAIL, 0), Math.min(bytes.size, TAIL))
    const found = yield* orCorrupt(findEnd(tail, bytes.size))
    let end: End = found
    if (found.zip64 !== undefined) {
      if (found.zip64 + 56 > found.until) return yield* corrupt(place, "the zip64 end record is damaged")
      end = yield* orCorrupt(zip64End(yield* bytes.read(found.zip64, 56), found.zip64, found.until))
    }
    if (end.count > limits.maxEntries) {
      return yield* exceeded(place, "maxEntries", limits.maxEntries, end.count)
    }
    if (end.size > limits.maxDirectoryBytes) {
      return yield* exceeded(place, "maxDirectoryBytes", limits.maxDirectoryBytes, end.size)
    }
    const extra = end.until - end.offset - end.size
    if (extra > 0) {
      return yield* corrupt(
        place,
        `there are ${extra} bytes that belong to no entry: something was put before the archive`
      )
    }
    if (extra < 0) return yield* corrupt(place, "the directory lies outside the archive")
    const directory = yield* bytes.read(end.offset, end.size)
    if (directory.length < end.size)
      return yield* corrupt(place, "the archive became shorter while it was read")
    return { directory, end }
  })

const exceeded = (place: string, setting: string, limit: number, actual: number) =>
  new SourceError.LimitExceeded({ place, setting, limit, actual })

const openEntry = (
  bytes: Bytes,
  entry: ZipEntry,
  place: string,
  from: number
): Effect.Effect<Chunks, Reason, Scope.Scope> =>
  Effect.gen(function* () {
    const isSmall = isWhole(entry.size, entry.compressedSize)
    const header = 30 + entry.nameBytes.length
    const room = entry.end - entry.offset
    const ahead = isSmall ? Math.min(header + 64 + entry.compressedSize, room) : header
    let local = yield* bytes.read(entry.offset, ahead)
    if (local.length < header || local.readUInt32LE(0) !== 0x04034b50) {
      return yield* corrupt(place, `there is no entry at byte ${entry.offset}`)
    }
    if (
      local.readUInt16LE(26) !== entry.nameBytes.length ||
      !local.subarray(30, header).equals(entry.nameBytes) ||
      local.readUInt16LE(8) !== (entry.isDeflated ? 8 : 0)
    ) {
      return yield* corrupt(place, "the entry's own header differs from the directory")
    }
    const start = header + local.readUInt16LE(28)
    const end = start + entry.compressedSize
    if (end > room) return yield* corrupt(place, "the entry overlaps another one")
    if (!isSmall) return yield* openLarge(bytes, entry, place, from, entry.offset + start)
    if (local.length < end) local = yield* bytes.read(entry.offset, end)
    if (local.length < end) return yield* corrupt(place, "the archive became shorter while it was read")
    const compressed = local.subarray(start, end)
    const inflated = entry.isDeflated ? yield* inflate(compressed, entry.size) : undefined
    if (typeof inflated === "string") return yield* corrupt(place, inflated)
    const content = inflated ?? compressed
    const problem = verify(entry, content.length, crc32(content, 0))
    if (problem !== undefined) return yield* corrupt(place, problem)
    return inflated === undefined ? pieces(content, from) : freedAtEnd(pieces(content, from), inflated.buffer)
  })

const inflate = (compressed: Buffer, size: number): Effect.Effect<Buffer<ArrayBuffer> | string> =>
  size < WORTH_A_THREAD
    ? Effect.sync(() => inflateWhole(compressed, size))
    : Effect.callback((resume) =>
        inflateElsewhere(compressed, size, (content) => resume(Effect.succeed(content)))
      )

const verify = (entry: ZipEntry, size: number, crc: number) => {
  if (size !== entry.size) return `the content has ${size} bytes and not the declared ${entry.size}`
  return crc === entry.crc ? undefined : "the content does not match its checksum (CRC-32)"
}

/** Content in pieces that a JSON reader takes without a large buffer. */
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

/** Gives an entry's memory back at once: outside the heap it would pile up until the heap is cleaned. */
const freedAtEnd = (chunks: Chunks, memory: ArrayBuffer): Chunks => ({
  next: Effect.tap(chunks.next, (piece) =>
    Effect.sync(() => {
      // Small buffers share their memory with others.
      if (piece === undefined && memory.byteLength > Buffer.poolSize) memory.transfer(0)
    })
  )
})

const openLarge = (bytes: Bytes, entry: ZipEntry, place: string, from: number, start: number) =>
  Effect.gen(function* () {
    const raw = rawPieces(bytes, start, start + entry.compressedSize, place)
    const content = entry.isDeflated ? yield* inflatedPieces(raw, entry, place) : raw
    let size = 0
    let crc = 0
    const next: Chunks["next"] = Effect.gen(function* () {
      for (;;) {
        const chunk = yield* content
        if (chunk === undefined) {
          const problem = verify(entry, size, crc)
          return problem === undefined ? undefined : yield* corrupt(place, problem)
        }
        crc = crc32(chunk, crc)
        const before = size
        size += chunk.length
        if (size > entry.size) return yield* corrupt(place, TOO_MUCH)
        // All is read from the start, also on a resume: only the whole content can be checked.
        if (size > from) return before >= from ? chunk : chunk.subarray(from - before)
      }
    })
    return { next }
  })

const rawPieces = (
  bytes: Bytes,
  start: number,
  end: number,
  place: string
): Effect.Effect<Buffer | undefined, Reason> => {
  let at = start
  return Effect.suspend(() => {
    if (at >= end) return Effect.succeed(undefined)
    return Effect.flatMap(bytes.read(at, Math.min(PIECE, end - at)), (piece) => {
      if (piece.length === 0)
        return Effect.fail(corrupt(place, "the archive became shorter while it was read"))
      at += piece.length
      return Effect.succeed(piece)
    })
  })
}

const inflatedPieces = (raw: Effect.Effect<Buffer | undefined, Reason>, entry: ZipEntry, place: string) =>
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
            return inflate.consumed() === entry.compressedSize ? undefined : yield* corrupt(place, AFTER_END)
          } else if (pulled instanceof Uint8Array) return pulled
          else return yield* corrupt(place, pulled.problem)
        }
      })
    }
  )
