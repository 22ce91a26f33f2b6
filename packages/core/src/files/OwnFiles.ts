/**
 * Files that a migration writes for itself. They may be inside its input folder, but
 * are not part of an export.
 *
 * Readers of folders ignore them. A folder is recognised by the names in it first, and
 * then by the beginning of a few files, which the caller reads.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import * as OutputMarker from "../internal/output/marker.ts"
import * as RunFile from "../internal/run/runFile.ts"
import * as FolderLock from "./FolderLock.ts"

/**
 * Reads the first `HEAD_BYTES` of a file in the folder as Latin-1; `""` for anything
 * that is not a file.
 *
 * @category models
 * @since 0.1.0
 */
export type ReadHead<E, R> = (name: string) => Effect.Effect<string, E, R>

/**
 * The number of bytes that show whether a migration wrote a file.
 *
 * @category constants
 * @since 0.1.0
 */
export const HEAD_BYTES = 64

/**
 * True for the name of a file or folder of a migration, whatever its content.
 *
 * @category guards
 * @since 0.1.0
 */
export const isOwnName = (name: string): boolean => name === ".chatferry" || name.endsWith(".part")

/**
 * True for a state folder and for a folder of published files. `names` are those of its entries.
 *
 * @category operations
 * @since 0.1.0
 */
export const isOwnFolder = Effect.fnUntraced(function* <E, R>(
  names: ReadonlyArray<string>,
  readHead: ReadHead<E, R>
): Effect.fn.Return<boolean, E, R> {
  const has = (name: string) => names.includes(name)
  if (has("checkpoint.json") && (has("lock") || has("rejects.ndjson"))) return true
  // A state folder may be listed before its first checkpoint.
  if (has("run.json") && (yield* readHead("run.json")).startsWith(RunFile.HEAD)) return true
  const marker = OutputMarker.NAME
  if (has(marker) && (yield* readHead(marker)).startsWith(OutputMarker.HEAD)) return true
  return has("manifest.json") && (yield* readHead("manifest.json")).startsWith(MANIFEST)
})

/**
 * The names of a folder's lock files. A folder of downloads has a lock beside its data.
 * The lock itself must not be opened, because closing it would release the lock.
 *
 * @category operations
 * @since 0.1.0
 */
export const lockNames = Effect.fnUntraced(function* <E, R>(
  names: ReadonlyArray<string>,
  readHead: ReadHead<E, R>
): Effect.fn.Return<ReadonlyArray<string>, E, R> {
  if (!names.includes(OWNER)) return []
  return (yield* readHead(OWNER)).startsWith(FolderLock.HEAD) ? FolderLock.FILES : []
})

// internal

const OWNER = "lock.owner"
const MANIFEST = '{\n  "format": "chatferry-manifest/'
