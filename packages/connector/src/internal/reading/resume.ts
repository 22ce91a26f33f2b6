// Resumes at the position of an earlier run, and checks that the content it had read is unchanged.
import { SourceError } from "@chatferry/core"
import { type Passage } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Archives from "../../files/Archives.ts"
import { allEntries } from "../archives/archive.ts"
import { type Before, lookBefore } from "./before.ts"
import { contentOf, type Entry, nestedZip } from "./content.ts"
import { withCorrections } from "./corrections.ts"
import { Cursor, locationOf } from "./cursor.ts"
import { examine, type Followed, inInput } from "./examine.ts"
import {
  type Base,
  type Document,
  type File,
  type Format,
  type Options,
  type Reading,
  readingOf,
  type Reason
} from "./model.ts"
import type { Position } from "./position.ts"
import * as ReadDigest from "./readDigest.ts"

/** A file that is being read. */
export interface Opened extends Followed {
  readonly file: File
  readonly format: string
  readonly document: Document
  readonly scope: Scope.Closeable
  /** The current offset in the file. */
  offset: number
  /** All bytes have been pushed to the document. */
  isEnded: boolean
}

export const MAX_DEPTH = 4

/**
 * Fails if the content that an earlier run read from a range of an archive has changed.
 * `readDigest` is that of its last batch.
 */
export const retrace = Effect.fnUntraced(function* <C extends Base, F extends string, Side>(
  given: Options<C, F, Side>,
  archive: Archives.Archive,
  readDigest: Schema.Json,
  { from }: Archives.EntryRange = allEntries(archive)
): Effect.fn.Return<void, Reason> {
  const options = yield* withCorrections(readingOf(given))
  const { readDigest: of } = yield* same(archive, readDigest, yield* lookBefore(options, archive))
  const open = (index: number) =>
    Effect.map(contentOf(entryAt(options, archive, index), 0), ({ chunks }) => chunks)
  yield* Archives.compare(archive, of, isRead(options, archive), open, from)
})

export const retraced = Effect.fnUntraced(function* <C extends Base>(
  options: Reading<C>,
  root: Archives.Archive,
  at: Position,
  before: Before<unknown> | undefined,
  { from, to }: Archives.EntryRange
) {
  const { readDigest } = yield* same(root, at.read, before)
  const found = yield* Archives.retrace(root, readDigest, isRead(options, root), from)
  const index = Math.min(at.entry[0]?.[0] ?? from, to)
  return found.index === index ? found : yield* SourceError.foreignPosition(root.location)
})

export const cursorAt = Effect.fnUntraced(function* <C extends Base>(
  options: Reading<C>,
  root: Archives.Archive,
  at: Position | undefined,
  outer: Passage.Passage | undefined,
  { from, to }: Archives.EntryRange
): Effect.fn.Return<Cursor, Reason> {
  const steps = at?.entry ?? []
  const cursor = new Cursor(root, steps[0]?.[0] ?? from, to)
  for (const [depth, [, name]] of steps.entries()) {
    const [, found] = cursor.steps()[depth] ?? []
    if (found !== name || cursor.isBehind) return yield* SourceError.changedContent(root.location)
    const inner = steps[depth + 1]
    if (inner === undefined || found === "") break
    cursor.enter(yield* nestedZip(entryOf(options, cursor), depth === 0 ? outer : undefined), inner[0])
  }
  return cursor
})

/** Opens the file of a position at that position; `undefined` if the position is before a file. */
export const reopen = Effect.fnUntraced(function* <C extends Base>(
  options: Reading<C>,
  context: C,
  cursor: Cursor,
  { at }: Position,
  begun: string,
  parent: Scope.Scope
): Effect.fn.Return<Opened | undefined, Reason> {
  if (at === undefined) return undefined
  const changed = SourceError.changedContent(cursor.archive.location, cursor.location())
  if (cursor.entry() === undefined) return yield* changed
  const entry = entryOf(options, cursor)
  const { file, verdict } = yield* Effect.scoped(
    Effect.map(examine(options.recognise, entry, false), (found) => ({
      verdict: found.verdict,
      file: { ...found.file, head: Buffer.from(found.file.head) }
    }))
  )
  if (verdict !== at.format) return yield* changed
  const scope = yield* Scope.fork(parent)
  const followed = yield* Scope.provide(
    entry.archive.isSealed ? contentBehind(entry, at.within.offset) : resumed(entry, at.within.offset, begun),
    scope
  )
  const document = formatOf(options, at.format)?.open(
    inInput(file, followed.splices),
    context,
    options.limits,
    at.within
  )
  if (document === undefined) return yield* SourceError.foreignPosition(cursor.archive.location)
  const { offset } = at.within
  return { ...followed, file, format: at.format, document, scope, offset, isEnded: false }
})

/** Restores the state of the context. */
export const restore = Effect.fnUntraced(function* <C extends Base>(
  { state }: Reading<C>,
  context: C,
  at: Position,
  opened: Opened | undefined,
  partition: string
): Effect.fn.Return<void, Reason> {
  if (state === undefined) return
  if (at.state === undefined) return yield* SourceError.foreignPosition(partition)
  switch (yield* state.restore(context, at.state, opened)) {
    case "restored":
      return
    case "foreign":
      return yield* SourceError.foreignPosition(partition)
    case "changed":
      return yield* SourceError.changedContent(partition, opened?.file.location)
  }
})

/** The part of a read digest that covers the current entry. */
export const begunOf = (
  root: Archives.Archive,
  cursor: Cursor,
  opened: Opened | undefined,
  outer: Passage.Passage | undefined
): string => {
  const offset = opened?.document.at()?.offset
  if (cursor.depth === 1 && offset === undefined) return ""
  if (root.isSealed) return root.entries[cursor.outer]?.fingerprint ?? ""
  const passage = cursor.depth > 1 ? outer : opened?.passage
  if (passage === undefined) return ""
  const end = cursor.depth > 1 || offset === undefined ? passage.end().offset : offset
  return Archives.begunAt(end, passage.upTo(end))
}

/** The format with a name. */
export const formatOf = <C extends Base>({ documents }: Reading<C>, name: string): Format<C> | undefined =>
  Object.hasOwn(documents, name) ? documents[name] : undefined

/** The current entry of the cursor. */
export const entryOf = (options: How, cursor: Cursor): Entry =>
  entryAt(options, cursor.archive, cursor.index, cursor.numbersOf())

// internal

const same = (archive: Archives.Archive, readDigest: Schema.Json, before: Before<unknown> | undefined) => {
  const stored = ReadDigest.parsed(readDigest)
  if (stored === undefined) return Effect.fail(SourceError.foreignPosition(archive.location))
  return stored.digest === before?.digest
    ? Effect.succeed(stored)
    : Effect.fail(SourceError.changedContent(archive.location))
}

type How = Pick<Reading<Base>, "corrected" | "isGzipRead" | "limits">

const entryAt = (
  { corrected, isGzipRead = false, limits }: How,
  archive: Archives.Archive,
  index: number,
  steps: ReadonlyArray<number> = [index]
): Entry => ({
  archive,
  index,
  steps,
  location: locationOf(archive, index),
  isGzipRead,
  limits,
  corrected
})

/** Whether a loose file is read and not skipped. */
const isRead =
  <C extends Base>(options: Reading<C>, archive: Archives.Archive) =>
  (index: number): Effect.Effect<boolean, Reason> =>
    Archives.isDebris(archive.entries[index]?.name ?? "")
      ? Effect.succeed(false)
      : Effect.scoped(examine(options.recognise, entryAt(options, archive, index), false)).pipe(
          Effect.map(
            ({ verdict }) =>
              verdict === "archive" ||
              (typeof verdict === "string" && formatOf(options, verdict) !== undefined)
          )
        )

const contentBehind = Effect.fnUntraced(function* (
  entry: Entry,
  offset: number
): Effect.fn.Return<Followed, Reason, Scope.Scope> {
  const { archive, index } = entry
  const { chunks, isOther, splices } = yield* contentOf(entry, offset)
  // The size of inflated or corrected content is not known.
  if (!isOther && offset > (archive.entries[index]?.size ?? 0)) {
    return yield* SourceError.foreignPosition(archive.location)
  }
  return { chunks, passage: undefined, stored: undefined, splices }
})

/** Reads the part of a loose file again that an earlier run had read, compares it, and continues after it. */
const resumed = Effect.fnUntraced(function* (
  entry: Entry,
  offset: number,
  begun: string
): Effect.fn.Return<Followed, Reason, Scope.Scope> {
  const { archive, index, limits, location } = entry
  if (!begun.startsWith(`${offset}+`)) return yield* SourceError.changedContent(archive.location, location)
  const { chunks, packed, splices } = yield* contentOf(entry, 0)
  const found = yield* Archives.resume(archive, index, begun, chunks, limits.maxElementBytes)
  return { ...found, stored: packed ?? found.passage, splices }
})
