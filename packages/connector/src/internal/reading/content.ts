// The content of a file of an archive.
import { SourceError } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import { type Corrections, Passage } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Archives from "../../files/Archives.ts"
import { gunzip, isGzip } from "../../files/Gzip.ts"
import { followedRaw, spliced } from "./corrections.ts"
import type { Corrected, File, Limits, Reason } from "./model.ts"

/** One file and the options of reading it. */
export interface Entry {
  readonly archive: Archives.Archive
  readonly index: number
  /** Its index in each archive, starting with the outermost one. */
  readonly steps: ReadonlyArray<number>
  /** The name of the file in messages. */
  readonly location: string
  readonly isGzipRead: boolean
  readonly limits: Limits
  readonly corrected: Corrected | undefined
}

export interface Content {
  readonly chunks: Archives.Chunks
  /** The content differs from the stored bytes: it was inflated or corrected. */
  readonly isOther: boolean
  readonly splices?: Corrections.Splices
  /** Follows the stored bytes of a loose file that is inflated or corrected. */
  readonly packed: Passage.Passage | undefined
}

/** Opens the content of a file after its first `from` bytes, inflated if it is gzip, with corrections applied. */
export const contentOf = (entry: Entry, from: number): Effect.Effect<Content, Reason, Scope.Scope> =>
  Effect.suspend(() => {
    const splices = entry.corrected?.splicesOf(entry.steps)
    if (splices === undefined) return readableOf(entry, from)
    return Effect.map(readableOf(entry, 0), ({ chunks: read, packed: stored }): Content => {
      const { chunks, packed } =
        stored === undefined ? followedRaw(entry.archive, read) : { chunks: read, packed: stored }
      return { chunks: spliced(chunks, splices, from), isOther: true, packed, splices }
    })
  })

const readableOf = Effect.fnUntraced(function* (
  { archive, index, isGzipRead, limits, location }: Entry,
  from: number
): Effect.fn.Return<Content, Reason, Scope.Scope> {
  const plain = (chunks: Archives.Chunks): Content => ({ chunks, isOther: false, packed: undefined })
  if (!isGzipRead) return plain(yield* archive.open(index, from))
  const scope = yield* Scope.fork(yield* Effect.scope)
  const stored = yield* Scope.provide(archive.open(index, 0), scope)
  const first = yield* stored.next
  if (first !== undefined && isGzip(first)) {
    // Only the checksum of the whole file is needed, not those of its beginnings.
    const packed = archive.isSealed ? undefined : new Passage.Passage(0)
    const all = ahead([first], stored)
    const followed = packed === undefined ? all : Archives.followed(all, packed)
    return { chunks: yield* gunzip(followed, location, from, limits), isOther: true, packed }
  }
  if (from === 0) return plain(first === undefined ? END : ahead([first], stored))
  yield* Scope.close(scope, Exit.void)
  return plain(yield* archive.open(index, from))
})

/** The end of content. */
export const END: Archives.Chunks = { next: Effect.succeed(undefined) }

/** Puts pieces in front of chunks. */
export const ahead = (pieces: ReadonlyArray<Uint8Array>, chunks: Archives.Chunks): Archives.Chunks => {
  const left = Array.from(pieces)
  return {
    next: Effect.suspend((): Archives.Chunks["next"] =>
      left.length > 0 ? Effect.succeed(left.shift()) : chunks.next
    )
  }
}

/** Opens an entry that is an archive itself. All of its bytes are pushed to `passage`. */
export const nestedZip = Effect.fnUntraced(function* (
  { archive, index, limits, location }: Entry,
  passage: Passage.Passage | undefined
): Effect.fn.Return<Archives.Archive, Reason> {
  const limit = limits.maxNestedBytes ?? 0
  const actual = archive.entries[index]?.size ?? 0
  if (actual > limit) {
    return yield* new SourceError.LimitExceeded({ location, setting: "maxNestedBytes", limit, actual })
  }
  const bytes = yield* Effect.scoped(Effect.flatMap(archive.open(index, 0), (chunks) => allOf(chunks)))
  passage?.push(bytes)
  return yield* Archives.openZip(Archives.fromMemory(bytes), location, limits)
})

/** Reads all chunks, up to `most` bytes. */
export const allOf = Effect.fnUntraced(function* (
  chunks: Archives.Chunks,
  most: number = Number.POSITIVE_INFINITY
): Effect.fn.Return<Uint8Array, Reason> {
  const pieces: Array<Buffer> = []
  for (let left = most; left > 0;) {
    const piece = yield* chunks.next
    if (piece === undefined) break
    // A piece is valid until the next one is requested.
    pieces.push(Buffer.from(piece.subarray(0, left)))
    left -= piece.length
  }
  return Buffer.concat(pieces)
})

/** Opens a file again and reads a range of it. */
export const bytes = (file: File, from: number, length: number): Effect.Effect<Uint8Array, Reason> =>
  Effect.scoped(Effect.flatMap(file.open(from), (chunks) => allOf(chunks, length)))

/** Opens a file again and reads it from its start until `find` returns a value; `null` if it never does. */
export const search = <A, B>(
  file: File,
  reader: {
    readonly push: (chunk: Uint8Array) => void
    readonly end: () => void
    readonly next: () => A | undefined
  },
  find: (part: A) => B | undefined,
  { maxElementBytes }: Pick<Limits, "maxElementBytes">
): Effect.Effect<B | null, Reason> =>
  Effect.scoped(
    Effect.gen(function* () {
      const chunks = yield* file.open(0)
      for (let isEnded = false; ;) {
        const part = yield* JsonElements.nextPart(() => reader.next(), file.location, maxElementBytes)
        const found = part === undefined ? undefined : find(part)
        if (found !== undefined) return found
        if (part !== undefined) continue
        if (isEnded) return null
        const chunk = yield* chunks.next
        if (chunk !== undefined) reader.push(chunk)
        else {
          reader.end()
          isEnded = true
        }
      }
    })
  )
