/**
 * Keeps other processes out of a folder.
 *
 * The operating system holds the lock (`lock`, an empty file) and releases it when the
 * process ends in any way. So there are no stale locks, and process ids do not matter:
 * two containers on one disk exclude each other too. The holder is written beside it
 * (`lock.owner`) with a token. The token is read again before each commit: if a file
 * system does not keep locks, or the folder was removed, the first owner notices and
 * stops.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as SystemProblem from "../errors/SystemProblem.ts"
import { TaggedError } from "../errors/TaggedError.ts"
import * as ExclusiveFile from "../internal/files/exclusiveFile.ts"
import * as DurableFile from "./DurableFile.ts"
import * as Json from "./Json.ts"

const FORMAT = "chatferry-lock/1"

/**
 * Advice for a locked folder. SQLite does not distinguish a held lock from a file
 * system without locks.
 *
 * @category constants
 * @since 0.1.0
 */
export const WAIT_OR_MOVE =
  "Wait until it ends, or stop it. If there is no such process, move the folder to a file system that keeps locks"

/**
 * Another process, or another part of this one, works in the folder.
 *
 * @category errors
 * @since 0.1.0
 */
export class FolderInUse extends TaggedError<FolderInUse>("@chatferry/core/FolderLock/FolderInUse")(
  "FolderInUse",
  {
    folder: Schema.String,
    /** How the holder identifies itself; `undefined` if it has not yet done so. */
    holder: Schema.UndefinedOr(Schema.String)
  }
) {
  override get message(): string {
    const holder = this.holder === undefined ? "" : ` (${this.holder})`
    return `another process is working in ${this.folder}${holder}. ${WAIT_OR_MOVE}`
  }
}

/**
 * The lock cannot be taken or checked: the folder is not writable, `lock` is not
 * a file, or `lock.owner` cannot be read.
 *
 * @category errors
 * @since 0.1.0
 */
export class LockFailed extends TaggedError<LockFailed>("@chatferry/core/FolderLock/LockFailed")(
  "LockFailed",
  { path: Schema.String, cause: Schema.Defect() }
) {
  override get message(): string {
    return SystemProblem.sentence("cannot lock", this.path, this.cause)
  }
}

/**
 * Another process has taken over the folder since it was locked.
 *
 * @category errors
 * @since 0.1.0
 */
export class OwnershipLost extends TaggedError<OwnershipLost>("@chatferry/core/FolderLock/OwnershipLost")(
  "OwnershipLost",
  {
    path: Schema.String,
    /** How the new owner identifies itself; `undefined` if the file is missing or damaged. */
    holder: Schema.UndefinedOr(Schema.String)
  }
) {
  override get message(): string {
    const what = this.holder === undefined ? "is gone or damaged" : `now names ${this.holder}`
    return `this process no longer owns the folder: ${this.path} ${what}. Nothing was committed after that. Stop the other process, or move the folder to a file system that keeps locks, then run again`
  }
}

/**
 * @category errors
 * @since 0.1.0
 */
export type FolderLockError = FolderInUse | LockFailed | OwnershipLost

/** * A locked folder.
 *
 * @category models
 * @since 0.1.0
 */
export interface Held {
  /** Fails with `OwnershipLost` unless the folder still belongs to this holder, and with `LockFailed` if that cannot be read. Costs one small read. */
  readonly check: Effect.Effect<void, LockFailed | OwnershipLost>
}

/**
 * The names of a lock's files. The process that holds the lock must not read them: the
 * system releases a lock when its file is closed.
 *
 * @category constants
 * @since 0.1.0
 */
export const FILES: ReadonlyArray<string> = ["lock", "lock.owner"]

/**
 * How `lock.owner` begins.
 *
 * @category constants
 * @since 0.1.0
 */
export const HEAD: string = `{"format":"${FORMAT}"`

/**
 * Locks a folder, which must exist, while the scope is open. A second call for
 * the same folder in this process fails, unless both are `isShared`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const acquire = Effect.fnUntraced(function* (
  folder: string,
  options: { readonly isShared?: boolean | undefined } = {}
): Effect.fn.Return<Held, FolderInUse | LockFailed, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const real = yield* Effect.orElseSucceed(fs.realPath(folder), () => path.resolve(folder))
  const file = path.join(real, "lock")
  const owner = path.join(real, "lock.owner")
  const isShared = options.isShared === true
  const token = ExclusiveFile.newToken()
  const entry = yield* Effect.acquireRelease(
    Effect.suspend(() => {
      const known = holds.get(file)
      if (known !== undefined) {
        if (!known.isShared || !isShared) return Effect.flatMap(holderIn(owner), inUse(folder))
        known.count++
        return Effect.succeed(known)
      }
      return Effect.gen(function* () {
        yield* prepare(file)
        const unlock = yield* Effect.try({
          try: () => ExclusiveFile.lock(file),
          catch: (cause) => new LockFailed({ path: file, cause })
        })
        if (unlock === ExclusiveFile.BUSY) return yield* Effect.flatMap(holderIn(owner), inUse(folder))
        const text = `${JSON.stringify({ format: FORMAT, token, ...ExclusiveFile.self() })}\n`
        yield* DurableFile.replace(owner, text).pipe(
          Effect.mapError((cause) => new LockFailed({ path: owner, cause })),
          Effect.onError(() => Effect.sync(unlock))
        )
        const made: Entry = { token, isShared, count: 1, unlock }
        holds.set(file, made)
        return made
      })
    }).pipe((taken) => taking.withPermit(taken), Effect.uninterruptible),
    (entry) =>
      Effect.sync(() => {
        if (--entry.count > 0) return
        holds.delete(file)
        entry.unlock()
      })
  )
  return {
    check: ownerIn(owner).pipe(
      Effect.provideService(FileSystem.FileSystem, fs),
      Effect.mapError((cause) => new LockFailed({ path: owner, cause })),
      Effect.flatMap((found): Effect.Effect<void, OwnershipLost> =>
        Option.exists(found, (one) => one.token === entry.token)
          ? Effect.void
          : Effect.fail(
              new OwnershipLost({ path: owner, holder: Option.getOrUndefined(Option.map(found, named)) })
            )
      )
    )
  }
})

/**
 * Makes a folder for the requests to a service, readable only by its owner, and locks
 * it against other processes while the scope is open. Connectors of one process share
 * it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const share = Effect.fnUntraced(function* (
  folder: string
): Effect.fn.Return<Held, FolderInUse | LockFailed, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  yield* Effect.mapError(
    DurableFile.makeDirectory(folder, { mode: 0o700 }),
    (cause) => new LockFailed({ path: folder, cause })
  )
  return yield* acquire(folder, { isShared: true })
})

// internal

interface Entry {
  readonly token: string
  readonly isShared: boolean
  count: number
  readonly unlock: () => void
}

/** By lock file. SQLite also separates two connections of one process, but shared locks must be counted here. */
const holds = new Map<string, Entry>()

/**
 * One at a time: the second caller must see the first lock as held and with its holder,
 * and must not close its file, which would release it.
 */
const taking = Semaphore.makeUnsafe(1)

const Owner = Schema.Struct({
  format: Schema.Literal(FORMAT),
  token: Schema.String,
  process: Schema.Finite,
  host: Schema.String
})
const decodeOwner = Json.decodeOption(Owner)

const named = ({ host, process }: typeof Owner.Type) => `process ${process} on ${host}`

/** None if the file is missing or damaged. */
const ownerIn = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    // Reading a device or a pipe in its place could block.
    if ((yield* fs.stat(path)).type !== "File") return Option.none()
    return decodeOwner(yield* fs.readFileString(path))
  }).pipe(
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed(Option.none<typeof Owner.Type>()))
  )

/** Only for messages, so a failure is ignored. */
const holderIn = (path: string) =>
  ownerIn(path).pipe(
    Effect.map((found) => Option.getOrUndefined(Option.map(found, named))),
    Effect.orElseSucceed(() => undefined)
  )

const inUse = (folder: string) => (holder: string | undefined) =>
  Effect.fail(new FolderInUse({ folder, holder }))

/**
 * Creates the file, or empties a damaged one: SQLite locks a file only if it is empty
 * or a database. This is harmless while another process holds the lock, because a
 * locked file is empty.
 */
const prepare = (file: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const found = yield* Effect.option(fs.stat(file))
      // The target of a link must not be emptied.
      const link = yield* Effect.option(fs.readLink(file))
      if (Option.isSome(link) || (Option.isSome(found) && found.value.type !== "File")) {
        return yield* PlatformError.systemError({
          _tag: "BadResource",
          module: "FolderLock",
          method: "acquire",
          description: "it is not a regular file. Remove it, then run again",
          pathOrDescriptor: file
        })
      }
      const opened = yield* fs.open(file, { flag: "a", mode: 0o600 })
      if (Option.isSome(found) && Number(found.value.size) > 0) yield* opened.truncate(0)
    })
  ).pipe(Effect.mapError((cause) => new LockFailed({ path: file, cause })))
