// Reads the content of a staged file and checks that it is what was written.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as PlatformError from "effect/PlatformError"
import * as DurableFile from "../../files/DurableFile.ts"
import * as NdjsonLines from "../../files/NdjsonLines.ts"
import * as Sha256 from "./sha256.ts"

interface Expected {
  readonly path: string
  readonly records: number
  readonly bytes?: number | undefined
  readonly sha256?: string | undefined
}

interface Content {
  readonly bytes: number
  readonly sha256: string
  /** Absent if the file was not read. */
  readonly lines?: number
}

/** The difference between a file's content and what the sink says. */
export const problemOf = (
  { bytes: written, path, records, sha256: sum }: Expected,
  { bytes, lines, sha256 }: Content
): string | undefined => {
  if (written !== undefined && written !== bytes) {
    return `has ${bytes} bytes, but ${written} were written, so something else wrote to it`
  }
  if (records > 0 && bytes === 0) return `is empty, but ${records} records were written`
  // A known checksum is sufficient.
  if (sum !== undefined) return sum === sha256 ? undefined : OTHER_CONTENT
  const isOther = lines !== undefined && LINE_FILE.test(path) && lines !== records
  return isOther ? `has ${lines} lines, but ${records} were written` : undefined
}

export const GONE = "is gone"
export const OTHER_CONTENT = "does not have the content that was written"

/** Names of files with one record per line. */
const LINE_FILE = /\.(?:ndjson|jsonl)$/u

/** The content of a file, which is read if its checksum is unknown. The file is durable afterwards. */
export const contentOf = (
  path: string,
  known: string | undefined
): Effect.Effect<Content, PlatformError.PlatformError, FileSystem.FileSystem> =>
  known === undefined
    ? digest(path)
    : Effect.gen(function* () {
        const { size } = yield* (yield* FileSystem.FileSystem).stat(path)
        return { bytes: Number(size), sha256: known }
      })

// internal

/** Reads a whole file and makes it durable. */
const digest = (path: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* fs.open(path, { flag: "r+" })
      yield* DurableFile.awaited(file.sync)
      const hash = Sha256.running()
      let bytes = 0
      let lines = 0
      let isLineOpen = false
      const buffer = new Uint8Array(1 << 20)
      for (;;) {
        const count = yield* file.read(buffer)
        if (count === 0) break
        const piece = buffer.subarray(0, count)
        hash.update(piece)
        bytes += count
        lines += NdjsonLines.countLineFeeds(piece)
        isLineOpen = piece[count - 1] !== LINE_FEED
      }
      return { bytes, lines: lines + (isLineOpen ? 1 : 0), sha256: hash.hex() }
    })
  ).pipe(DurableFile.naming(path))

const LINE_FEED = 10
