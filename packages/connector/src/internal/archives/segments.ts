// Lists the segments of parts and reads them, and keeps the directory of one archive between its segments.
import { Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { allEntries, type Archive, type EntryRange, fromFiles } from "./archive.ts"
import { type Bytes, fromFile } from "./bytes.ts"
import { cut, fingerprintOf } from "./cut.ts"
import { type ContentSize, fingerprintPart, ofZip } from "./fingerprints.ts"
import type { Part } from "./inputs.ts"
import { bytesBefore } from "./weights.ts"
import { archiveIn, checked, type Directory, readDirectory } from "./zip.ts"
import type { Limits } from "./zipDirectory.ts"

type Reason = SourceError.SourceErrorReason

export interface Options {
  readonly limits: Limits
  readonly contentSize?: ContentSize | undefined
  /** Reading an entry depends on other entries too, so a change of one of them changes every segment. */
  readonly readsAcross: boolean
  readonly read: (
    archive: Archive,
    range: EntryRange,
    bytes: number,
    position: Option.Option<Source.Position>
  ) => Stream.Stream<Source.Batch, Reason>
  readonly retrace?:
    | ((archive: Archive, range: EntryRange, readDigest: Schema.Json) => Effect.Effect<void, Reason>)
    | undefined
}

/** Reads the segments of the parts. */
export const make = Effect.fnUntraced(function* (
  options: Options,
  parts: ReadonlyArray<Part>
): Effect.fn.Return<Pick<Source.Reader, "read" | "retrace" | "segments">, never, FileSystem.FileSystem> {
  const { limits, read, retrace } = options
  const fs = yield* FileSystem.FileSystem
  const loose = new Map<string, Loose>()
  for (const part of parts) {
    if (part.content._tag === "files") loose.set(part.id, yield* Source.once(looseOf(part, options)))
  }
  // Only the directory of one archive is kept, because it may be as large as the heap allows.
  let last: Zip | undefined
  const listed: Listed = new WeakMap()

  const listZip = Effect.fnUntraced(function* ({ bytes, id }: Part, path: string) {
    last = undefined
    const { directory, fingerprint } = yield* ofZip(path, id, limits)
    const partition: Source.Partition = { id, bytes, fingerprint }
    const found = directory && (yield* Effect.option(checked(directory, id, limits)))
    // Damage is reported when the archive is read, so that the archives before it are read first.
    if (found === undefined || Option.isNone(found)) return [Source.whole(partition)]
    last = zipOf(id, path, found.value)
    return segmentsOf(partition, found.value.entries, !options.readsAcross, listed)
  })
  const zip = Effect.fnUntraced(function* (id: string, path: string): Effect.fn.Return<Zip, Reason, Files> {
    if (last?.id === id) return last
    last = undefined
    const found = yield* Effect.scoped(
      Effect.flatMap(fromFile(path, 0), (bytes) => readDirectory(bytes, id, limits))
    )
    last = zipOf(id, path, found)
    return last
  })
  const list = (part: Part) =>
    part.content._tag === "zip"
      ? listZip(part, part.content.path)
      : Effect.map(looseIn(loose, part.id), ({ archive, partition }) =>
          segmentsOf(partition, archive.entries, true, listed)
        )

  const readZip = Effect.fnUntraced(function* (
    { bytes, id }: Part,
    path: string,
    segment: Source.Segment,
    position: Option.Option<Source.Position>
  ) {
    const { directory, open } = yield* zip(id, path)
    const range = yield* rangeOf(segment, directory.entries, listed)
    const batches = Stream.map(read(yield* open, range, bytes, position), withoutReadDigest)
    if (range.to < directory.entries.length) return batches
    const forget = Effect.sync(() => {
      if (last?.directory === directory) last = undefined
    })
    return Stream.ensuring(batches, forget)
  })
  const readPart = Effect.fnUntraced(function* (
    segment: Source.Segment,
    position: Option.Option<Source.Position>
  ) {
    const part = yield* partIn(parts, segment)
    if (part.content._tag === "zip") return yield* readZip(part, part.content.path, segment, position)
    const { archive } = yield* looseIn(loose, part.id)
    return read(archive, yield* rangeOf(segment, archive.entries, listed), part.bytes, position)
  })
  return {
    segments: Effect.provideService(
      Effect.map(Effect.forEach(parts, list), (found) => found.flat()),
      FileSystem.FileSystem,
      fs
    ),
    read: (segment, position) =>
      Stream.provideService(Stream.unwrap(readPart(segment, position)), FileSystem.FileSystem, fs),
    ...(retrace !== undefined && {
      retrace: (segment, readDigest) =>
        Effect.gen(function* () {
          const { content, id } = yield* partIn(parts, segment)
          // The fingerprint of a zip archive covers all of its content.
          if (content._tag === "zip") return
          const { archive } = yield* looseIn(loose, id)
          yield* retrace(archive, yield* rangeOf(segment, archive.entries, listed), readDigest)
        }).pipe(Effect.provideService(FileSystem.FileSystem, fs))
    })
  }
})

// internal

type Files = FileSystem.FileSystem

/** The entries from which a segment was cut, to which it need not be compared. */
type Listed = WeakMap<Source.Segment, Archive["entries"]>

/** The loose files of an input, which are looked at once. */
type Loose = Effect.Effect<{ readonly archive: Archive; readonly partition: Source.Partition }, Reason, Files>

/** A zip archive whose directory has been read. */
interface Zip {
  readonly id: string
  readonly directory: Directory
  readonly open: Effect.Effect<Archive, Reason, Files | Scope.Scope>
}

const looseOf = Effect.fnUntraced(function* (part: Part, { contentSize, limits }: Options) {
  const { bytes, content, fingerprint, id } = yield* fingerprintPart(part, limits, contentSize)
  const files = content._tag === "files" ? content.files : []
  const names = files.map(({ name }) => (name === id ? id : `${id}/${name}`))
  const partition: Source.Partition = { id, bytes, fingerprint, files: names }
  return { archive: yield* fromFiles(id, files), partition }
})

const zipOf = (id: string, path: string, directory: Directory): Zip => {
  // A small archive is held in memory until its last segment has been read.
  let bytes: Bytes | undefined
  const open = Effect.gen(function* () {
    if (bytes?.isInMemory() !== true) bytes = yield* fromFile(path, READ_WHOLE)
    return archiveIn(directory, bytes)
  })
  return { id, directory, open }
}

const READ_WHOLE = 32 << 20

/** `isOwn`: each segment has a fingerprint of its own, so that content after it may change. */
const segmentsOf = (
  partition: Source.Partition,
  entries: Archive["entries"],
  isOwn: boolean,
  listed: Listed
): ReadonlyArray<Source.Segment> => {
  const { bytes = 0 } = partition
  const ranges = cut(entries)
  if (ranges.length < 2) return [Source.whole(partition)]
  return ranges.map((range, no) => {
    const { from, to } = range
    const ofBytes = bytesBefore(entries, to, bytes) - bytesBefore(entries, from, bytes)
    const plain: Source.Segment = { partition, no, range: [from, to], bytes: ofBytes }
    const segment = isOwn ? withFingerprint(plain, entries, range) : plain
    listed.set(segment, entries)
    return segment
  })
}

const withFingerprint = (
  segment: Source.Segment,
  entries: Archive["entries"],
  range: EntryRange
): Source.Segment => ({ ...segment, fingerprint: fingerprintOf(entries, range) })

const partIn = (parts: ReadonlyArray<Part>, { partition: { id } }: Source.Segment) => {
  const part = parts.find((one) => one.id === id)
  return part === undefined ? absent(id) : Effect.succeed(part)
}

const looseIn = (loose: ReadonlyMap<string, Loose>, id: string): Loose => loose.get(id) ?? absent(id)

const absent = (partition: string) =>
  Effect.fail(
    new SourceError.InvalidPosition({ partition, problem: "there is no such partition among the inputs" })
  )

const decodeRange = Schema.decodeUnknownOption(Schema.Tuple([Schema.Int, Schema.Int]))

/** The entries of a segment. Fails if they are not those that were listed. */
const rangeOf = (
  segment: Source.Segment,
  entries: Archive["entries"],
  listed: Listed
): Effect.Effect<EntryRange, Reason> => {
  const { fingerprint, partition, range: given } = segment
  const { id } = partition
  if (given === null) return Effect.succeed(allEntries({ entries }))
  const found = decodeRange(given)
  if (Option.isNone(found)) return Effect.fail(SourceError.foreignPosition(id))
  const [from, to] = found.value
  const range = { from, to }
  const isListed =
    from >= 0 &&
    from < to &&
    to <= entries.length &&
    (fingerprint === undefined ||
      listed.get(segment) === entries ||
      fingerprintOf(entries, range) === fingerprint)
  return isListed ? Effect.succeed(range) : Effect.fail(SourceError.changedContent(id))
}

/** The fingerprint of a zip archive covers all of its content. */
const withoutReadDigest = (batch: Source.Batch): Source.Batch => {
  const { readDigest: _readDigest, ...rest } = batch
  return rest
}
