// Opens one file of an export, tells its form, and gives its parts.
import {
  Archives,
  BatchBuilder,
  JsonElements,
  JsonObjects,
  NdjsonLines,
  Passage,
  type SourceError
} from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { gunzip, isGzip } from "./gunzip.ts"
import type { Limits } from "./limits.ts"
import { Objects } from "./mapObjects.ts"
import { value as mapValue } from "./mapValue.ts"
import type { OpenChannel, OpenChannelState } from "./openChannel.ts"
import type { Position } from "./position.ts"
import { ShownUsers } from "./shownUsers.ts"
import { formOf, HEAD } from "./sniff.ts"
import { channel } from "./toCanonical/channel.ts"
import { type Context, makeContext } from "./toCanonical/context.ts"
import { isWire } from "./wire.ts"

type Reason = SourceError.SourceErrorReason

interface Open extends Content {
  readonly scope: Scope.Closeable
  isEnded: boolean
}

/** What is in a file, inflated if it is gzip. */
interface Content {
  readonly chunks: Archives.Chunks
  /** What has been read of a loose file. */
  readonly passage: Passage.Passage | undefined
  /** The same as it is stored. */
  readonly stored: Passage.Passage | undefined
}

/** A file that is being read. */
export type Document =
  | (Open & {
      readonly _tag: "objects"
      readonly reader: JsonObjects.Reader
      readonly objects: Objects
      at: JsonObjects.Position | undefined
    })
  | (Open & {
      readonly _tag: "lines"
      readonly reader: NdjsonLines.Reader
      at: NdjsonLines.Position | undefined
    })

/** Opens a file at its start; `text` when it is none of an export. */
export const open = (
  archive: Archives.Archive,
  index: number,
  place: string,
  limits: Limits,
  context: Context,
  parent: Scope.Scope
): Effect.Effect<Document | "text" | "other", Reason> =>
  Effect.gen(function* () {
    const { name } = archive.entries[index] as Archives.ArchiveEntry
    if (Archives.isDebris(name)) return "other"
    const scope = yield* Scope.fork(parent)
    const { isArchive, ...content } = yield* Scope.provide(contentOf(archive, index, place, 0, limits), scope)
    const { head, isWhole } = yield* headOf(content.chunks)
    const form = isArchive ? "text" : formOf(head, isWhole)
    if (form === "text") return isJsonName(name) ? "text" : "other"
    const again = { ...content, chunks: ahead(head, isWhole, content.chunks) }
    return form === "objects" ? objectsOf(again, scope, limits, context) : linesOf(again, scope, limits)
  })

/** Opens the file that a position stands in. `begun` is what the trail says of it. */
export const reopen = (
  archive: Archives.Archive,
  { entry: [index], lines, objects }: Position,
  place: string,
  limits: Limits,
  context: Context,
  parent: Scope.Scope,
  begun: string
): Effect.Effect<Document, Reason> =>
  Effect.gen(function* () {
    const scope = yield* Scope.fork(parent)
    const offset = objects?.at.offset ?? lines?.offset ?? 0
    const content = yield* Scope.provide(
      archive.isSealed
        ? contentOf(archive, index, place, offset, limits)
        : resumed(archive, index, place, limits, begun),
      scope
    )
    return objects === undefined
      ? linesOf(content, scope, limits, lines)
      : objectsOf(content, scope, limits, context, objects)
  })

/** Content of a file from its start, inflated if it is gzip. */
export const contentFrom = (
  archive: Archives.Archive,
  index: number,
  place: string,
  limits: Limits
): Effect.Effect<Archives.Chunks, Reason, Scope.Scope> =>
  Effect.map(contentOf(archive, index, place, 0, limits, false), ({ chunks }) => chunks)

/** Reads a channel again whose members were still coming; nothing when there is none any more. */
export const readOpenChannel = (
  archive: Archives.Archive,
  { entry: [index], objects }: Position,
  state: OpenChannelState,
  place: string,
  limits: Limits
): Effect.Effect<OpenChannel | undefined, Reason> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { chunks } = yield* contentOf(archive, index, place, state.offset, limits)
      const pieces: Array<Buffer> = []
      let length = 0
      while (length < Math.min(state.bytes, limits.maxElementBytes)) {
        const piece = yield* chunks.next
        if (piece === undefined) break
        pieces.push(Buffer.from(piece))
        length += piece.length
      }
      const wire = parsed(Buffer.concat(pieces, length).toString("utf8", 0, state.bytes))
      if (!isWire(wire)) return undefined
      const context = makeContext(new BatchBuilder.BatchBuilder(), new ShownUsers(), limits)
      context.at = () => ({ offset: state.offset, bytes: state.bytes })
      if (objects === undefined) mapValue(wire, context)
      else channel(wire, context)
      context.open?.restore(state)
      return context.open
    })
  )

// internal

/** Reads what had been read of a loose file once more, compares it, and continues behind it. */
const resumed = (
  archive: Archives.Archive,
  index: number,
  place: string,
  limits: Limits,
  begun: string
): Effect.Effect<Content, Reason, Scope.Scope> =>
  Effect.gen(function* () {
    const { chunks, stored } = yield* contentOf(archive, index, place, 0, limits, false)
    const resumed = yield* Archives.resume(archive, index, begun, chunks, limits.maxElementBytes)
    return { ...resumed, stored: stored ?? resumed.passage }
  })

const objectsOf = (
  content: Content,
  scope: Scope.Closeable,
  limits: Limits,
  context: Context,
  from?: Position["objects"]
): Document => {
  const objects = new Objects(context, from?.isExport ?? false, from?.at.around === "{[")
  const options = { ...objects.options, maxElementBytes: limits.maxElementBytes }
  return {
    ...content,
    _tag: "objects",
    scope,
    isEnded: false,
    reader: JsonObjects.make(options, from?.at),
    objects,
    at: from?.at
  }
}

const linesOf = (
  content: Content,
  scope: Scope.Closeable,
  limits: Limits,
  at?: NdjsonLines.Position
): Document => {
  const reader = NdjsonLines.make({ maxLineBytes: limits.maxElementBytes }, at)
  return { ...content, _tag: "lines", scope, isEnded: false, reader, at }
}

/** Content of a file, inflated if it is gzip. `isFollowed`: it is pushed to a passage; `resume` does that itself. */
const contentOf = (
  archive: Archives.Archive,
  index: number,
  place: string,
  from: number,
  limits: Limits,
  isFollowed = !archive.isSealed
): Effect.Effect<Content & { readonly isArchive: boolean }, Reason, Scope.Scope> =>
  Effect.gen(function* () {
    const start = yield* Effect.scoped(
      Effect.flatMap(archive.open(index, 0), (chunks) =>
        Effect.map(chunks.next, (first) => Buffer.from((first ?? EMPTY).subarray(0, 4)))
      )
    )
    const isArchive = start.length === 4 && start.readUInt32LE(0) === ZIP
    const isPacked = isGzip(start)
    // Nobody asks how much of it has been read, only what all of it is.
    const packed = isPacked && !archive.isSealed ? new Passage.Passage(0) : undefined
    const opened = yield* archive.open(index, isPacked ? 0 : from)
    const raw = packed === undefined ? opened : Archives.followed(opened, packed)
    const chunks = isPacked ? yield* gunzip(raw, place, from, limits) : raw
    if (!isFollowed) return { chunks, passage: undefined, stored: packed, isArchive }
    const passage = new Passage.Passage(limits.maxElementBytes)
    return { chunks: Archives.followed(chunks, passage), passage, stored: packed ?? passage, isArchive }
  })

const EMPTY = new Uint8Array(0)
const ZIP = 0x04034b50

const headOf = (chunks: Archives.Chunks) =>
  Effect.gen(function* () {
    const pieces: Array<Buffer> = []
    let length = 0
    while (length < HEAD) {
      const piece = yield* chunks.next
      if (piece === undefined) return { head: Buffer.concat(pieces, length), isWhole: true }
      // A piece is good until the next is asked for.
      pieces.push(Buffer.from(piece))
      length += piece.length
    }
    return { head: Buffer.concat(pieces, length), isWhole: false }
  })

/** What has been read already and then the rest. */
const ahead = (head: Buffer, isWhole: boolean, chunks: Archives.Chunks): Archives.Chunks => {
  let isGiven = false
  return {
    next: Effect.suspend((): Archives.Chunks["next"] => {
      if (isGiven) return isWhole ? Effect.succeed(undefined) : chunks.next
      isGiven = true
      return Effect.succeed(head)
    })
  }
}

const parsed = (text: string): unknown => {
  try {
    return JsonElements.parse(text)
  } catch {
    return undefined
  }
}

const isJsonName = (name: string) => /\.(?:json|jsonl|ndjson)(?:\.gz)?$/iu.test(name)
