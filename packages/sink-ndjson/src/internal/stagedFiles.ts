import { DurableFile, Publication, SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Gzip from "./gzip.ts"
import { filesOf, gzipName, type Layout } from "./layout.ts"
import { LineBuffer } from "./lineBuffer.ts"
import * as Manifest from "./manifest.ts"
import type { Receipt } from "./receipt.ts"

export interface Settings {
  readonly sink: string
  readonly directory: string
  readonly layout: Layout
  readonly isGzip: boolean
}

type Failure = PlatformError.PlatformError | SinkError.SinkError
type Platform = FileSystem.FileSystem | Path.Path

/** A file that is written as `<name>.part`, plain even if it is published compressed. */
export interface StagedFile {
  readonly name: string
  readonly lines: LineBuffer
  bytes: number
  records: number
  /** Of the first `bytes`. */
  sha256: string
  /** None while nothing is written to it: it is new, or an earlier attempt published it. */
  appender: Option.Option<DurableFile.Appender>
}

export const finalName = ({ isGzip }: Settings, name: string): string => (isGzip ? gzipName(name) : name)

/** Finds the files of a receipt as it left them, and removes what a killed run left behind it. */
export const openAll = Effect.fnUntraced(function* (
  settings: Settings,
  receipt: Option.Option<Receipt>
): Effect.fn.Return<Map<string, StagedFile>, Failure, Platform | Scope.Scope> {
  const files = new Map<string, StagedFile>()
  const names = filesOf(settings.layout)
  const last: Receipt["files"] = Option.isSome(receipt) ? receipt.value.files : {}
  const foreign = Object.keys(last).find((name) => !names.includes(name))
  if (foreign !== undefined) {
    const path = (yield* Path.Path).join(settings.directory, foreign)
    return yield* failed(
      settings,
      new SinkError.InvalidReceipt({ path, problem: "it is not a file of this layout" })
    )
  }
  for (const name of names) {
    const known = last[name]
    if (known === undefined) yield* discard(settings, name)
    else files.set(name, yield* reopen(settings, name, known))
  }
  return files
})

/** Opens a file for writing; what an earlier attempt published becomes a staged file again. */
export const openForWriting = Effect.fnUntraced(function* (
  settings: Settings,
  file: StagedFile
): Effect.fn.Return<DurableFile.Appender, Failure, Platform | Scope.Scope> {
  if (Option.isSome(file.appender)) return file.appender.value
  const { part } = yield* places(settings, file.name)
  if (file.bytes > 0) yield* restore(settings, file.name)
  const appender = yield* DurableFile.append(part, file.bytes)
  file.appender = Option.some(appender)
  return appender
})

export const make = (name: string): StagedFile => ({
  name,
  lines: new LineBuffer(),
  bytes: 0,
  records: 0,
  sha256: "",
  appender: Option.none()
})

/** Full paths of a file while it is written, and of the one that is published. */
export const places = (settings: Settings, name: string) =>
  Effect.map(Path.Path, (path) => {
    const final = path.join(settings.directory, finalName(settings, name))
    return {
      part: path.join(settings.directory, Publication.partName(name)),
      final,
      staged: Publication.partName(final)
    }
  })

const reopen = Effect.fnUntraced(function* (
  settings: Settings,
  name: string,
  known: Receipt["files"][string]
): Effect.fn.Return<StagedFile, Failure, Platform | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  const { final, part } = yield* places(settings, name)
  const file: StagedFile = { ...make(name), ...known }
  if (!(yield* fs.exists(part))) {
    if (!(yield* fs.exists(final))) return yield* damaged(settings, part, "is gone")
    if (yield* isPublished(settings, file)) return file
    yield* restore(settings, name)
  }
  const { size } = yield* fs.stat(part)
  if (Number(size) < known.bytes) {
    return yield* damaged(settings, part, `has ${size} bytes and had ${known.bytes}`)
  }
  const appender = yield* DurableFile.append(part, known.bytes)
  if (appender.sha256() !== known.sha256) return yield* damaged(settings, part, OTHER_CONTENT)
  file.appender = Option.some(appender)
  return file
})

/** Whether the published file is what the receipt speaks of, and not a later state. */
const isPublished = Effect.fnUntraced(function* (
  settings: Settings,
  file: StagedFile
): Effect.fn.Return<boolean, Failure, Platform> {
  const fs = yield* FileSystem.FileSystem
  const { final } = yield* places(settings, file.name)
  const size = Number((yield* fs.stat(final)).size)
  const sha256 = DurableFile.sha256Of(final, size)
  if (!settings.isGzip) return size === file.bytes && (yield* sha256) === file.sha256
  // The plain part of a compressed file is only removed once the manifest lists the file.
  const manifest = Option.getOrUndefined(yield* Manifest.read(settings.directory))
  if (manifest === undefined || manifest === "unreadable") return false
  const listed = manifest.files.find(({ path }) => path === finalName(settings, file.name))
  if (listed === undefined || listed.records !== file.records || listed.bytes !== size) return false
  return listed.sha256 === (yield* sha256)
})

/** Makes a published file a staged one. The manifest goes first, since it says that everything is there. */
const restore = Effect.fnUntraced(function* (
  settings: Settings,
  name: string
): Effect.fn.Return<void, Failure, Platform> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { final, part } = yield* places(settings, name)
  yield* DurableFile.awaited(fs.remove(path.join(settings.directory, Manifest.MANIFEST), { force: true }))
  if (!settings.isGzip) return yield* DurableFile.rename(final, part)
  yield* copyThrough(final, `${part}.tmp`, Gzip.expand).pipe(
    Effect.catchTag("GzipError", ({ problem }) =>
      Effect.andThen(
        DurableFile.awaited(fs.remove(`${part}.tmp`, { force: true })),
        damaged(settings, final, `cannot be expanded: ${problem}`)
      )
    )
  )
  yield* DurableFile.rename(`${part}.tmp`, part)
  yield* DurableFile.awaited(fs.remove(final))
})

/** What was made of a file. */
export interface Copied {
  readonly bytes: number
  readonly sha256: string
}

/** Writes the whole of a file, through a codec, to another one that is durable afterwards, and gives the length and checksum of that. */
export const copyThrough = (
  from: string,
  to: string,
  codec: <E, R>(bytes: Stream.Stream<Uint8Array, E, R>) => Stream.Stream<Uint8Array, E | Gzip.GzipError, R>
): Effect.Effect<Copied, PlatformError.PlatformError | Gzip.GzipError, Platform> =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const target = yield* DurableFile.append(to, 0)
      yield* Stream.runForEach(codec(fs.stream(from, { chunkSize: CHUNK })), target.write)
      const bytes = yield* target.flush
      return { bytes, sha256: target.sha256() }
    })
  )

const discard = Effect.fnUntraced(function* (
  settings: Settings,
  name: string
): Effect.fn.Return<void, Failure, Platform> {
  const fs = yield* FileSystem.FileSystem
  const { part, staged } = yield* places(settings, name)
  yield* DurableFile.awaited(fs.remove(part, { force: true }))
  yield* DurableFile.awaited(fs.remove(staged, { force: true }))
})

/** Fails because a file is not what was written to it. */
export const damaged = (settings: Settings, path: string, problem: string) =>
  failed(settings, new SinkError.StagedDataDamaged({ path, problem }))

const failed = ({ sink }: Settings, reason: SinkError.SinkErrorReason) =>
  Effect.fail(new SinkError.SinkError({ sink, reason }))

export const OTHER_CONTENT = "does not have the content that was written"

const CHUNK = 256 << 10
