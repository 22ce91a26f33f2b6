// Opens the file the cursor stands on and finds out, by its first bytes, what it is.
import { Archives, type Ids, JsonElements, type Passage, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { type CsvReader, type Rows, UnclosedQuote } from "./csv/csvReader.ts"
import { openCsv, reopenCsv } from "./csv/openCsv.ts"
import type { Limits } from "./limits.ts"
import { channelOf, isKnown, isList } from "./mapPart.ts"
import { isInCsv, type Within } from "./position.ts"

type Reason = SourceError.SourceErrorReason

/** Elements of a JSON document, one of its members, or rows of a CSV file. */
export type Part = JsonElements.Part | Rows

/** Push bytes and take parts until there are none; after the last bytes call `end` and take the rest. */
export interface Reader {
  readonly push: (chunk: Uint8Array) => void
  readonly end: () => void
  readonly next: () => Part | undefined
}

/** A JSON or CSV document that is being read. */
export interface Document {
  readonly chunks: Archives.Chunks
  readonly reader: Reader
  readonly scope: Scope.Closeable
  /** All of it has been given to the reader. */
  isEnded: boolean
  isRecognised: boolean
  /** Names of the first top-level members, for a report of a file that is not recognised. */
  readonly members: Array<string>
  /** The file's channel; `null` when the file has been searched and has none. */
  channel: Ids.ChannelId | null | undefined
  /** Where the document is up to; `null` before the first part. */
  position: Within | null
  /** What has been read of a loose file. */
  readonly passage: Passage.Passage | undefined
}

/** `unrecognised` is CSV by its name only, and `compressed` is gzip; neither they nor `other` are read. */
export type Opened =
  | { readonly _tag: "document"; readonly document: Document }
  | { readonly _tag: "other" | "unrecognised" | "compressed" | "zip" }

/** Opens an entry at its start, and closes it again unless it is a document. What is read of it is pushed to `passage`. */
export const open = (
  archive: Archives.Archive,
  index: number,
  entry: Archives.ArchiveEntry,
  place: string,
  limits: Limits,
  parent: Scope.Scope,
  passage: Passage.Passage | undefined
): Effect.Effect<Opened, Reason> =>
  Effect.gen(function* () {
    if (Archives.isDebris(entry.name)) return { _tag: "other" } as const
    const scope = yield* Scope.fork(parent)
    const opened = yield* Scope.provide(archive.open(index, 0), scope)
    const chunks = passage === undefined ? opened : Archives.followed(opened, passage)
    const first = yield* chunks.next
    const content = contentOf(first, entry.name)
    if (content === "json") {
      const document = documentOf(chunks, scope, entry, limits, undefined, passage)
      if (first !== undefined) document.reader.push(first)
      return { _tag: "document", document } as const
    }
    if (content === "other") {
      const reader = yield* openCsv(chunks, first, entry, place, limits)
      if (reader !== undefined)
        return { _tag: "document", document: csvOf(chunks, reader, scope, null, passage) } as const
    }
    yield* Scope.close(scope, Exit.void)
    if (content === "other" && first !== undefined && isGzip(first)) return { _tag: "compressed" } as const
    if (content === "other" && extensionOf(entry.name) === "csv") return { _tag: "unrecognised" } as const
    if (content !== "broken") return { _tag: content }
    return yield* new SourceError.CorruptInput({
      place,
      problem: first === undefined ? "the file is empty" : "the file is not JSON in UTF-8",
      hint: "Have it exported again, or take it away if it is not part of the export."
    })
  })

/** Opens an entry where an earlier run was in it; `undefined` when it cannot have been. `begun` is what the trail says of a loose file. */
export const reopen = (
  archive: Archives.Archive,
  index: number,
  entry: Archives.ArchiveEntry,
  limits: Limits,
  parent: Scope.Scope,
  position: Within,
  begun: string | undefined
): Effect.Effect<Document | undefined, Reason> =>
  Effect.gen(function* () {
    if (begun?.startsWith(`${position.offset}+`) === false) return undefined
    const scope = yield* Scope.fork(parent)
    const { chunks, passage } = yield* Scope.provide(
      contentFrom(archive, index, position, limits, begun),
      scope
    )
    if (isInCsv(position)) {
      const reader = yield* Effect.scoped(
        Effect.flatMap(archive.open(index, 0), (start) => reopenCsv(start, entry, limits, position))
      )
      return reader === undefined ? undefined : csvOf(chunks, reader, scope, position, passage)
    }
    return documentOf(chunks, scope, entry, limits, position, passage)
  })

const contentFrom = (
  archive: Archives.Archive,
  index: number,
  { offset }: Within,
  { maxElementBytes }: Limits,
  begun: string | undefined
): Effect.Effect<
  { readonly chunks: Archives.Chunks; readonly passage: Passage.Passage | undefined },
  Reason,
  Scope.Scope
> =>
  begun === undefined
    ? Effect.map(archive.open(index, offset), (chunks) => ({ chunks, passage: undefined }))
    : Effect.flatMap(archive.open(index, 0), (chunks) =>
        Archives.resume(archive, index, begun, chunks, maxElementBytes)
      )

/** Opens an archive that is an entry of another one. It is held in memory. All of it is pushed to `passage`. */
export const openNested = (
  archive: Archives.Archive,
  index: number,
  entry: Archives.ArchiveEntry,
  place: string,
  limits: Limits,
  passage: Passage.Passage | undefined
): Effect.Effect<Archives.Archive, Reason> =>
  Effect.scoped(
    Effect.gen(function* () {
      if (entry.size > limits.maxNestedBytes) {
        return yield* new SourceError.LimitExceeded({
          place,
          setting: "maxNestedBytes",
          limit: limits.maxNestedBytes,
          actual: entry.size
        })
      }
      const chunks = yield* archive.open(index, 0)
      const pieces: Array<Uint8Array> = []
      for (;;) {
        const piece = yield* chunks.next
        if (piece === undefined) break
        pieces.push(Buffer.from(piece))
      }
      const bytes = Buffer.concat(pieces)
      passage?.push(bytes)
      return yield* Archives.openZip(Archives.fromMemory(bytes), place, limits)
    })
  )

/** Searches a whole messages file for its channel, which may stand behind the messages. */
export const searchChannel = (
  archive: Archives.Archive,
  index: number,
  entry: Archives.ArchiveEntry,
  limits: Limits,
  place: string
): Effect.Effect<Ids.ChannelId | null, Reason> =>
  Effect.scoped(
    Effect.gen(function* () {
      const chunks = yield* archive.open(index, 0)
      const reader = JsonElements.make(readerOptions(entry, limits, isList))
      let isEnded = false
      for (;;) {
        const part = yield* nextPart(reader, place, limits)
        const found = part === undefined || part._tag === "rows" ? undefined : channelOf(part)
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

/** Takes notice of a top-level member. */
export const meet = (document: Document, member: string): void => {
  if (isKnown(member)) document.isRecognised = true
  else if (document.members.length < MEMBERS_SHOWN) document.members.push(member)
}

/** The next part of a document that has been pushed, with what is wrong with the document as a typed error. */
export const nextPart = (
  reader: Reader,
  place: string,
  limits: Limits
): Effect.Effect<Part | undefined, Reason> =>
  JsonElements.nextPart(() => reader.next(), place, limits.maxElementBytes, csvProblem(place))

/** What a file is by its first bytes; `broken` is JSON by its name only. */
export const contentOf = (
  first: Uint8Array | undefined,
  name: string
): "json" | "zip" | "other" | "broken" => {
  const extension = extensionOf(name)
  if (first !== undefined) {
    const byte = firstByte(first)
    if (byte === 0x7b || byte === 0x5b) return "json"
    if (first[0] === 0x50 && first[1] === 0x4b && (first[2] === 3 || first[2] === 5)) return "zip"
    // Only white space so far: the JSON reader finds out.
    if (byte === undefined && extension === "json") return "json"
  }
  return extension === "json" ? "broken" : extension === "zip" ? "zip" : "other"
}

// internal

const isGzip = (first: Uint8Array) => first[0] === 0x1f && first[1] === 0x8b

const csvProblem = (place: string) => (cause: unknown) =>
  cause instanceof UnclosedQuote
    ? SourceError.damagedFile(`${place} (${cause.where})`, "the quote that opens here is never closed")
    : undefined

const csvOf = (
  chunks: Archives.Chunks,
  reader: CsvReader,
  scope: Scope.Closeable,
  position: Within | null,
  passage: Passage.Passage | undefined
): Document => ({
  chunks,
  reader,
  scope,
  isEnded: false,
  isRecognised: true,
  members: [],
  channel: undefined,
  position,
  passage
})

const documentOf = (
  chunks: Archives.Chunks,
  scope: Scope.Closeable,
  entry: Archives.ArchiveEntry,
  limits: Limits,
  position: JsonElements.Position | undefined,
  passage: Passage.Passage | undefined
): Document => {
  // Empty lists give no part, so this is the only place where they are seen.
  const arrays = (member: string) => {
    meet(document, member)
    return isList(member)
  }
  const document: Document = {
    chunks,
    reader: JsonElements.make(readerOptions(entry, limits, arrays), position),
    scope,
    isEnded: false,
    isRecognised: false,
    members: [],
    channel: undefined,
    position: position ?? null,
    passage
  }
  return document
}

const MEMBERS_SHOWN = 32
const BATCH_BYTES = 48 << 10

// Exports have very many small files, and a reader's buffer is twice its batch.
const readerOptions = (
  entry: Archives.ArchiveEntry,
  limits: Limits,
  arrays: (member: string) => boolean
): JsonElements.Options => ({
  arrays,
  batchBytes: Math.max(64, Math.min(BATCH_BYTES, entry.size + 1)),
  maxElementBytes: limits.maxElementBytes
})

const extensionOf = (name: string) => /\.([^./]+)$/u.exec(name)?.[1]?.toLowerCase()

const firstByte = (bytes: Uint8Array) => {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++
  return bytes[at]
}
