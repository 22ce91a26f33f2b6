// What tells inputs from other ones, without reading all of them.
import { Archives, Sha256, type SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { isGzip, sizeIn } from "./gunzip.ts"
import type { Limits } from "./limits.ts"

/** A unit of work with what tells its content. */
export interface PrintedPart {
  readonly id: string
  readonly bytes: number
  readonly fingerprint: string
  readonly content:
    | { readonly _tag: "zip"; readonly path: string }
    | { readonly _tag: "files"; readonly files: ReadonlyArray<Archives.PrintedFile> }
}

/** Names of the inputs, and what is made of them. */
export const ofSource = (parts: ReadonlyArray<Archives.Part>): string =>
  `stream-files:${Sha256.hex([JSON.stringify([MAPPING, parts.map(({ id }) => id)])])}`

/** Archives by their directories, which hold all checksums; loose files by their first and last bytes. */
export const ofPart = (
  part: Archives.Part,
  limits: Limits
): Effect.Effect<PrintedPart, SourceError.SourceErrorReason, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const { bytes, content, id } = part
    if (content._tag === "zip") {
      return { id, bytes, content, fingerprint: yield* ofZip(content.path, id, limits) }
    }
    const files = yield* Effect.forEach(content.files, ofFile)
    const fingerprint = Sha256.hex(files.map(({ name, print }) => JSON.stringify([name, print])))
    return { id, bytes, content: { _tag: "files", files }, fingerprint }
  })

// internal

/** Grows when the same input comes to give other records: an old checkpoint then does not fit. */
const MAPPING = 1

const END = 16 << 10

// That an archive is damaged is told when it is read: until then the others can be.
const ofZip = (path: string, id: string, limits: Limits) =>
  Effect.scoped(
    Effect.flatMap(Archives.fromFile(path, 0), (bytes) => Archives.zipFingerprint(bytes, id, limits))
  ).pipe(Effect.catchTag(["CorruptInput", "LimitExceeded"], () => Effect.succeed("unreadable")))

const ofFile = (
  loose: Archives.LooseFile
): Effect.Effect<Archives.PrintedFile, SourceError.SourceErrorReason, FileSystem.FileSystem> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { name, path, size } = loose
      const fs = yield* FileSystem.FileSystem
      const file = yield* Effect.mapError(fs.open(path, { flag: "r" }), Archives.readFailed(path))
      const head = yield* Archives.readFully(file, 0, Math.min(END, size), path)
      const tail = size <= END ? head : yield* Archives.readFully(file, size - END, END, path)
      const contentSize = isGzip(head) ? sizeIn(tail, size) : size
      return {
        name,
        path,
        size,
        contentSize,
        print: Sha256.hex([`${size}:`, head, tail]),
        headPrint: Sha256.hex([head])
      }
    })
  )
