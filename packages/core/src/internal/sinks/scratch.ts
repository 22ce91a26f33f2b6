// The growing files of one sink, which are committed, truncated to a commit, and verified by their checksums.
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as DurableFile from "../../files/DurableFile.ts"
import { SinkError, StagedDataDamaged, WriteFailed } from "../../SinkError.ts"
import { GONE, OTHER_CONTENT } from "../files/stagedFile.ts"
import { Blocks, Spare } from "./blocks.ts"
import { Fault } from "./fault.ts"

/** The state of the files in a commit, by key. */
export const Files = Schema.Record(
  Schema.String,
  Schema.Struct({
    bytes: Schema.Finite,
    records: Schema.Finite,
    sha256: Schema.String,
    /** Nothing can be added any more. */
    isClosed: Schema.optionalKey(Schema.Literal(true))
  })
)
export type Files = typeof Files.Type
type Extent = Files[string]

/** The location and limits of a sink's files. */
export interface Store {
  readonly sink: string
  readonly pathOf: (key: string) => string
  /** The task that makes a file. */
  readonly makerOf: (key: string) => string
  /** The number of bytes of a file that are buffered in memory before they are written. */
  readonly blockBytes: (key: string) => number
  /** True if nothing is added to a file any more. */
  readonly isEnded: (key: string) => boolean
  /** True if it may already have its final name. */
  readonly mayBePublished: (key: string) => boolean
}

export interface Scratch {
  /** Buffers content, and returns the number of bytes added. */
  readonly append: (key: string, content: string | Uint8Array, records: number) => number
  /** Adds a text and a line feed as a record. */
  readonly line: (key: string, text: string) => void
  /** Writes full blocks. */
  readonly drain: Effect.Effect<void, SinkError>
  /** Makes everything durable, and returns the state of all files. */
  readonly commit: Effect.Effect<Files, SinkError>
  /** Makes all files of one maker durable and closes them, because many parts must not keep files open. */
  readonly seal: (maker: string) => Effect.Effect<void, SinkError>
  /** Takes over closed files that a task of its own has made. */
  readonly adopt: (files: Files) => void
  /** Makes a file durable and closes it: nothing can be added any more. */
  readonly close: (key: string) => Effect.Effect<Extent, SinkError>
  readonly rename: (key: string, to: string) => Effect.Effect<void, SinkError>
  readonly discard: (key: string) => Effect.Effect<void, SinkError>
}

/** Opens the files as they were at a commit. */
export const open = Effect.fnUntraced(function* (
  store: Store,
  last: Files
): Effect.fn.Return<Scratch, SinkError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const services = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
  const own = yield* Scope.Scope
  const spare = new Spare()
  const files = new Map<string, File>()
  for (const [key, extent] of Object.entries(last)) files.set(key, yield* reopen(store, spare, key, extent))
  const full = new Set<File>()

  const get = (key: string) => {
    let file = files.get(key)
    if (file === undefined) {
      file = new File(store.pathOf(key), store.blockBytes(key), spare)
      files.set(key, file)
    } else if (file.isClosed) throw new Fault(`something is added to ${key}, which is closed`)
    return file
  }
  const added = (file: File, records: number) => {
    file.records += records
    if (file.blocks.fullBytes > 0) full.add(file)
  }
  const run = <A>(file: File, effect: Effect.Effect<A, PlatformError.PlatformError, Needs>) =>
    Effect.provideContext(
      Effect.catch(effect, (cause) => failed(store, new WriteFailed({ path: file.path, cause }))),
      services
    )
  const opened = Effect.fnUntraced(function* (file: File) {
    if (file.opened !== undefined) return file.opened.appender
    const scope = yield* Scope.fork(own)
    const appender = yield* Scope.provide(DurableFile.append(file.path, file.bytes), scope)
    file.opened = { scope, appender }
    return appender
  })
  const writeOut = Effect.fnUntraced(function* (file: File, all: boolean) {
    full.delete(file)
    const blocks = file.blocks.take(all)
    if (blocks.length === 0) return
    const appender = yield* opened(file)
    for (const block of blocks) {
      yield* appender.writeThrough(block)
      spare.put(block)
    }
  })
  const flush = Effect.fnUntraced(function* (file: File) {
    yield* writeOut(file, true)
    // An empty file is created too.
    const appender = yield* opened(file)
    file.bytes = yield* appender.flush
    file.sha256 = appender.sha256()
  })
  const release = Effect.fnUntraced(function* (file: File) {
    if (file.opened !== undefined) yield* Scope.close(file.opened.scope, Exit.void)
    file.opened = undefined
    file.isClosed = true
  })
  /** A closed file that no resumed run would look for. */
  const closed = (key: string) => {
    const file = files.get(key)
    if (file?.isClosed !== true) throw new Fault(`${key} has not been closed`)
    if (file.isCommitted)
      throw new Fault(`${key} is part of a commit, and only later pieces can be renamed or discarded`)
    return file
  }
  return {
    append: (key, content, records) => {
      const file = get(key)
      const bytes = file.blocks.add(content)
      added(file, records)
      return bytes
    },
    line: (key, text) => {
      const file = get(key)
      file.blocks.addLine(text)
      added(file, 1)
    },
    drain: Effect.suspend(() =>
      full.size === 0
        ? Effect.void
        : Effect.forEach(Array.from(full), (file) => run(file, writeOut(file, false)), { discard: true })
    ),
    commit: Effect.gen(function* () {
      // A flush waits for the disk, so all files are flushed at the same time.
      const growing = Array.from(files.values()).filter((file) => !file.isClosed)
      yield* Effect.forEach(growing, (file) => run(file, flush(file)), {
        concurrency: "unbounded",
        discard: true
      })
      return Object.fromEntries(
        Array.from(files, ([key, file]) => {
          file.isCommitted = true
          return [key, extentOf(file)]
        })
      )
    }),
    seal: (maker) =>
      Effect.suspend(() =>
        Effect.forEach(
          Array.from(files).filter(([key, file]) => !file.isClosed && store.makerOf(key) === maker),
          ([, file]) => run(file, Effect.andThen(flush(file), release(file))),
          { concurrency: "unbounded", discard: true }
        )
      ),
    adopt: (made) => {
      for (const [key, extent] of Object.entries(made)) {
        if (files.has(key)) throw new Fault(`${key} is made twice`)
        const file = new File(store.pathOf(key), store.blockBytes(key), spare)
        files.set(key, Object.assign(file, extent, { isClosed: true }))
      }
    },
    close: (key) =>
      Effect.gen(function* () {
        const file = get(key)
        yield* run(file, Effect.andThen(flush(file), release(file)))
        return extentOf(file)
      }),
    rename: (key, to) =>
      Effect.suspend(() => {
        const file = closed(key)
        if (files.has(to)) throw new Fault(`${key} cannot be renamed to ${to}, which exists`)
        const path = store.pathOf(to)
        files.delete(key)
        files.set(to, file)
        return Effect.tap(run(file, DurableFile.rename(file.path, path)), () =>
          Effect.sync(() => {
            file.path = path
          })
        )
      }),
    discard: (key) =>
      Effect.suspend(() => {
        const file = closed(key)
        files.delete(key)
        return run(file, DurableFile.remove(file.path))
      })
  }
})

/** Fails because a file does not have the content that was written. */
export const damaged = (sink: string, path: string, problem: string) =>
  Effect.fail(new SinkError({ sink, reason: new StagedDataDamaged({ path, problem }) }))

// internal

type Needs = FileSystem.FileSystem | Path.Path

class File {
  path: string
  readonly blocks: Blocks
  bytes = 0
  records = 0
  /** The checksum of the first `bytes` bytes. */
  sha256 = ""
  isClosed = false
  isCommitted = false
  opened: { readonly scope: Scope.Closeable; readonly appender: DurableFile.Appender } | undefined

  constructor(path: string, blockBytes: number, spare: Spare) {
    this.path = path
    this.blocks = new Blocks(blockBytes, spare)
  }
}

const extentOf = ({ bytes, isClosed, records, sha256 }: File): Extent => ({
  bytes,
  records,
  sha256,
  ...(isClosed && { isClosed })
})

/** Verifies a file and removes the bytes after the commit. */
const reopen = (store: Store, spare: Spare, key: string, extent: Extent) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = store.pathOf(key)
    const isClosed = store.isEnded(key) || extent.isClosed === true
    const file = Object.assign(new File(path, store.blockBytes(key), spare), {
      ...extent,
      isClosed,
      isCommitted: true
    })
    if (!(yield* fs.exists(path)))
      return store.mayBePublished(key) ? file : yield* damaged(store.sink, path, GONE)
    const { size } = yield* fs.stat(path)
    if (Number(size) < extent.bytes) {
      return yield* damaged(store.sink, path, `has ${size} bytes, but had ${extent.bytes}`)
    }
    const scope = yield* Scope.fork(yield* Scope.Scope)
    const appender = yield* Scope.provide(DurableFile.append(path, extent.bytes), scope)
    if (appender.sha256() !== extent.sha256) return yield* damaged(store.sink, path, OTHER_CONTENT)
    if (isClosed) yield* Scope.close(scope, Exit.void)
    else file.opened = { scope, appender }
    return file
  }).pipe(
    Effect.catchTag("PlatformError", (cause) =>
      failed(store, new WriteFailed({ path: store.pathOf(key), cause }))
    )
  )

const failed = ({ sink }: Store, reason: WriteFailed) => Effect.fail(new SinkError({ sink, reason }))
