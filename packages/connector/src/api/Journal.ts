/**
 * Records on disk what a connector has requested from a service, so that a run that
 * was stopped knows which requests were in flight.
 *
 * A journal has one entry for each export, upload or similar item. It is one small
 * JSON document that is replaced atomically with each change, so a kill leaves
 * either the old or the new version. Its last member is a checksum of the other
 * members and of the file's name: a file that was damaged, edited by hand or put
 * in the place of another one is rejected. One fiber at a time may change a
 * journal. While it is open, no other process can open a journal in its folder.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { DurableFile, FolderLock, Json, Sha256 } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/**
 * An open journal. Changes are durable when their effects complete.
 *
 * @category models
 * @since 0.1.0
 */
export interface Journal<A, E> {
  /** The current entries. */
  readonly entries: () => ReadonlyArray<A>
  /** The entry at an existing index. */
  readonly get: (index: number) => A
  /** Changes fields of an entry. */
  readonly set: (index: number, change: Partial<A>) => Effect.Effect<void, E>
  /** Replaces an entry with others. */
  readonly replace: (index: number, others: ReadonlyArray<A>) => Effect.Effect<void, E>
}

/**
 * Which journal to open, and its errors.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<A, E, C> {
  /** The path of the journal. Its folder is created if it does not exist. */
  readonly file: string
  /** First members of the document, such as its format. A file with different values belongs to something else. */
  readonly head: Readonly<Record<string, string>>
  /** The member of the document that holds the entries. */
  readonly member: string
  /** The schema of an entry. Entries are written as they are, so its encoded form must equal its decoded form. */
  readonly entry: Schema.Codec<A>
  /** The entries of a new journal, which is written with the first change. */
  readonly first: () => ReadonlyArray<NoInfer<A>>
  /**
   * Whether entries that fit the schema belong to this journal.
   *
   * @default true for all entries
   */
  readonly isOurs?: ((found: ReadonlyArray<NoInfer<A>>) => boolean) | undefined
  /** Makes the error for a file that cannot be read or written, or whose folder another process uses. */
  readonly failed: (cause: PlatformError.PlatformError | FolderLock.FolderLockError) => E
  /** Makes the error for a file that is damaged or is not this journal. */
  readonly notOurs: () => C
}

/**
 * Opens or creates a journal and locks its folder while the scope is open. Journals
 * of one process share the lock.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = Effect.fnUntraced(function* <A extends object, E, C>(
  options: Options<A, E, C>
): Effect.fn.Return<Journal<A, E>, E | C, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const { file, first, head, isOurs = () => true, member } = options
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const orFailed = <B>(
    effect: Effect.Effect<B, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path>
  ): Effect.Effect<B, E> =>
    effect.pipe(
      Effect.mapError(options.failed),
      Effect.provideService(FileSystem.FileSystem, fs),
      Effect.provideService(Path.Path, path)
    )
  const held = yield* Effect.mapError(FolderLock.share(path.dirname(file)), options.failed)
  let entries = first()
  if (yield* orFailed(fs.exists(file))) {
    const found = entriesIn(yield* orFailed(fs.readFileString(file)), path.basename(file), options)
    if (found === undefined || !isOurs(found)) return yield* Effect.fail(options.notOurs())
    entries = found
  }
  const change = (of: (current: ReadonlyArray<A>) => ReadonlyArray<A>) =>
    Effect.suspend(() => {
      entries = of(entries)
      const document = { ...head, [member]: entries }
      const sealed = { ...document, [SUM]: sumOf(path.basename(file), document) }
      return Effect.andThen(
        Effect.mapError(held.check, options.failed),
        orFailed(DurableFile.replace(file, `${JSON.stringify(sealed, undefined, 2)}\n`))
      )
    })
  return {
    entries: () => entries,
    get: (index) => entries[index] as A,
    set: (index, fields) =>
      change((current) => current.map((entry, i) => (i === index ? { ...entry, ...fields } : entry))),
    replace: (index, others) => change((current) => current.toSpliced(index, 1, ...others))
  }
})

// internal

const entriesIn = <A>(
  text: string,
  name: string,
  { entry, head, member }: Pick<Options<A, unknown, unknown>, "entry" | "head" | "member">
): ReadonlyArray<A> | undefined => {
  const found = anyObject(text)
  if (Option.isNone(found)) return undefined
  const { [SUM]: sum, ...document } = found.value
  if (sum !== sumOf(name, document)) return undefined
  if (Object.entries(head).some(([name, value]) => document[name] !== value)) return undefined
  const entries = Schema.decodeUnknownOption(Schema.Array(entry))(document[member])
  return Option.getOrUndefined(entries)
}

const SUM = "sha256"

const sumOf = (name: string, document: object) => Sha256.hex([JSON.stringify([name, document])])

const anyObject = Json.decodeOption(Schema.Record(Schema.String, Schema.Unknown))
