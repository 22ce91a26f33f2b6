import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type * as Archives from "../../files/Archives.ts"

/**
 * Opens the next entries on another thread while some are read. Their errors are reported
 * when it is their turn. It holds two groups of entries in memory. No entry from the index
 * `end` on is opened ahead.
 */
export const openAhead = (archive: Archives.Archive, end: number, scope: Scope.Scope): Archives.Archive => {
  const { openTogether } = archive
  if (openTogether === undefined) return archive
  /** Entries that are open and not read yet, by index. */
  let opened = new Map<number, Archives.Chunks>()
  let ahead:
    | { readonly from: number; readonly opening: Fiber.Fiber<ReadonlyArray<Archives.Chunks>> }
    | undefined
  const start = (from: number) =>
    Effect.map(
      Effect.forkIn(openTogether({ from, to: end }), scope, { startImmediately: true }),
      (opening) => {
        ahead = { from, opening }
      }
    )
  return {
    ...archive,
    open: (index, offset) =>
      Effect.gen(function* () {
        if (ahead !== undefined && ahead.from <= index) {
          const { from, opening } = ahead
          ahead = undefined
          opened = new Map((yield* Fiber.join(opening)).map((chunks, i) => [from + i, chunks]))
        }
        const known = offset === 0 ? opened.get(index) : undefined
        // Content can be read once: a second reading opens the entry again.
        if (known !== undefined) opened.delete(index)
        const chunks = known ?? (yield* archive.open(index, offset))
        if (ahead === undefined) {
          const next = Math.max(index, ...opened.keys()) + 1
          if (next < end) yield* start(next)
        }
        return chunks
      })
  }
}
