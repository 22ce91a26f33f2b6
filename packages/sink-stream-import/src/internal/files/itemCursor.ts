import { type SinkError } from "@chatferry/core"
import { Json } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import type { File } from "effect/FileSystem"
import { writeFailed } from "../format/failures.ts"
import type { Settings } from "../format/settings.ts"

/** An item of an array that was written with one item per line. */
export interface Item {
  readonly first: number
  readonly bytes: number
  readonly fields: Readonly<Record<string, unknown>>
}

/** Synchronous code that yields effects, and resumes after each of them. */
export type Steps<A = void> = Generator<Effect.Effect<void, SinkError.SinkError>, A>

/** Reads the items of a part of the file one by one. */
export interface ItemCursor {
  /** The current item; `undefined` at the end. */
  readonly item: () => Item | undefined
  readonly advance: () => Steps
}

/** Starts at the first item between two offsets. */
export function* openCursor(file: SourceFile, start: number, end: number): Steps<ItemCursor> {
  let items: ReadonlyArray<Item> = []
  let at = 0
  let position = start
  // Reused for each block, because memory outside the heap would pile up until the next garbage collection.
  let block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  let filled = 0
  const read = Effect.gen(function* () {
    items = []
    at = 0
    // A block without a complete item is read again with the next one.
    while (position < end && items.length === 0) {
      if (filled === block.length) {
        const larger = Buffer.allocUnsafeSlow(block.length * 2)
        block.copy(larger)
        block = larger
      }
      const wanted = Math.min(block.length - filled, end - position)
      yield* file.read(position, block.subarray(filled, filled + wanted))
      const from = position - filled
      position += wanted
      filled += wanted
      const last = position >= end ? filled + 1 : block.lastIndexOf(LINE_FEED, filled - 1)
      if (last < 0) continue
      items = parse(block.subarray(0, last - 1), from)
      block.copy(block, 0, Math.min(last + 1, filled), filled)
      filled = Math.max(0, filled - last - 1)
    }
  })
  yield read
  return {
    item: () => items[at],
    *advance() {
      if (++at >= items.length) yield read
    }
  }
}

/** A file with random access. */
export interface SourceFile {
  readonly bytes: number
  /** Fills all of `target`. */
  readonly read: (position: number, target: Buffer) => Effect.Effect<void, SinkError.SinkError>
}

/** Reads from an open file. An early end is an error. */
export const sourceFile = (settings: Settings, path: string, file: File, size: number): SourceFile => ({
  bytes: size,
  read: (position, target) =>
    Effect.gen(function* () {
      for (let done = 0; done < target.length;) {
        const count = yield* Effect.catchTag(
          file.read(target.subarray(done), { position: BigInt(position + done) }),
          "PlatformError",
          (cause) => writeFailed(settings, path, cause)
        )
        if (count === 0)
          return yield* writeFailed(
            settings,
            path,
            new Error(`it ends before byte ${position + target.length}`)
          )
        done += count
      }
    })
})

// internal

const BLOCK_BYTES = 256 * 1024
const LINE_FEED = 10

// Parsing items together is several times as fast as one by one. No item contains a line feed.
const parse = (bytes: Buffer, offset: number): ReadonlyArray<Item> => {
  const wrapped = Json.parse(`[${bytes.toString()}]`) as ReadonlyArray<{ readonly item: Item["fields"] }>
  let from = 0
  return wrapped.map(({ item }) => {
    const lineFeed = bytes.indexOf(LINE_FEED, from)
    const end = lineFeed < 0 ? bytes.length : lineFeed - 1
    const parsed = { first: offset + from, bytes: end - from, fields: item }
    from = end + 2
    return parsed
  })
}
