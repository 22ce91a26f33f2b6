// Reads all documents of an archive as batches.
import { Archives, ArchiveSource, Passage, Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import { declared } from "./consequences.ts"
import * as MapRows from "./csv/mapRows.ts"
import { Cursor, type Steps } from "./cursor.ts"
import type { Limits } from "./limits.ts"
import * as MapPart from "./mapPart.ts"
import { openAhead } from "./openAhead.ts"
import {
  type Document,
  meet,
  nextPart,
  open,
  openNested,
  type Part,
  reopen,
  searchChannel
} from "./openDocument.ts"
import { Out } from "./out.ts"
import * as Position from "./position.ts"
import { UNRECOGNISED } from "./rejected.ts"
import { makeContext } from "./toCanonical/context.ts"

type Reason = SourceError.SourceErrorReason

/**
 * Reads an archive, after a position if there is one. `bytes` is the size of
 * the partition that progress is counted in.
 */
export const readArchive = (
  archive: Archives.Archive,
  bytes: number,
  position: Option.Option<Source.Position>,
  limits: Limits
): Stream.Stream<Source.Batch, Reason> =>
  Source.batches(Effect.flatMap(Effect.scope, (scope) => start(archive, bytes, position, limits, scope)))

/**
 * Fails unless what an earlier run read of an archive is still there as it was.
 * `trail` is that of its last batch.
 */
export const retrace = (
  archive: Archives.Archive,
  trail: Schema.Json,
  limits: Limits
): Effect.Effect<void, Reason> => Archives.compare(archive, trail, isRead(archive, limits))

// internal

const MAX_DEPTH = 4

const COMPRESSED = "the file is compressed with gzip, which is not read here: unpack it with gunzip"
const NO_HEADER =
  "the file is CSV by its name, and its first row has none of the columns of a Sendbird export in UTF-8"

const start = Effect.fnUntraced(function* (
  root: Archives.Archive,
  bytes: number,
  position: Option.Option<Source.Position>,
  limits: Limits,
  scope: Scope.Scope
): Effect.fn.Return<Effect.Effect<Source.Batch | undefined, Reason>, Reason> {
  const out = new Out(limits)
  const context = makeContext(out, limits)
  const at = Option.isSome(position) ? yield* decoded(position.value, root.place) : undefined
  const { begun, trail } =
    at === undefined ? { begun: "", trail: new Archives.Trail(root) } : yield* retraced(root, at, limits)
  const passageOf = () => (root.isSealed ? undefined : new Passage.Passage(limits.maxElementBytes))
  // A loose file that is an archive itself is read as a whole.
  let outer = passageOf()
  const cursor = yield* cursorAt(openAhead(root, scope), at, limits, outer)
  const entry = cursor.entry()
  let document: Document | undefined
  const begunNow = () => begunOf(root, cursor.steps(), document, outer)
  if (at !== undefined) {
    const changed = SourceError.changedContent(root.place, cursor.place())
    const within = at.json ?? at.csv
    if (within !== undefined) {
      if (entry === undefined) return yield* changed
      const loose = root.isSealed || cursor.depth > 1 ? undefined : begun
      document = yield* reopen(cursor.archive, cursor.index, entry, limits, scope, within, loose)
      if (document === undefined) return yield* changed
      document.isRecognised = at.isRecognised
    }
    if (begunNow() !== begun) return yield* changed
    if (cursor.depth > 1 && outer !== undefined) trail.took(cursor.steps()[0]?.[0] ?? 0, outer.end())
  }

  const reached = () => Math.floor(bytes * cursor.progress(share(cursor.entry(), document)))
  let reported = at === undefined ? 0 : reached()
  let recordBytes = 0

  const cut = (): Source.Batch => {
    const end = reached()
    const steps = cursor.steps()
    const read = trail.upTo(steps[0]?.[0] ?? 0, begunNow())
    const batch: Source.Batch = {
      ...out.take(),
      position: Position.encode(steps, read, document?.position ?? null, document?.isRecognised ?? false),
      trail: read,
      bytes: end - reported,
      recordBytes,
      place: cursor.numbers()
    }
    reported = end
    recordBytes = 0
    return batch
  }

  const openNext = Effect.fnUntraced(function* (found: Archives.ArchiveEntry) {
    const place = cursor.place()
    const passage = cursor.depth === 1 ? passageOf() : undefined
    const opened = yield* open(cursor.archive, cursor.index, found, place, limits, scope, passage)
    switch (opened._tag) {
      case "document":
        document = opened.document
        return
      case "zip":
        if (cursor.depth >= MAX_DEPTH) return yield* tooNested(place)
        if (passage === undefined) {
          cursor.enter(yield* openNested(cursor.archive, cursor.index, found, place, limits, undefined), 0)
          return
        }
        outer = new Passage.Passage(limits.maxElementBytes)
        cursor.enter(yield* openNested(cursor.archive, cursor.index, found, place, limits, outer), 0)
        trail.took(cursor.steps()[0]?.[0] ?? 0, outer.end())
        return
      case "unrecognised":
        out.origin = { place: () => place, text: () => undefined }
        out.reject("unknown", UNRECOGNISED, NO_HEADER, fileOf(found))
        break
      case "compressed":
        out.origin = { place: () => place, text: () => undefined }
        out.reject("unknown", UNRECOGNISED, COMPRESSED, fileOf(found))
        break
      case "other":
        out.note(declared.ignoredEntry.code)
    }
    cursor.advance()
  })

  const finish = Effect.fnUntraced(function* (finished: Document) {
    yield* Scope.close(finished.scope, Exit.void)
    if (!finished.isRecognised) {
      out.origin = { place: () => cursor.place(), text: () => undefined }
      const message = "none of the file's top-level members is one of a Sendbird export"
      const file = fileOf(cursor.entry() as Archives.ArchiveEntry)
      out.reject("unknown", UNRECOGNISED, message, { ...file, members: finished.members })
    }
    if (finished.passage !== undefined) trail.took(cursor.index, finished.passage.end())
    document = undefined
    cursor.advance()
  })

  const map = Effect.fnUntraced(function* (part: Part, of: Document) {
    const place = cursor.place()
    if (part._tag === "rows") MapRows.rows(part, place, context)
    else if (part._tag === "member") {
      meet(of, part.name)
      // The first one counts, as in a search, so that a resumed run finds the same.
      of.channel ??= MapPart.channelOf(part)
      MapPart.member(part, MapPart.memberOrigin(part, place), context)
    } else {
      if (part.member === undefined && part.first === 0) meet(of, "[]")
      if (of.channel === undefined && MapPart.needsChannel(part)) {
        of.channel = yield* searchChannel(
          cursor.archive,
          cursor.index,
          cursor.entry() as Archives.ArchiveEntry,
          limits,
          place
        )
      }
      const channel = of.channel ?? undefined
      MapPart.elements(part, MapPart.originOf(part, place, channel), channel, context)
    }
    recordBytes += part.position.offset - (of.position?.offset ?? 0)
    of.position = part.position
    of.passage?.upTo(part.position.offset)
  })

  return Effect.gen(function* () {
    for (;;) {
      if (ArchiveSource.isFull(out.size, recordBytes, limits)) return cut()
      if (document === undefined) {
        const found = cursor.entry()
        if (found === undefined) break
        yield* openNext(found)
        continue
      }
      const part = yield* nextPart(document.reader, cursor.place(), limits)
      if (part !== undefined) {
        yield* map(part, document)
        continue
      }
      const chunk: Uint8Array | undefined = document.isEnded ? undefined : yield* document.chunks.next
      if (chunk !== undefined) document.reader.push(chunk)
      else if (document.isEnded) yield* finish(document)
      else {
        document.reader.end()
        document.isEnded = true
      }
    }
    const batch = cut()
    return Source.isEmpty(batch) ? undefined : batch
  })
})

/** What stands for a file of which no record can be told. */
const fileOf = ({ name, size }: Archives.ArchiveEntry) => ({ file: name, bytes: size })

const decoded = (position: Source.Position, partition: string) =>
  Effect.mapError(Effect.fromOption(Position.decode(position)), () => SourceError.foreignPosition(partition))

const cursorAt = Effect.fnUntraced(function* (
  root: Archives.Archive,
  at: Position.Position | undefined,
  limits: Limits,
  outer: Passage.Passage | undefined
) {
  const steps = at?.entry ?? []
  const cursor = new Cursor(root, steps[0]?.[0] ?? 0)
  for (const [depth, [, name]] of steps.entries()) {
    const found = cursor.archive.entries[cursor.index]
    if ((found?.name ?? "") !== name || cursor.index > cursor.archive.entries.length) {
      return yield* SourceError.changedContent(root.place)
    }
    const inner = steps[depth + 1]
    if (inner === undefined || found === undefined) break
    const passage = depth === 0 ? outer : undefined
    const nested = yield* openNested(cursor.archive, cursor.index, found, cursor.place(), limits, passage)
    cursor.enter(nested, inner[0])
  }
  return cursor
})

const retraced = (root: Archives.Archive, at: Position.Position, limits: Limits) =>
  Effect.filterOrFail(
    Archives.retrace(root, at.read, isRead(root, limits)),
    ({ index }) => index === Math.min(at.entry[0]?.[0] ?? 0, root.entries.length),
    () => SourceError.foreignPosition(root.place)
  )

/** Tells whether a loose file is one that is read, and not passed over. */
const isRead = (root: Archives.Archive, limits: Limits) => (index: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const entry = root.entries[index] as Archives.ArchiveEntry
      const scope = yield* Effect.scope
      const { _tag } = yield* open(root, index, entry, entry.name, limits, scope, undefined)
      return _tag === "document" || _tag === "zip"
    })
  )

/** What a trail says of the entry in which reading stands. */
const begunOf = (
  root: Archives.Archive,
  steps: Steps,
  document: Document | undefined,
  outer: Passage.Passage | undefined
): string => {
  const position = document?.position ?? null
  if (steps.length === 1 && position === null) return ""
  if (root.isSealed) return root.entries[steps[0]?.[0] ?? 0]?.print ?? ""
  const passage = steps.length > 1 ? outer : document?.passage
  if (passage === undefined) return ""
  const offset = steps.length > 1 || position === null ? passage.end().offset : position.offset
  return Archives.begunAt(offset, passage.upTo(offset))
}

const tooNested = (place: string) =>
  new SourceError.CorruptInput({
    place,
    problem: `archives are nested more than ${MAX_DEPTH - 1} deep`,
    hint: "Unpack the outer archives and give the folder."
  })

/** How much of the entry has been read, 0 to 1. */
const share = (entry: Archives.ArchiveEntry | undefined, document: Document | undefined) =>
  entry === undefined || entry.size === 0 ? 0 : Math.min((document?.position?.offset ?? 0) / entry.size, 1)
