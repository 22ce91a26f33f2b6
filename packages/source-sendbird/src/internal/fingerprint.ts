// What tells these inputs from any others, without reading all of them.
import type { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { LooseFile } from "./archive.ts"
import { fromFile, readFailed, readFully } from "./bytes.ts"
import type { Part } from "./inputs.ts"
import type { Limits } from "./limits.ts"
import { sha256 } from "./sha256.ts"
import * as Zip from "./zip.ts"

/** Grows when the same input comes to give other records: an old checkpoint then does not fit. */
const MAPPING = 1

/** Archives by their directories, which hold all checksums; loose files by their first and last bytes. */
export const fingerprint = (
  parts: ReadonlyArray<Part>,
  limits: Limits
): Effect.Effect<string, SourceError.SourceErrorReason, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const prints = yield* Effect.forEach(parts, (part) =>
      Effect.map(ofPart(part, limits), (print) => [part.id, part.bytes, print] as const)
    )
    const settings = [limits.keepPersonalFields, limits.stripSignedUrls]
    return `sendbird-archives:${sha256([JSON.stringify([MAPPING, settings, prints])])}`
  })

// internal

const END = 16 << 10

const ofPart = (part: Part, limits: Limits) =>
  part.content._tag === "zip" ? ofZip(part.content.path, part.id, limits) : ofFiles(part.content.files)

const ofZip = (path: string, id: string, limits: Limits) =>
  Effect.scoped(Effect.flatMap(fromFile(path), (bytes) => Zip.fingerprint(bytes, id, limits)))

const ofFiles = (files: ReadonlyArray<LooseFile>) =>
  Effect.map(Effect.forEach(files, ofFile), (prints) => sha256(prints.flat()))

const ofFile = ({ name, path, size }: LooseFile) =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* Effect.mapError(fs.open(path, { flag: "r" }), readFailed(path))
      const head = yield* readFully(file, 0, Math.min(END, size), path)
      const tail = yield* readFully(file, Math.max(size - END, 0), Math.min(END, size), path)
      return [JSON.stringify([name, size]), head, tail]
    })
  )
