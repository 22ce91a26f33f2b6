/**
 * What a connector has asked a service for, on disk before anything else happens
 * with it: whoever is stopped knows what was under way.
 *
 * A journal is one JSON document of a schema. It is small, and is replaced as a
 * whole with each change, so that it is the old or the new one after a kill.
 * One fiber at a time changes it.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as DurableFile from "./DurableFile.ts"

/**
 * A journal that is open.
 *
 * @category models
 * @since 0.1.0
 */
export interface Journal<A, E> {
  /** As it is now. */
  readonly get: () => A
  /** Changes it; durable when it returns. */
  readonly update: (change: (current: A) => A) => Effect.Effect<void, E>
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
  /** Values are written as they are: what the schema encodes to must be the same. */
  readonly schema: Schema.Codec<A>
  /** What there is before anything has happened. It gets to the disk with its first change. */
  readonly first: () => NoInfer<A>
  /** Whether a journal that fits the schema speaks of the same things; by default each does. */
  readonly isOurs?: (found: NoInfer<A>) => boolean
  /** The disk does not do what it must. */
  readonly failed: (cause: PlatformError.PlatformError) => E
  /** The file is no such journal. */
  readonly notOurs: () => C
}

/**
 * Opens a journal, or begins one.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = <A, E, C>(
  options: Options<A, E, C>
): Effect.Effect<Journal<A, E>, E | C, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const { file, first, isOurs = () => true, schema } = options
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
    yield* own(fs.makeDirectory(path.dirname(file), { recursive: true, mode: 0o700 }))
    let current = first()
    if (yield* own(fs.exists(file))) {
      const text = yield* own(fs.readFileString(file))
      const found = Schema.decodeOption(Schema.fromJsonString(schema))(text)
      if (Option.isNone(found) || !isOurs(found.value)) return yield* Effect.fail(options.notOurs())
      current = found.value
    }
    return {
      get: () => current,
      update: (change) =>
        Effect.suspend(() => {
          current = change(current)
          return own(DurableFile.replace(file, `${JSON.stringify(current, undefined, 2)}\n`))
        })
    }
  })
