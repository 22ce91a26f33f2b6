// Reads all files of an archive as batches.
import {
  Archives,
  ArchiveSource,
  BatchBuilder,
  type Ids,
  JsonElements,
  Rejected,
  Source,
  SourceError
} from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import { declared } from "./consequences.ts"
import type { Limits } from "./limits.ts"
import { lines } from "./mapLines.ts"
import type { Objects } from "./mapObjects.ts"
import { separate } from "./mapValue.ts"
import { contentFrom, type Document, open, readOpenChannel, reopen } from "./openDocument.ts"
import { Out } from "./out.ts"
import * as Position from "./position.ts"
import { UNRECOGNISED } from "./rejected.ts"
import { ShownUsers } from "./shownUsers.ts"
import { makeContext } from "./toCanonical/context.ts"

type Reason = SourceError.SourceErrorReason

/**
 * Reads an archive, after a position if there is one. `bytes` is the size of
 * the partition that progress is counted in. `isBesideChannels`: it is an export
 * of users, and their channels' exports are read too.
 */
export const readArchive = (
  archive: Archives.Archive,
  bytes: number,
  position: Option.Option<Source.Position>,
  limits: Limits,
  isBesideChannels = false
): Stream.Stream<Source.Batch, Reason> =>
  Source.batches(
    Effect.flatMap(Effect.scope, (scope) => start(archive, bytes, position, limits, isBesideChannels, scope))
  )

/**
 * Fails unless what an earlier run read of an archive is still there as it was.
 * `trail` is that of its last batch.
 */
export const retrace = (
  archive: Archives.Archive,
  trail: Schema.Json,
  limits: Limits
): Effect.Effect<void, Reason> =>
  Archives.compare(archive, trail, isRead(archive, limits), (index) =>
    contentFrom(archive, index, placeOf(archive, index), limits)
  )

// internal

const start = Effect.fnUntraced(function* (
  archive: Archives.Archive,
  bytes: number,
  position: Option.Option<Source.Position>,
  limits: Limits,
  isBesideChannels: boolean,
  scope: Scope.Scope
): Effect.fn.Return<Effect.Effect<Source.Batch | undefined, Reason>, Reason> {
  const at = Option.isSome(position) ? yield* decoded(position.value, archive.place) : undefined
  const { before, entries } = { entries: archive.entries, before: weightsBefore(archive) }
  const out = new Out(limits)
  const context = makeContext(out, new ShownUsers(at?.shown), limits, isBesideChannels)
  const { begun, trail } =
    at === undefined
      ? { begun: "", trail: new Archives.Trail(archive) }
      : yield* retraced(archive, at, limits)
  let index = at?.entry[0] ?? 0
  let document: Document | undefined
  const place = () => placeOf(archive, index)
  if (at !== undefined) {
    const changed = SourceError.changedContent(archive.place, place())
    const isBegun = at.objects !== undefined || at.lines !== undefined
    if ((entries[index]?.name ?? "") !== at.entry[1]) return yield* changed
    context.channelId = (at.channelId ?? undefined) as Ids.ChannelId | undefined
    context.ownerId = (at.ownerId ?? undefined) as Ids.UserId | undefined
    if (isBegun) document = yield* reopen(archive, at, place(), limits, context, scope, begun)
    if (begunOf(archive, index, document) !== begun) return yield* changed
    if (at.open !== null) {
      context.open = yield* readOpenChannel(archive, at, at.open, place(), limits)
      if (context.open === undefined) return yield* changed
    }
  }

  const reached = () => {
    const entry = entries[index]
    const total = before[entries.length] as number
    if (entry === undefined || total === 0) return bytes
    const share = entry.size === 0 ? 0 : Math.min((document?.at?.offset ?? 0) / entry.size, 1)
    return Math.floor((bytes * ((before[index] as number) + share * entry.weight)) / total)
  }
  let reported = at === undefined ? 0 : reached()
  let recordBytes = 0

  const cut = (): Source.Batch => {
    const end = reached()
    const read = trail.upTo(index, begunOf(archive, index, document))
    const batch: Source.Batch = {
      ...out.take(),
      position: Position.encode({
        entry: [index, entries[index]?.name ?? ""],
        read,
        ...within(document),
        channelId: context.channelId ?? null,
        ownerId: context.ownerId ?? null,
        open: context.open?.state() ?? null,
        shown: context.shown.prints()
      }),
      trail: read,
      bytes: end - reported,
      recordBytes,
      place: Archives.numbered(archive, index)
    }
    reported = end
    recordBytes = 0
    return batch
  }

  const openNext = Effect.fnUntraced(function* () {
    const opened = yield* open(archive, index, place(), limits, context, scope)
    if (typeof opened === "object") {
      document = opened
      return
    }
    if (opened === "other") out.note(declared.ignoredEntry.code)
    else {
      out.origin = { place, text: () => undefined }
      const { name, size } = entries[index] as Archives.ArchiveEntry
      const problem = "the file is JSON by its name, and does not begin as JSON does"
      out.reject("unknown", UNRECOGNISED, problem, { file: name, bytes: size })
    }
    index++
  })

  const map = Effect.fnUntraced(function* (of: Document) {
    if (of._tag === "lines") {
      const part = of.reader.next()
      if (part === undefined) return false
      lines(part, place(), context)
      recordBytes += part.bytes
      of.at = part.position
      of.passage?.upTo(of.at.offset)
      return true
    }
    const part = yield* JsonElements.nextPart(of.reader.next, place(), limits.maxElementBytes)
    if (part !== undefined) of.objects.take(part, place())
    if (of.objects.lostList !== undefined) return yield* tooLarge(of.objects.lostList, limits)
    if (part === undefined) return false
    recordBytes += part.position.offset - (of.at?.offset ?? 0)
    of.at = part.position
    of.passage?.upTo(of.at.offset)
    return true
  })

  const finish = Effect.fnUntraced(function* (of: Document) {
    yield* Scope.close(of.scope, Exit.void)
    separate(context)
    if (of.stored !== undefined) trail.took(index, of.stored.end())
    document = undefined
    index++
  })

  const isAtCut = () =>
    ArchiveSource.isFull(out.size, recordBytes, limits) &&
    (document?._tag !== "objects" || document.objects.isWhole)

  return Effect.gen(function* () {
    for (;;) {
      if (isAtCut()) return cut()
      if (document === undefined) {
        if (index >= entries.length) break
        yield* openNext()
        continue
      }
      if (yield* map(document)) continue
      const chunk: Uint8Array | undefined = document.isEnded ? undefined : yield* document.chunks.next
      // Lines that wait for more are kept, and a chunk is good only until the next is asked for.
      if (chunk !== undefined) document.reader.push(document._tag === "lines" ? Buffer.from(chunk) : chunk)
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

/** A list that is held as a whole, because what it belongs to is told only behind it. */
const tooLarge = ({ bytes, place, range }: Objects["lostList"] & {}, { maxElementBytes }: Limits) =>
  new SourceError.LimitExceeded({
    place: `${place} (${Rejected.bytesOf(range)})`,
    setting: "maxElementBytes",
    limit: maxElementBytes,
    actual: bytes
  })

/** How messages name an entry. */
const placeOf = ({ entries, place, separator }: Archives.Archive, index: number) => {
  const entry = entries[index]
  return entry === undefined ? place : `${place}${separator}${Archives.shown(entry.name)}`
}

const within = (document: Document | undefined): Pick<Position.Position, "objects" | "lines"> => {
  if (document?.at === undefined) return {}
  return document._tag === "lines"
    ? { lines: { ...document.at } }
    : { objects: { at: { ...document.at }, isExport: document.objects.isExport } }
}

const decoded = (position: Source.Position, partition: string) =>
  Effect.mapError(Effect.fromOption(Position.decode(position)), () => SourceError.foreignPosition(partition))

const retraced = (archive: Archives.Archive, at: Position.Position, limits: Limits) =>
  Effect.filterOrFail(
    Archives.retrace(archive, at.read, isRead(archive, limits)),
    ({ index }) => index === at.entry[0],
    () => SourceError.foreignPosition(archive.place)
  )

/** Tells whether a loose file is one that is read, and not passed over. */
const isRead = (archive: Archives.Archive, limits: Limits) => (index: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const context = makeContext(new BatchBuilder.BatchBuilder(), new ShownUsers(), limits)
      const place = placeOf(archive, index)
      const found = yield* open(archive, index, place, limits, context, yield* Effect.scope)
      return typeof found === "object"
    })
  )

/** What a trail says of the entry in which reading stands. */
const begunOf = (archive: Archives.Archive, index: number, document: Document | undefined): string => {
  const offset = document?.at?.offset
  if (offset === undefined) return ""
  if (document?.passage === undefined) return archive.entries[index]?.print ?? ""
  return Archives.begunAt(offset, document.passage.upTo(offset))
}

/** Weight of all entries before each; the last is the total. */
const weightsBefore = ({ entries }: Archives.Archive) => {
  const before = new Float64Array(entries.length + 1)
  for (const [i, { weight }] of entries.entries()) before[i + 1] = (before[i] as number) + weight
  return before
}
