// Fingerprints of partitions, computed without reading all of their content.
import type { SourceError } from "@chatferry/core"
import { Sha256 } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { LooseFile, FingerprintedFile } from "./archive.ts"
import { fromFile, readFailed, readFully } from "./bytes.ts"
import type { Part } from "./inputs.ts"
import { fingerprintOf, type StoredDirectory, storedDirectory } from "./zip.ts"
import type { Limits } from "./zipDirectory.ts"

/** A unit of work with its fingerprint. */
export interface FingerprintedPart {
  readonly id: string
  readonly bytes: number
  readonly fingerprint: string
  readonly content:
    | { readonly _tag: "zip"; readonly path: string }
    | { readonly _tag: "files"; readonly files: ReadonlyArray<FingerprintedFile> }
}

/** Returns the size of a file's content by its first and last bytes and its size. */
export type ContentSize = (head: Uint8Array, tail: Uint8Array, size: number) => number

/** Uses the directory of an archive, which contains all checksums, and the first and last bytes of loose files. */
export const fingerprintPart = Effect.fnUntraced(function* (
  part: Part,
  limits: Limits,
  contentSize: ContentSize = (_head, _tail, size) => size
): Effect.fn.Return<FingerprintedPart, SourceError.SourceErrorReason, FileSystem.FileSystem> {
  const { bytes, content, id } = part
  if (content._tag === "zip") {
    return { id, bytes, content, fingerprint: (yield* ofZip(content.path, id, limits)).fingerprint }
  }
  const files = yield* Effect.forEach(content.files, (file) => ofFile(file, contentSize))
  const of = Sha256.hex(files.map((file) => JSON.stringify([file.name, file.fingerprint])))
  return { id, bytes, content: { _tag: "files", files }, fingerprint: of }
})

/** The fingerprint of an archive and its directory, which is left out if it cannot be read. */
export const ofZip = (
  path: string,
  id: string,
  limits: Limits
): Effect.Effect<
  { readonly fingerprint: string; readonly directory?: StoredDirectory },
  SourceError.SourceErrorReason,
  FileSystem.FileSystem
> =>
  Effect.scoped(Effect.flatMap(fromFile(path, 0), (bytes) => storedDirectory(bytes, id, limits))).pipe(
    Effect.map((directory) => ({ fingerprint: fingerprintOf(directory), directory })),
    // Damage is reported when the archive is read, so that the archives before it are read first.
    Effect.catchTag(["CorruptInput", "LimitExceeded"], () => Effect.succeed({ fingerprint: "unreadable" }))
  )

// internal

const END = 16 << 10

const ofFile = (
  loose: LooseFile,
  contentSize: ContentSize
): Effect.Effect<FingerprintedFile, SourceError.SourceErrorReason, FileSystem.FileSystem> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { name, path, size } = loose
      const fs = yield* FileSystem.FileSystem
      const file = yield* Effect.mapError(fs.open(path, { flag: "r" }), readFailed(path))
      const head = yield* readFully(file, 0, Math.min(END, size), path)
      const tail = size <= END ? head : yield* readFully(file, size - END, END, path)
      return {
        name,
        path,
        size,
        contentSize: contentSize(head, tail, size),
        fingerprint: Sha256.hex([`${size}:`, head, tail])
      }
    })
  )
