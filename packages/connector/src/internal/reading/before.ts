// Files that are examined before all others are read, and a digest of their content.
import { SourceError } from "@chatferry/core"
import { JsonElements, Sha256 } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import type * as Archives from "../../files/Archives.ts"
import { bufferOf } from "../bufferOf.ts"
import { allOf, contentOf } from "./content.ts"
import { locationOf } from "./cursor.ts"
import type { Base, Files, Reading, Reason } from "./model.ts"

/** The result, and a digest of the content that it was derived from. */
export interface Before<Side> {
  readonly side: Side
  readonly digest: string
}

/** Returns `undefined` if the source has no `before`. The files are examined once for all segments that an open source reads. */
export const lookBefore = Effect.fnUntraced(function* <C extends Base>(
  options: Reading<C>,
  archive: Archives.Archive
): Effect.fn.Return<Before<unknown> | undefined, Reason> {
  if (options.before === undefined) return undefined
  const { before, corrected } = options
  const last = known.get(archive.entries)
  if (last?.before === before && last.corrected === corrected) return last.found
  const looked = new Map<string, string>()
  const side = yield* before(filesOf(options, archive, looked))
  const sorted = Array.from(looked).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const found = { side, digest: Sha256.hex([JSON.stringify(sorted)]).slice(0, DIGEST) }
  known.set(archive.entries, { before, corrected, found })
  return found
})

// internal

interface Known extends Pick<Reading<Base>, "before" | "corrected"> {
  readonly found: Before<unknown>
}

/** By the list of entries, which all segments of an archive share. */
const known = new WeakMap<Archives.Archive["entries"], Known>()

const DIGEST = 16

const filesOf = (
  { corrected, isGzipRead = false, limits }: Pick<Reading<Base>, "corrected" | "isGzipRead" | "limits">,
  archive: Archives.Archive,
  looked: Map<string, string>
): Files => ({
  get names() {
    const names = archive.entries.map(({ name }) => name)
    looked.set("", JSON.stringify(names))
    return names
  },
  json: (name) =>
    Effect.gen(function* () {
      const index = archive.entries.findIndex((entry) => entry.name === name)
      looked.set(name, "")
      if (index < 0) return undefined
      const location = locationOf(archive, index)
      const { chunks } = yield* contentOf(
        { archive, index, steps: [index], location, isGzipRead, limits, corrected },
        0
      )
      const content = yield* allOf(chunks, limits.maxElementBytes + 1)
      if (content.length > limits.maxElementBytes) {
        return yield* SourceError.elementTooLarge(location, limits.maxElementBytes)
      }
      looked.set(name, Sha256.hex([content]))
      return yield* Effect.try({
        try: () => JsonElements.parse(bufferOf(content).toString("utf8")),
        catch: () => SourceError.damagedFile(location, "the file is not JSON")
      })
    }).pipe(Effect.scoped)
})
