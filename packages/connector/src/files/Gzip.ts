/**
 * Reads gzip files, loose or inside an archive. Checksum, size and ratio are checked.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Archives from "./Archives.ts"

/**
 * Whether content is gzip, by its first bytes.
 *
 * @category guards
 * @since 0.1.0
 */
export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b

/**
 * The limits of inflated content, as in `ArchiveSource.LimitsConfig`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Caps {
  readonly maxEntryBytes: number
  readonly maxRatio: number
}

/**
 * Inflates a file and returns its content after the first `from` bytes. A resumed run
 * inflates everything too, because only the whole content can be checked, at its end.
 *
 * @category operations
 * @since 0.1.0
 */
export const gunzip = (
  chunks: Archives.Chunks,
  location: string,
  from: number,
  caps: Caps
): Effect.Effect<Archives.Chunks, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => Archives.inflater("gzip")),
      (inflate) => Effect.sync(inflate.close)
    ),
    (inflate) => {
      const pull = Effect.callback<Archives.Pulled>((resume) =>
        inflate.pull((pulled) => resume(Effect.succeed(pulled)))
      )
      let pushed = 0
      let given = 0
      const next: Archives.Chunks["next"] = Effect.gen(function* () {
        for (;;) {
          const pulled = yield* pull
          if (pulled === "hungry") {
            const piece = yield* chunks.next
            if (piece === undefined) inflate.end()
            else {
              pushed += piece.length
              inflate.push(piece)
            }
          } else if (pulled === "end") {
            // Reads all compressed bytes, so that the surrounding archive can check them.
            for (let rest = yield* chunks.next; rest !== undefined; rest = yield* chunks.next)
              pushed += rest.length
            return inflate.consumed() === pushed
              ? undefined
              : yield* SourceError.damagedFile(location, Archives.AFTER_END)
          } else if (pulled instanceof Uint8Array) {
            const before = given
            given += pulled.length
            const problem = exceeded(location, given, pushed, caps)
            if (problem !== undefined) return yield* problem
            if (given > from) return before >= from ? pulled : pulled.subarray(from - before)
          } else return yield* SourceError.damagedFile(location, pulled.problem)
        }
      })
      return { next }
    }
  )

/**
 * Returns the declared size of the content from the end of the file: its last four
 * bytes are the size modulo 4 GiB.
 *
 * @category operations
 * @since 0.1.0
 */
export const sizeIn = (tail: Uint8Array, compressed: number): number => {
  if (tail.length < 4) return compressed
  let size = new DataView(tail.buffer, tail.byteOffset, tail.length).getUint32(tail.length - 4, true)
  while (size < compressed / 2) size += 2 ** 32
  return size
}

// internal

/** Content up to this size may have any compression ratio. */
const SMALL = 1 << 20

const exceeded = (location: string, given: number, pushed: number, { maxEntryBytes, maxRatio }: Caps) => {
  if (given > maxEntryBytes) {
    return new SourceError.LimitExceeded({
      location,
      setting: "maxEntryBytes",
      limit: maxEntryBytes,
      actual: given
    })
  }
  const ratio = Math.ceil(given / Math.max(pushed, 1))
  return given > SMALL && ratio > maxRatio
    ? new SourceError.LimitExceeded({ location, setting: "maxRatio", limit: maxRatio, actual: ratio })
    : undefined
}
