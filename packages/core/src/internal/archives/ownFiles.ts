// Files of a migration itself, which may lie below its input: they are no part of an export.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as FolderLock from "../../files/FolderLock.ts"
import type * as SourceError from "../../SourceError.ts"
import * as OutputMarker from "../output/marker.ts"
import * as RunFile from "../run/runFile.ts"
import { readFailed, readFully } from "./bytes.ts"

/** Tells whether an entry of a folder is one of them, by its name alone. */
export const isOwnName = (name: string): boolean => name === ".chatferry" || name.endsWith(".part")

/** Tells whether a folder with such entries is a state folder or holds published files. */
export const isOwnFolder = (
  folder: string,
  names: ReadonlyArray<string>
): Effect.Effect<boolean, SourceError.SourceErrorReason, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const has = (name: string) => names.includes(name)
    if (has("checkpoint.json") && (has("lock") || has("rejects.ndjson"))) return true
    // A state folder is listed before its first checkpoint, too.
    if (has("run.json") && (yield* headOf(folder, "run.json")).startsWith(RUN)) return true
    const marker = OutputMarker.NAME
    if (has(marker) && (yield* headOf(folder, marker)).startsWith(OutputMarker.HEAD)) return true
    return has("manifest.json") && (yield* headOf(folder, "manifest.json")).startsWith(MANIFEST)
  })

/**
 * Names in a folder that belong to its lock. Folders of downloads have one beside
 * what is to be read. The lock itself is never opened: that would drop it.
 */
export const lockNames = (
  folder: string,
  names: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<string>, SourceError.SourceErrorReason, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    if (!names.includes(OWNER)) return []
    return (yield* headOf(folder, OWNER)).startsWith(FolderLock.HEAD) ? FolderLock.FILES : []
  })

// internal

const OWNER = "lock.owner"
const HEAD = 64
const RUN = RunFile.HEAD
const MANIFEST = '{\n  "format": "chatferry-manifest/'

const headOf = (folder: string, name: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const path = (yield* Path.Path).join(folder, name)
      const fs = yield* FileSystem.FileSystem
      const { type } = yield* Effect.mapError(fs.stat(path), readFailed(path))
      if (type !== "File") return ""
      const file = yield* Effect.mapError(fs.open(path, { flag: "r" }), readFailed(path))
      return (yield* readFully(file, 0, HEAD, path)).toString("latin1")
    })
  )
