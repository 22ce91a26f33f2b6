import { SourceError } from "@chatferry/core"
import { Passage } from "@chatferry/core/run"
// Tells whether what has been read of an archive is still the same, and which file is not.
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
  #passed = 0
  #checksum = 0
  #marks: Array<number> = []
  #every = 1

  constructor(archive: Archive) {
    this.#archive = archive
  }

  /** A loose file has been read to its end, and has so many bytes with this checksum, as they are stored. A file that is never reported here has been passed over. */
  took(index: number, { checksum, offset }: Passed): void {
    this.#read.set(index, begunAt(offset, checksum))
  }

  /**
   * A word for all entries before `index`, and for as much of that one as has been
   * read: `begun`, if anything has. Goes forward only; it has at most some hundred
   * letters.
   */
  upTo(index: number, begun = ""): string {
    const checksum = hex(this.pass(index))
    return [this.#passed, this.#marks.map(hex).join(""), checksum, begun].join(":")
  }

  /** Takes in all entries before `index` and gives the checksum of them. */
  pass(index: number): number {
    const { entries, isSealed } = this.#archive
    while (this.#passed < Math.min(index, entries.length)) {
      const { name, fingerprint } = entries[this.#passed] as Archive["entries"][number]
      this.#fold(name, isSealed ? fingerprint : (this.#read.get(this.#passed) ?? `-${fingerprint}`))
    }
    return this.#checksum
  }

  #fold(name: string, read: string): void {
    this.#checksum = crc32(Buffer.from(`${name}\n${read}\n`), this.#checksum)
    this.#read.delete(this.#passed)
    this.#passed++
    if (this.#passed % this.#every !== 0) return
    this.#marks.push(this.#checksum)
    if (this.#marks.length <= MOST_MARKS) return
    this.#marks = this.#marks.filter((_, i) => i % 2 === 1)
    this.#every *= 2
  }
}

/** What `upTo` says of a loose file that has been begun: the checksum of its content up to a byte. */
export const begunAt = (offset: number, checksum: number): string => `${offset}+${hex(checksum)}`

/**
 * Compares what a read digest says with what there is now. Loose files that were read to
 * their end are read again; `isRead` tells which those were, by opening them as
 * reading does. Gives a read digest to continue, and what is said of the entry that has
 * been begun, which is still to be compared. Fails with the name of the file that
 * is another one, or of the first and last of those among which it is.
 */
export const retrace = Effect.fnUntraced(function* (
  archive: Archive,
  text: Schema.Json,
  isRead: (index: number) => Effect.Effect<boolean, Reason>
): Effect.fn.Return<
  { readonly readDigest: ReadDigest; readonly index: number; readonly begun: string },
  Reason
> {
  const said = typeof text === "string" ? parsed(text) : undefined
  if (said === undefined) return yield* SourceError.foreignPosition(archive.location)
  const { begun, checksum, count, marks } = said
  const every = everyOf(count)
  const readDigest = new ReadDigest(archive)
  if (count > archive.entries.length) return yield* SourceError.changedContent(archive.location)
  for (let i = 0; i < count; i++) {
    if (!archive.isSealed && (yield* wasRead(isRead(i)))) readDigest.took(i, yield* checksumOf(archive, i))
    const found = readDigest.pass(i + 1)
    const mark = (i + 1) % every === 0 ? marks[(i + 1) / every - 1] : undefined
    const expected = i + 1 === count ? checksum : mark
    if (expected !== undefined && expected !== found) {
      return yield* SourceError.changedContent(archive.location, between(archive, i - (i % every), i))
    }
  }
  if (archive.isSealed && begun !== "" && begun !== archive.entries[count]?.fingerprint) {
    return yield* SourceError.changedContent(archive.location, between(archive, count, count))
  }
  return { readDigest, index: count, begun }
})

/**
 * Compares everything that a read digest tells of, also as much of a loose file as had
 * been begun. `open` gives its content as reading takes it; as it is stored by
 * default.
 */
export const compare = (
  archive: Archive,
  text: Schema.Json,
  isRead: (index: number) => Effect.Effect<boolean, Reason>,
  open: (index: number) => Effect.Effect<Chunks, Reason, Scope.Scope> = (index) => archive.open(index, 0)
): Effect.Effect<void, Reason> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { begun, index } = yield* retrace(archive, text, isRead)
      if (!archive.isSealed && begun !== "") yield* resume(archive, index, begun, yield* open(index), 0)
    })
  )

/**
 * Reads what had been read of a loose file once more and compares it; nothing,
 * where `begun` is empty. The chunks, which begin with the file, then continue
 * behind it, and so does the passage. `largest` is the passage's.
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

/** The same chunks; each is also pushed to the passage. */
export const followed = (chunks: Chunks, passage: Passage.Passage): Chunks => ({
  next: Effect.map(chunks.next, (piece) => {
    if (piece !== undefined) passage.push(piece)
    return piece
  })
})

// internal

/** With so many places in between, a change is found among one part in this of the files. */
const MOST_MARKS = 32

const everyOf = (count: number) => {
  let every = 1
  while (Math.floor(count / every) > MOST_MARKS) every *= 2
  return every
}

const hex = (checksum: number) => checksum.toString(16).padStart(8, "0")

const TRAIL = /^(\d{1,15}):((?:[\da-f]{8})*):([\da-f]{8}):(.*)$/su
const BEGUN = /^(\d{1,15})\+([\da-f]{8})$/u

const parsed = (text: string) => {
  const [, passed, list = "", checksum = "", begun = ""] = TRAIL.exec(text) ?? []
  if (passed === undefined) return undefined
  const count = Number(passed)
  const marks = (list.match(/.{8}/gu) ?? []).map((mark) => Number.parseInt(mark, 16))
  if (marks.length !== Math.floor(count / everyOf(count))) return undefined
  return { count, marks, checksum: Number.parseInt(checksum, 16), begun }
}

// What cannot be opened any more is not what had been read.
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
