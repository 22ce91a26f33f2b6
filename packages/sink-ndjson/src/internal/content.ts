// The content of a file: inflated, with corrections applied, and compared as far as an earlier run had read it.
import { SourceError } from "@chatferry/core"
import { type Corrections, type Passage } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { dropBytes, type Misfit } from "./dropBytes.ts"
import * as Gzip from "./gzip.ts"
import type * as Inputs from "./inputs.ts"

/** The number of inflated bytes that have been read, and their checksum. Content after them may be fixed while a run is stopped. */
export const ReadDigest = Schema.Struct({ offset: Schema.Finite, read: Schema.Finite })
export type ReadDigest = typeof ReadDigest.Type
export const decodeReadDigest = Schema.decodeUnknownOption(ReadDigest)

/** Reads the inflated and corrected content after the part that a read digest covers. That part must be unchanged and end with a line. */
export const bytesOf = (
  file: Inputs.InputFile,
  readDigest: ReadDigest | undefined,
  passage: Passage.Passage,
  splices: Corrections.Splices | undefined
): Stream.Stream<Uint8Array, SourceError.SourceErrorReason, FileSystem.FileSystem> => {
  const stored = Stream.unwrap(
    Effect.map(FileSystem.FileSystem, (fs) => fs.stream(file.path, { chunkSize: CHUNK }))
  ).pipe(Stream.mapError(failedAt(file.path)))
  const plain = file.isGzip ? expand(file, stored) : stored
  const content = Stream.map(splices === undefined ? plain : spliced(plain, splices), (chunk) => {
    passage.push(chunk)
    return chunk
  })
  if (readDigest === undefined) return content
  const isSame = () => passage.upTo(readDigest.offset) === readDigest.read
  return dropBytes(content, readDigest.offset, isSame, (misfit) =>
    misfit === "changed" ? changed(file.id) : invalidPosition(file.id, misfits[misfit])
  )
}

export const misfits: { readonly [M in Exclude<Misfit, "changed">]: string } = {
  "too short": "the file is shorter than the position",
  "inside a line": "the file is not the one that was read (no line begins at the position)"
}

export const changed = (partition: string) => Effect.fail(SourceError.changedContent(partition))

export const invalidPosition = (partition: string, problem: string) =>
  Effect.fail(new SourceError.InvalidPosition({ partition, problem }))

export const failedAt = (path: string) => (cause: unknown) => new SourceError.ReadFailed({ path, cause })

// internal

const CHUNK = 256 << 10

const spliced = <E, R>(content: Stream.Stream<Uint8Array, E, R>, splices: Corrections.Splices) =>
  content.pipe(
    Stream.flatMap((chunk) => Stream.fromIterable(splices.take(chunk))),
    Stream.concat(Stream.suspend(() => Stream.fromIterable(splices.end())))
  )

const expand = <R>(
  file: Inputs.InputFile,
  stored: Stream.Stream<Uint8Array, SourceError.SourceErrorReason, R>
): Stream.Stream<Uint8Array, SourceError.SourceErrorReason, R> =>
  Gzip.expand(stored).pipe(
    Stream.catchTag("GzipError", ({ problem }) =>
      Stream.fail(
        new SourceError.CorruptInput({
          location: file.path,
          problem,
          hint: "Copy the file from its origin again."
        })
      )
    )
  )
