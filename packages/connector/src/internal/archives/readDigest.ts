// Detects whether content that was read from an archive has changed, and in which file.
import { SourceError } from "@chatferry/core"
import { Passage } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Archive, Chunks, Passed } from "./archive.ts"
import { shown } from "./zipDirectory.ts"
import { crc32 } from "./zlib.ts"

type Reason = SourceError.SourceErrorReason

export class ReadDigest {
  readonly #archive: Archive
  readonly #read = new Map<number, string>()
  readonly #from: number
  #passed = 0
  #checksum = 0
  #marks: Array<number> = []
  #every = 1

  /** It covers entries from the index `from` on. */
  constructor(archive: Archive, from = 0) {
    this.#archive = archive
    this.#from = from
  }

  /** Records that a loose file has been read to its end, with its stored size and checksum. A file that is never recorded here was skipped. */
  took(index: number, { checksum, offset }: Passed): void {
    this.#read.set(index, begunAt(offset, checksum))
  }

  /**
   * Returns a text that identifies all covered entries before `index`, and the part of
   * that entry that has been read: `begun`. The index must not decrease. The text has at
   * most a few hundred characters.
   */
  upTo(index: number, begun = ""): string {
    const checksum = hex(this.pass(index))
    return [this.#passed, this.#marks.map(hex).join(""), checksum, begun].join(":")
  }

  /** Adds all covered entries before `index` and returns their checksum. */
  pass(index: number): number {
    const { entries, isSealed } = this.#archive
    for (let at = this.#from + this.#passed; at < Math.min(index, entries.length); at++) {
      const { name, fingerprint } = entries[at] as Archive["entries"][number]
      this.#fold(name, isSealed ? fingerprint : (this.#read.get(at) ?? `-${fingerprint}`))
      this.#read.delete(at)
    }
    return this.#checksum
  }

  #fold(name: string, read: string): void {
    this.#checksum = crc32(Buffer.from(`${name}\n${read}\n`), this.#checksum)
    this.#passed++
    if (this.#passed % this.#every !== 0) return
    this.#marks.push(this.#checksum)
    if (this.#marks.length <= MOST_MARKS) return
    this.#marks = this.#marks.filter((_, i) => i % 2 === 1)
    this.#every *= 2
  }
}

/** Formats the checksum of a loose file's content up to a byte, as `upTo` takes it. */
export const begunAt = (offset: number, checksum: number): string => `${offset}+${hex(checksum)}`

/**
 * Compares a read digest with the current content. Loose files that were read to their
 * end are read again; `isRead` decides which those were by opening them as reading
 * does. The digest covers
 * entries from the index `from` on. Returns a read digest to continue, and the digest of the entry that was only
 * begun, which is still to be compared. Fails with the name of the file that has
 * changed, or with the first and last of a range of files that contains it.
 */
export const retrace = Effect.fnUntraced(function* (
  archive: Archive,
  text: Schema.Json,
  isRead: (index: number) => Effect.Effect<boolean, Reason>,
  from = 0
): Effect.fn.Return<
  { readonly readDigest: ReadDigest; readonly index: number; readonly begun: string },
  Reason
> {
  const stored = typeof text === "string" ? parsed(text) : undefined
  if (stored === undefined) return yield* SourceError.foreignPosition(archive.location)
  const { begun, checksum, count, marks } = stored
  const every = everyOf(count)
  const readDigest = new ReadDigest(archive, from)
  if (from + count > archive.entries.length) return yield* SourceError.changedContent(archive.location)
  for (let i = 0; i < count; i++) {
    const at = from + i
    if (!archive.isSealed && (yield* wasRead(isRead(at)))) readDigest.took(at, yield* checksumOf(archive, at))
    const found = readDigest.pass(at + 1)
    const mark = (i + 1) % every === 0 ? marks[(i + 1) / every - 1] : undefined
    const expected = i + 1 === count ? checksum : mark
    if (expected !== undefined && expected !== found) {
      return yield* SourceError.changedContent(archive.location, between(archive, at - (i % every), at))
    }
  }
  const index = from + count
  const isChanged = begun !== "" && begun !== archive.entries[index]?.fingerprint
  if (archive.isSealed && isChanged) {
    return yield* SourceError.changedContent(archive.location, between(archive, index, index))
  }
  return { readDigest, index, begun }
})

/**
 * Compares everything that a read digest covers, including the part of a loose file
 * that was begun. `open` returns the file's content as it is read; by default it is
 * the stored content.
 */
export const compare = (
  archive: Archive,
  text: Schema.Json,
  isRead: (index: number) => Effect.Effect<boolean, Reason>,
  open: (index: number) => Effect.Effect<Chunks, Reason, Scope.Scope> = (index) => archive.open(index, 0),
  from = 0
): Effect.Effect<void, Reason> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { begun, index } = yield* retrace(archive, text, isRead, from)
      if (!archive.isSealed && begun !== "") yield* resume(archive, index, begun, yield* open(index), 0)
    })
  )

/**
 * Reads the part of a loose file again that an earlier run had read, and compares it.
 * It reads nothing if `begun` is empty. The chunks must start with the file.
 * Afterwards they and the passage continue after that part. `largest` is that of the
 * passage.
 */
export const resume = Effect.fnUntraced(function* (
  archive: Archive,
  index: number,
  begun: string,
  chunks: Chunks,
  largest: number
): Effect.fn.Return<{ readonly chunks: Chunks; readonly passage: Passage.Passage }, Reason> {
  const [, offset, checksum] = BEGUN.exec(begun === "" ? begunAt(0, 0) : begun) ?? []
  if (offset === undefined || checksum === undefined) {
    return yield* SourceError.foreignPosition(archive.location)
  }
  const passage = new Passage.Passage(largest)
  let left = Number(offset)
  let rest: Uint8Array | undefined
  while (left > 0) {
    const piece = yield* chunks.next
    if (piece === undefined) break
    passage.push(piece)
    if (piece.length > left) rest = piece.subarray(left)
    left = Math.max(left - piece.length, 0)
    if (left > 0) passage.end()
  }
  if (left > 0 || hex(passage.upTo(Number(offset))) !== checksum) {
    return yield* SourceError.changedContent(archive.location, between(archive, index, index))
  }
  const following = followed(chunks, passage)
  return {
    passage,
    chunks: {
      next: Effect.suspend(() => {
        if (rest === undefined) return following.next
        const first = rest
        rest = undefined
        return Effect.succeed(first)
      })
    }
  }
})

/** Returns the same chunks and pushes each to the passage. */
export const followed = (chunks: Chunks, passage: Passage.Passage): Chunks => ({
  next: Effect.map(chunks.next, (piece) => {
    if (piece !== undefined) passage.push(piece)
    return piece
  })
})

// internal

/** With so many checkpoints, a change is located to within this fraction of the files. */
const MOST_MARKS = 32

const everyOf = (count: number) => {
  let every = 1
  while (Math.floor(count / every) > MOST_MARKS) every *= 2
  return every
}

const hex = (checksum: number) => checksum.toString(16).padStart(8, "0")

const READ_DIGEST = /^(\d{1,15}):((?:[\da-f]{8})*):([\da-f]{8}):(.*)$/su
const BEGUN = /^(\d{1,15})\+([\da-f]{8})$/u

const parsed = (text: string) => {
  const [, passed, list = "", checksum = "", begun = ""] = READ_DIGEST.exec(text) ?? []
  if (passed === undefined) return undefined
  const count = Number(passed)
  const marks = (list.match(/.{8}/gu) ?? []).map((mark) => Number.parseInt(mark, 16))
  if (marks.length !== Math.floor(count / everyOf(count))) return undefined
  return { count, marks, checksum: Number.parseInt(checksum, 16), begun }
}

// A file that cannot be opened any more is not the one that was read.
const wasRead = (isRead: Effect.Effect<boolean, Reason>) =>
  Effect.catchTag(isRead, ["CorruptInput", "LimitExceeded", "InvalidConfig"], () => Effect.succeed(false))

const checksumOf = (archive: Archive, index: number): Effect.Effect<Passed, Reason> =>
  archive.checksum?.(index) ??
  Effect.scoped(
    Effect.gen(function* () {
      const passage = new Passage.Passage(0)
      const { next } = yield* archive.open(index, 0)
      for (let piece = yield* next; piece !== undefined; piece = yield* next) passage.push(piece)
      return passage.end()
    })
  )

const between = ({ entries, location, separator }: Archive, from: number, to: number) => {
  const nameOf = (index: number) => `${location}${separator}${shown(entries[index]?.name ?? "")}`
  return from === to ? nameOf(from) : `one of the files from ${nameOf(from)} to ${nameOf(to)}`
}
