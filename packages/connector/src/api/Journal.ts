/**
 * What a connector has asked a service for, on disk before anything else happens
 * with it: whoever is stopped knows what was under way.
 *
 * A journal has an entry for each thing, such as an export or an upload. It is
 * one small JSON document, which is replaced as a whole with each change, so that
 * it is the old or the new one after a kill. Its last member is a checksum of the
 * others and of the file's name: a file that was damaged, changed by hand or put
 * in the place of another one is not read. One fiber at a time changes it, and
 * while one is open, no other process opens a journal in its folder.
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
 * A journal that is open. What changes it is durable when it returns.
 *
 * @category models
 * @since 0.1.0
 */
export interface Journal<A, E> {
  /** As they are now. */
  readonly entries: () => ReadonlyArray<A>
  /** One that there is. */
  readonly get: (index: number) => A
  /** Changes fields of an entry. */
  readonly set: (index: number, change: Partial<A>) => Effect.Effect<void, E>
  /** Puts others in the place of an entry. */
  readonly replace: (index: number, others: ReadonlyArray<A>) => Effect.Effect<void, E>
}

/**
 * Which journal, and what to do without it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<A, E, C> {
  /** Its folder is made when it is not there. */
  readonly file: string
  /** First members of the document, such as its format. A file in which one of them is another is not ours. */
  readonly head: Readonly<Record<string, string>>
  /** Member of the document that has the entries. */
  readonly member: string
  /** Entries are written as they are: what it encodes to must be the same. */
  readonly entry: Schema.Codec<A>
  /** What there is before anything has happened. It gets to the disk with its first change. */
  readonly first: () => ReadonlyArray<NoInfer<A>>
  /** Whether entries that fit the schema are of the same things; by default they are. */
  readonly isOurs?: (found: ReadonlyArray<NoInfer<A>>) => boolean
  /** The file cannot be read or written, or another process works in its folder. */
  readonly failed: (cause: PlatformError.PlatformError | FolderLock.FolderLockError) => E
  /** The file is not such a journal, or it is damaged. */
  readonly notOurs: () => C
}

/**
 * Opens a journal, or begins one, and locks its folder while the scope is open.
 * Journals of one process share the lock.
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
  const own = <B>(
    effect: Effect.Effect<B, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path>
  ): Effect.Effect<B, E> =>
    effect.pipe(
      Effect.mapError(options.failed),
      Effect.provideService(FileSystem.FileSystem, fs),
      Effect.provideService(Path.Path, path)
    )
  const held = yield* Effect.mapError(FolderLock.share(path.dirname(file)), options.failed)
  let entries = first()
  if (yield* own(fs.exists(file))) {
    const found = entriesIn(yield* own(fs.readFileString(file)), path.basename(file), options)
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
        own(DurableFile.replace(file, `${JSON.stringify(sealed, undefined, 2)}\n`))
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
