// Opens the entries of a zip archive, whose own headers, sizes and checksums are checked.
import { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { bufferOf } from "../bufferOf.ts"
import type { Chunks } from "./archive.ts"
import type { Bytes } from "./bytes.ts"
import { HINT, type ZipEntry } from "./zipDirectory.ts"
import {
  AFTER_END,
  crc32,
  inflater,
  inflateTogether,
  inflateWhole,
  type Member,
  type Pulled,
  TOO_MUCH
} from "./zlib.ts"

type Reason = SourceError.SourceErrorReason

export const corrupt = (location: string, problem: string) =>
  new SourceError.CorruptInput({ location, problem, hint: HINT })

/** Opens an entry after its first `from` bytes. */
export const openEntry = Effect.fnUntraced(function* (
  bytes: Bytes,
  entry: ZipEntry,
  location: string,
  from: number
): Effect.fn.Return<Chunks, Reason, Scope.Scope> {
  if (!isSmall(entry)) return yield* openLarge(bytes, entry, location, from)
  const compressed = yield* compressedOf(bytes, entry, location)
  if (!entry.isDeflated) {
    const problem = verify(entry, compressed.length, crc32(compressed, 0))
    return problem === undefined ? pieces(compressed, from) : yield* corrupt(location, problem)
  }
  const content = inflateWhole(compressed, entry.size)
  if (typeof content === "string") return yield* corrupt(location, content)
  const problem = verify(entry, content.length, crc32(content, 0))
  if (problem !== undefined) return yield* corrupt(location, problem)
  return pieces(content, from, () => free(content))
})

/**
 * Opens the first ones of small deflated entries together, on another thread: none if the first one is not, or if
 * one of them is damaged.
 */
export const openTogether = (
  bytes: Bytes,
  stored: ReadonlyArray<ZipEntry>,
  from: number,
  to: number
): Effect.Effect<ReadonlyArray<Chunks>> =>
  Effect.gen(function* () {
    const members: Array<Member> = []
    let space = TOGETHER
    for (let i = from; i < to; i++) {
      const entry = stored[i] as ZipEntry
      const { crc, isDeflated, size } = entry
      space -= size + PER_ENTRY
      if (!isDeflated || !isSmall(entry) || (space < 0 && members.length > 0)) break
      members.push({ compressed: yield* compressedOf(bytes, entry, ""), size, crc })
    }
    if (members.length === 0) return []
    const content = yield* Effect.callback<Buffer<ArrayBuffer> | undefined>((resume) =>
      inflateTogether(members, (inflated) => resume(Effect.succeed(inflated)))
    )
    return content === undefined ? [] : split(content, members)
  }).pipe(Effect.orElseSucceed(() => []))

// internal

/** Entries with both sizes within this limit are inflated at once, which is twice as fast as in pieces. */
const WHOLE = 1 << 20
const isSmall = ({ compressedSize, size }: ZipEntry) => size <= WHOLE && compressedSize <= WHOLE
/** Content that is inflated together. A call for another thread takes as long as inflating some 50 KB. */
const TOGETHER = 256 << 10
/** Limits the number of empty entries that are opened together. */
const PER_ENTRY = 256
const PIECE = 128 << 10

/** The compressed bytes of a small entry. */
const compressedOf = Effect.fnUntraced(function* (
  bytes: Bytes,
  entry: ZipEntry,
  location: string
): Effect.fn.Return<Uint8Array, Reason> {
  const { compressedSize, nameBytes, offset } = entry
  const most = Math.min(30 + nameBytes.length + 64 + compressedSize, entry.end - offset)
  let local = bufferOf(yield* bytes.read(offset, most))
  const start = yield* contentAt(local, entry, location)
  const end = start + compressedSize
  if (local.length < end) local = bufferOf(yield* bytes.read(offset, end))
  if (local.length < end) return yield* shorter(location)
  return local.subarray(start, end)
})

/** Checks an entry's own header, and returns the number of bytes before its content. */
const contentAt = (local: Buffer, entry: ZipEntry, location: string): Effect.Effect<number, Reason> => {
  const { compressedSize, isDeflated, nameBytes, offset } = entry
  const header = 30 + nameBytes.length
  if (local.length < header || local.readUInt32LE(0) !== 0x04034b50) {
    return Effect.fail(corrupt(location, `there is no entry at byte ${offset}`))
  }
  if (
    local.readUInt16LE(26) !== nameBytes.length ||
    !local.subarray(30, header).equals(nameBytes) ||
    local.readUInt16LE(8) !== (isDeflated ? 8 : 0)
  ) {
    return Effect.fail(corrupt(location, "the entry's own header differs from the directory"))
  }
  const start = header + local.readUInt16LE(28)
  return start + compressedSize > entry.end - offset
    ? Effect.fail(corrupt(location, "the entry overlaps another one"))
    : Effect.succeed(start)
}

const shorter = (location: string) => corrupt(location, "the archive became shorter while it was read")

const verify = (entry: ZipEntry, size: number, crc: number) => {
  if (size !== entry.size) return `the content has ${size} bytes instead of the declared ${entry.size}`
  return crc === entry.crc ? undefined : "the content does not match its checksum (CRC-32)"
}

/** Splits content into pieces that a JSON reader takes without a large buffer. `release` is run once, at the end. */
const pieces = (content: Uint8Array, from: number, release?: () => void): Chunks => {
  let at = from
  let atEnd = release
  return {
    next: Effect.sync(() => {
      if (at >= content.length) {
        atEnd?.()
        atEnd = undefined
        return undefined
      }
      const piece = content.subarray(at, at + PIECE)
      at += piece.length
      return piece
    })
  }
}

/** The content of entries that were inflated together. */
const split = (content: Buffer<ArrayBuffer>, members: ReadonlyArray<Member>): ReadonlyArray<Chunks> => {
  let left = members.length
  let end = 0
  const release = () => {
    left--
    if (left === 0) free(content)
  }
  return members.map(({ size }) => {
    const start = end
    end += size
    return pieces(content.subarray(start, end), 0, release)
  })
}

/** Frees memory outside the heap at once, because it would accumulate until the next garbage collection. */
const free = ({ buffer }: Uint8Array<ArrayBuffer>) => {
  // Small buffers share their memory with others.
  if (buffer.byteLength > Buffer.poolSize) buffer.transfer(0)
}

const openLarge = Effect.fnUntraced(function* (
  bytes: Bytes,
  entry: ZipEntry,
  location: string,
  from: number
): Effect.fn.Return<Chunks, Reason, Scope.Scope> {
  const local = bufferOf(yield* bytes.read(entry.offset, 30 + entry.nameBytes.length))
  const start = entry.offset + (yield* contentAt(local, entry, location))
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
      if (piece.length === 0) return Effect.fail(shorter(location))
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
