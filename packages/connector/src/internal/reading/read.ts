// Reads all files of an archive as batches.
import { Source, SourceError } from "@chatferry/core"
import { JsonElements } from "@chatferry/core/files"
import { Passage } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import * as Archives from "../../files/Archives.ts"
import * as ArchiveSource from "../../files/ArchiveSource.ts"
import { allEntries } from "../archives/archive.ts"
import { bytesBefore } from "../archives/weights.ts"
import { lookBefore } from "./before.ts"
import { nestedZip } from "./content.ts"
import { withCorrections } from "./corrections.ts"
import { type Cursor, locationOf } from "./cursor.ts"
import { examine } from "./examine.ts"
import { type Base, type Options, type Reading, readingOf, type Reason } from "./model.ts"
import { openAhead } from "./openAhead.ts"
import * as Position from "./position.ts"
import { readDigestOf } from "./readDigest.ts"
import { declared, rejectFile } from "./rejects.ts"
import {
  begunOf,
  cursorAt,
  entryOf,
  formatOf,
  MAX_DEPTH,
  type Opened,
  reopen,
  restore,
  retraced
} from "./resume.ts"

export const read = <C extends Base, F extends string, Side>(
  options: Options<C, F, Side>,
  archive: Archives.Archive,
  bytes: number,
  position: Option.Option<Source.Position>,
  range: Archives.EntryRange = allEntries(archive)
): Stream.Stream<Source.Batch, Reason> =>
  Source.batches(
    Effect.gen(function* () {
      const reading = yield* withCorrections(readingOf(options))
      return yield* start(reading, archive, range, bytes, position, yield* Effect.scope)
    })
  )

// internal

const start = Effect.fnUntraced(function* <C extends Base>(
  options: Reading<C>,
  root: Archives.Archive,
  range: Archives.EntryRange,
  bytes: number,
  position: Option.Option<Source.Position>,
  scope: Scope.Scope
): Effect.fn.Return<Effect.Effect<Source.Batch | undefined, Reason>, Reason> {
  const { limits, recognise } = options
  const at = Option.isSome(position) ? yield* decoded(position.value, root.location) : undefined
  const before = yield* lookBefore(options, root)
  const context = options.context(before?.side)
  const { out } = context
  const { begun, readDigest } =
    at === undefined
      ? { begun: "", readDigest: new Archives.ReadDigest(root, range.from) }
      : yield* retraced(options, root, at, before, range)
  const passageOf = () => (root.isSealed ? undefined : new Passage.Passage(limits.maxElementBytes))
  // A loose archive is read as a whole.
  let outer = passageOf()
  const cursor = yield* cursorAt(options, openAhead(root, range.to, scope), at, outer, range)
  let opened: Opened | undefined
  if (at !== undefined) {
    const isSame = () => begunOf(root, cursor, opened, outer) === begun
    // For an archive inside a loose file, the digest is known before the inner file is opened.
    if (cursor.depth > 1 && !isSame())
      return yield* SourceError.changedContent(root.location, locationOf(root, cursor.outer))
    out.entry = { entry: cursor.numbersOf() }
    opened = yield* reopen(options, context, cursor, at, begun, scope)
    if (!isSame()) return yield* SourceError.changedContent(root.location, cursor.location())
    if (cursor.depth > 1 && outer !== undefined) readDigest.took(cursor.outer, outer.end())
    yield* restore(options, context, at, opened, root.location)
  }

  const reached = () => Math.floor(bytes * cursor.progress(shareOf(cursor, opened)))
  let reported = at === undefined ? bytesBefore(root.entries, range.from, bytes) : reached()
  let recordBytes = 0

  const cut = (): Source.Batch => {
    const end = reached()
    const within = opened?.document.at()
    const read = readDigestOf(readDigest.upTo(cursor.outer, begunOf(root, cursor, opened, outer)), before)
    const batch: Source.Batch = {
      ...out.take(),
      position: Position.encode({
        entry: cursor.steps(),
        read,
        at: opened === undefined || within === undefined ? undefined : { format: opened.format, within },
        state: options.state?.save(context)
      }),
      readDigest: read,
      bytes: end - reported,
      recordBytes,
      location: cursor.numbers()
    }
    reported = end
    recordBytes = 0
    return batch
  }

  const enter = Effect.fnUntraced(function* () {
    const entry = entryOf(options, cursor)
    if (cursor.depth >= MAX_DEPTH) return yield* tooNested(entry.location)
    if (cursor.depth > 1 || root.isSealed) return cursor.enter(yield* nestedZip(entry, undefined), 0)
    outer = new Passage.Passage(limits.maxElementBytes)
    const inner = yield* nestedZip(entry, outer)
    readDigest.took(cursor.index, outer.end())
    cursor.enter(inner, 0)
  })

  const openNext = Effect.fnUntraced(function* ({ name }: Archives.ArchiveEntry) {
    if (Archives.isDebris(name)) {
      out.note(declared.ignoredEntry.code)
      return cursor.advance()
    }
    const inner = yield* Scope.fork(scope)
    const { content, file, verdict } = yield* Scope.provide(
      examine(recognise, entryOf(options, cursor), true),
      inner
    )
    const format = typeof verdict === "string" ? formatOf(options, verdict) : undefined
    if (typeof verdict === "string" && format !== undefined) {
      out.entry = { entry: cursor.numbersOf() }
      const document = format.open(file, context, limits, undefined)
      if (document === undefined) {
        return yield* Effect.die(
          new Error(`the format ${verdict} does not open a file that it has recognised`)
        )
      }
      opened = { ...content, file, format: verdict, document, scope: inner, offset: 0, isEnded: false }
      return
    }
    yield* Scope.close(inner, Exit.void)
    if (verdict === "archive") return yield* enter()
    if (verdict === "ignore") out.note(declared.ignoredEntry.code)
    else if (verdict === "reject") rejectFile(out, file, NOTHING_OF_IT)
    else if (typeof verdict === "object" && verdict._tag === "unrecognised")
      rejectFile(out, file, verdict.problem)
    else return yield* verdict as Reason
    cursor.advance()
  })

  const finish = Effect.fnUntraced(function* (of: Opened) {
    yield* Scope.close(of.scope, Exit.void)
    of.document.finish?.()
    if (of.stored !== undefined) readDigest.took(cursor.index, of.stored.end())
    opened = undefined
    cursor.advance()
  })

  /** Records the current position of the document. */
  const passed = (of: Opened) => {
    const offset = of.document.at()?.offset
    if (offset === undefined) return
    recordBytes += offset - of.offset
    of.offset = offset
    of.passage?.upTo(offset)
  }

  /** Maps the next part. */
  const next = (of: Opened): boolean | Effect.Effect<boolean, Reason> => {
    try {
      return of.document.next()
    } catch (cause) {
      const location = cursor.location()
      const reasonOf = (other: unknown) => formatOf(options, of.format)?.reasonOf?.(other, location)
      return JsonElements.nextPart<boolean>(
        () => rethrow(cause),
        location,
        limits.maxElementBytes,
        reasonOf
      ).pipe(Effect.map(() => false))
    }
  }

  const isAtCut = () =>
    ArchiveSource.isFull(out.size, recordBytes, limits) && opened?.document.isAtCut?.() !== false

  return Effect.gen(function* () {
    for (;;) {
      if (isAtCut()) return cut()
      if (opened === undefined) {
        const found = cursor.entry()
        if (found === undefined) break
        yield* openNext(found)
        continue
      }
      const mapped = next(opened)
      if (mapped === true || (mapped !== false && (yield* mapped))) {
        passed(opened)
        continue
      }
      const chunk: Uint8Array | undefined = opened.isEnded ? undefined : yield* opened.chunks.next
      if (chunk !== undefined) opened.document.push(chunk)
      else if (opened.isEnded) yield* finish(opened)
      else {
        opened.document.end()
        opened.isEnded = true
      }
    }
    const batch = cut()
    return Source.isEmpty(batch) ? undefined : batch
  })
})

const NOTHING_OF_IT = "the file does not belong to an export"

const decoded = (position: Source.Position, partition: string) =>
  Effect.mapError(Effect.fromOption(Position.decode(position)), () => SourceError.foreignPosition(partition))

const tooNested = (location: string) =>
  new SourceError.CorruptInput({
    location,
    problem: `archives are nested more than ${MAX_DEPTH - 1} deep`,
    hint: "Unpack the outer archives and use the folder as the input."
  })

const rethrow = (cause: unknown): never => {
  throw cause
}

/** The share of the entry that has been read, 0 to 1. */
const shareOf = (cursor: Cursor, opened: Opened | undefined) => {
  const size = cursor.entry()?.size ?? 0
  return size === 0 ? 0 : Math.min((opened?.offset ?? 0) / size, 1)
}
