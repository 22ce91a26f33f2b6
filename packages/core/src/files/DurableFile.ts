/**
 * Files that survive a kill at any instant.
 *
 * `append` grows a file and can return to a flushed length; `replace` either writes a
 * whole file or keeps the old one; `makeDirectory` makes the folders for them. All end
 * with fsync, so a reported length or name is on the disk. An interruption waits for
 * the current call.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import { namingFileAbove } from "../internal/files/notADirectory.ts"
import * as Sha256 from "../internal/files/sha256.ts"
import { BLOCK, PIECE, pieceEnd } from "../internal/files/textPieces.ts"

/**
 * A file that only grows.
 *
 * @category models
 * @since 0.1.0
 */
export interface Appender {
  /** Copies bytes, which reach the file in blocks of about a megabyte. */
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, PlatformError.PlatformError>
  /** Writes bytes immediately and without a copy, for callers with their own blocks. */
  readonly writeThrough: (bytes: Uint8Array) => Effect.Effect<void, PlatformError.PlatformError>
  /** Like `write`, for text as UTF-8. Returns the number of its bytes. */
  readonly writeText: (text: string) => Effect.Effect<number, PlatformError.PlatformError>
  /** Writes buffered bytes, syncs, and returns the length of the file. */
  readonly flush: Effect.Effect<number, PlatformError.PlatformError>
  /** SHA-256 of the file as it was opened or last flushed, in lower-case hex. */
  readonly sha256: () => string
}

/**
 * Opens a file for appending after its first `length` bytes and truncates the rest. A
 * missing file is created. A file shorter than `length` is an error, since flushed
 * bytes were lost. The kept bytes are read for their checksum, so `sha256` shows at
 * once whether they are what was written.
 *
 * @category constructors
 * @since 0.1.0
 */
export const append = (
  path: string,
  length: number
): Effect.Effect<Appender, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = yield* fs.open(path, { flag: "a", mode: PRIVATE })
    const named = naming(path)
    const { size } = yield* named(file.stat)
    if (Number(size) < length) {
      return yield* PlatformError.badArgument({
        module: "DurableFile",
        method: "append",
        description: `${path} has ${size} bytes, but had ${length} when it was last flushed`
      })
    }
    const hash = yield* hashed(path, length)
    yield* named(file.truncate(length))
    if (length === 0) yield* syncFolderOf(path)
    let written = length
    let synced: number | undefined
    // One block is reused: memory outside the heap would accumulate until the next garbage collection.
    let block: Buffer | undefined
    let filled = 0
    // After a failed write or sync the content of the file is unknown: it must not be flushed any more.
    let failure: PlatformError.PlatformError | undefined
    /** Makes a call whose failure is kept. */
    const kept = (call: Effect.Effect<void, PlatformError.PlatformError>) =>
      Effect.tapError(named(call), (error) =>
        Effect.sync(() => {
          failure = error
        })
      ).pipe(awaited)
    const writeAll = (bytes: Uint8Array) =>
      Effect.suspend(() => {
        if (failure !== undefined) return Effect.fail(failure)
        if (bytes.length === 0) return Effect.void
        written += bytes.length
        hash.update(bytes)
        return kept(file.writeAll(bytes))
      })
    const writeOut = Effect.suspend(() => {
      const bytes = block === undefined ? NOTHING : block.subarray(0, filled)
      filled = 0
      return writeAll(bytes)
    })
    /** Ensures space for that many bytes in the block. */
    const reserve = (bytes: number) => (filled + bytes <= BLOCK ? Effect.void : writeOut)
    const write = (bytes: Uint8Array) =>
      Effect.flatMap(reserve(bytes.length), () => {
        if (bytes.length > BLOCK) return writeAll(bytes)
        block ??= Buffer.allocUnsafeSlow(BLOCK)
        block.set(bytes, filled)
        filled += bytes.length
        return Effect.void
      })
    const writePiece = (text: string) =>
      // A UTF-16 unit is at most three bytes.
      Effect.map(reserve(text.length * 3), () => {
        block ??= Buffer.allocUnsafeSlow(BLOCK)
        const count = block.write(text, filled)
        filled += count
        return count
      })
    /** Avoids holding a long text in memory a second time as bytes. */
    const writeLong = Effect.fnUntraced(function* (text: string) {
      let count = 0
      for (let from = 0; from < text.length;) {
        const to = pieceEnd(text, from)
        count += yield* writePiece(text.slice(from, to))
        from = to
      }
      return count
    })
    return {
      write,
      writeThrough: (bytes: Uint8Array) =>
        Effect.flatMap(filled === 0 ? Effect.void : writeOut, () => writeAll(bytes)),
      writeText: (text: string) => (text.length <= PIECE ? writePiece(text) : writeLong(text)),
      flush: Effect.flatMap(writeOut, () =>
        synced === written ? Effect.succeed(written) : Effect.map(kept(file.sync), () => (synced = written))
      ),
      sha256: hash.soFar
    }
  }).pipe(awaited)

/**
 * SHA-256 of the first `length` bytes of a file, in lower-case hex. Reads them, a
 * megabyte at a time.
 *
 * @category operations
 * @since 0.1.0
 */
export const sha256Of = (
  path: string,
  length: number
): Effect.Effect<string, PlatformError.PlatformError, FileSystem.FileSystem> =>
  Effect.map(hashed(path, length), (hash) => hash.hex())

/**
 * Writes a whole file atomically: after a crash the file has the old or the new
 * content, never a part of it.
 *
 * @category operations
 * @since 0.1.0
 */
export const replace = (
  path: string,
  content: string
): Effect.Effect<void, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* fs.open(`${path}.tmp`, { flag: "w", mode: PRIVATE })
      const named = naming(`${path}.tmp`)
      yield* named(file.writeAll(new TextEncoder().encode(content)))
      yield* named(file.sync)
    })
  ).pipe(Effect.andThen(rename(`${path}.tmp`, path)), awaited)

/**
 * Renames a file and syncs its new folder.
 *
 * @category operations
 * @since 0.1.0
 */
export const rename = (
  from: string,
  to: string
): Effect.Effect<void, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.rename(from, to)
    yield* syncFolderOf(to)
  }).pipe(awaited)

/**
 * Removes a file, if it exists, and syncs its folder.
 *
 * @category operations
 * @since 0.1.0
 */
export const remove = (
  path: string
): Effect.Effect<void, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    yield* (yield* FileSystem.FileSystem).remove(path, { force: true })
    yield* syncFolderOf(path)
  }).pipe(awaited)

/**
 * Makes a folder and its parents, and syncs the name of each, so that files synced in
 * it cannot disappear with it. An existing folder is not changed.
 *
 * @category operations
 * @since 0.1.0
 */
export const makeDirectory = (
  directory: string,
  options?: { readonly mode?: number | undefined }
): Effect.Effect<void, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const missing: Array<string> = []
    let last = path.resolve(directory)
    // Nothing is above the root, whatever the file system reports.
    while (path.dirname(last) !== last && !(yield* fs.exists(last))) {
      missing.unshift(last)
      last = path.dirname(last)
    }
    // It may come from a run that was stopped before the sync, or be in a folder that does not belong to us.
    yield* Effect.catchReason(syncFolderOf(last), "PlatformError", "PermissionDenied", () => Effect.void)
    for (const folder of missing) {
      // Not recursive at first: on a full disk, Node would then report that the folder does not exist.
      yield* Effect.catchReason(fs.makeDirectory(folder, options), "PlatformError", "AlreadyExists", () =>
        fs.makeDirectory(folder, { recursive: true })
      )
      yield* syncFolderOf(folder)
    }
    // Fails if a file has the name.
    if (missing.length === 0) yield* fs.makeDirectory(last, { recursive: true })
  }).pipe(namingFileAbove(directory), awaited)

/**
 * Makes an interruption wait until calls that change the disk have ended. The file
 * system does not stop such calls: a file could be closed during a write, and the bytes
 * could go into the next file with the same descriptor; a name could change after the
 * lock of its folder was released.
 *
 * @category operations
 * @since 0.1.0
 */
export const awaited: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> =
  Effect.uninterruptible

/**
 * Adds the file's path to failures of calls on an open file, which the system leaves
 * out.
 *
 * @category operations
 * @since 0.1.0
 */
export const naming =
  (path: string) =>
  <A, R>(
    effect: Effect.Effect<A, PlatformError.PlatformError, R>
  ): Effect.Effect<A, PlatformError.PlatformError, R> =>
    Effect.mapError(effect, ({ reason }) =>
      reason._tag === "BadArgument"
        ? new PlatformError.PlatformError(reason)
        : PlatformError.systemError({
            _tag: reason._tag,
            module: reason.module,
            method: reason.method,
            description: reason.description,
            syscall: reason.syscall,
            cause: reason.cause,
            pathOrDescriptor: path
          })
    )

// internal

const hashed = Effect.fnUntraced(function* (path: string, length: number) {
  const hash = Sha256.running()
  if (length === 0) return hash
  const file = yield* (yield* FileSystem.FileSystem).open(path, { flag: "r" })
  // One block is reused, as above.
  const block = Buffer.allocUnsafeSlow(Math.min(BLOCK, length))
  for (let left = length; left > 0;) {
    const count = yield* naming(path)(file.read(block.subarray(0, left)))
    if (count === 0) break
    hash.update(block.subarray(0, count))
    left -= count
  }
  return hash
}, Effect.scoped)

/** Without this, a name may be missing after a power failure, even though the file's content is on the disk. */
const syncFolderOf = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* fs.open(path.dirname(file), { flag: "r" })
  yield* naming(path.dirname(file))(folder.sync)
}, Effect.scoped)

const NOTHING = Buffer.alloc(0)
// Exports hold private messages: only the owner may read the written files.
const PRIVATE = 0o600
