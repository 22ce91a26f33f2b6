import { type SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type * as Archives from "../../files/Archives.ts"

/**
 * Opens the next entry on another thread while one is read. Its errors are reported
 * when it is its turn. It holds one more entry in memory. No entry from the index `end` on is
 * opened ahead.
 */
export const openAhead = (archive: Archives.Archive, end: number, scope: Scope.Scope): Archives.Archive => {
  let ahead:
    | {
        readonly index: number
        readonly opening: Fiber.Fiber<Archives.Chunks, SourceError.SourceErrorReason>
      }
    | undefined
  const start = (index: number) =>
    Effect.map(
      Effect.forkIn(Scope.provide(archive.open(index, 0), scope), scope, { startImmediately: true }),
      (opening) => {
        ahead = { index, opening }
      }
    )
  return {
    ...archive,
    open: (index, from) =>
      Effect.gen(function* () {
        const opened = from === 0 && ahead?.index === index ? ahead : undefined
        // Content can be read once: a second reading opens the entry again.
        if (opened !== undefined) ahead = undefined
        const chunks = yield* opened === undefined ? archive.open(index, from) : Fiber.join(opened.opening)
        const next = index + 1
        const isWorth = next < end && archive.entries[next]?.isWorthAhead === true
        if (isWorth && ahead?.index !== next) yield* start(next)
        return chunks
      })
  }
}
