import type { SinkError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type { File } from "effect/FileSystem"
import { writeFailed } from "./failures.ts"
import type { Settings } from "./settings.ts"

/** An item of an array that was written one item a line. */
export interface Item {
  readonly first: number
  readonly bytes: number
  readonly fields: Readonly<Record<string, unknown>>
}

/** Work that plain code asks for in between; it goes on when the work is done. */
export type Steps<A = void> = Generator<Effect.Effect<void, SinkError.SinkError>, A>

/** Reads the items of a part of the file one after the other. */
export interface ItemCursor {
  /** The item at hand; none at the end. */
  readonly item: () => Item | undefined
  readonly advance: () => Steps
}

/** Starts at the first of the items between two offsets. */
export function* openCursor(file: SourceFile, start: number, end: number): Steps<ItemCursor> {
  let items: ReadonlyArray<Item> = []
  let at = 0
  let position = start
  let rest: Buffer = Buffer.alloc(0)
  const read = Effect.gen(function* () {
    // A block without a whole item is read together with the next one.
    while (position < end) {
      const bytes = yield* file.read(position, Math.min(BLOCK_BYTES, end - position))
      const from = position - rest.length
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      position += bytes.length
      const last = position >= end ? all.length + 1 : all.lastIndexOf(LINE_FEED)
      if (last < 0) {
        rest = all
        continue
      }
      rest = Buffer.from(all.subarray(last + 1))
      items = parse(all.subarray(0, last - 1), from)
      at = 0
      return
    }
    items = []
    at = 0
  })
  yield read
  return {
    item: () => items[at],
    *advance() {
      if (++at >= items.length) yield read
    }
  }
}

/** A file that is read at any place. */
export interface SourceFile {
  readonly bytes: number
  readonly read: (position: number, bytes: number) => Effect.Effect<Buffer, SinkError.SinkError>
}

/** Reads from an open file; one that ends early is an error. */
export const sourceFile = (settings: Settings, path: string, file: File, size: number): SourceFile => ({
  bytes: size,
  read: (position, bytes) =>
    Effect.gen(function* () {
      const buffer = Buffer.allocUnsafeSlow(bytes)
      for (let done = 0; done < bytes;) {
        const count = yield* Effect.catchTag(
          file.read(buffer.subarray(done), { position: BigInt(position + done) }),
          "PlatformError",
          (cause) => writeFailed(settings, path, cause)
        )
        if (count === 0)
          return yield* writeFailed(settings, path, new Error(`it ends before byte ${position + bytes}`))
        done += count
      }
      return buffer
    })
})

// internal

const BLOCK_BYTES = 256 * 1024
const LINE_FEED = 10

// Items are parsed together: that is several times as fast as one by one. No line feed is inside of one.
const parse = (bytes: Buffer, offset: number): ReadonlyArray<Item> => {
  const wrapped = JSON.parse(`[${bytes.toString()}]`) as ReadonlyArray<{ readonly item: Item["fields"] }>
  let from = 0
  return wrapped.map(({ item }) => {
    const lineFeed = bytes.indexOf(LINE_FEED, from)
    const end = lineFeed < 0 ? bytes.length : lineFeed - 1
    const parsed = { first: offset + from, bytes: end - from, fields: item }
    from = end + 2
    return parsed
  })
}
