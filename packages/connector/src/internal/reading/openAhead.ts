import { type SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type * as Archives from "../../files/Archives.ts"

/**
 * Opens the next entry on another thread while one is read. Its errors are reported
 * when it is its turn. It holds one more entry in memory.
 */
export const openAhead = (archive: Archives.Archive, scope: Scope.Scope): Archives.Archive => {
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
        const isStarted = ahead?.index === index + 1
        if (!isStarted && archive.entries[index + 1]?.isWorthAhead === true) yield* start(index + 1)
        return chunks
      })
  }
}
