// Whether a run that is resumed writes where it wrote before.
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Printable from "../Printable.ts"
import type { Sink } from "../Sink.ts"
import * as OutputMarker from "./outputMarker.ts"
import * as PublishedManifest from "./publishedManifest.ts"
import { real } from "./realPath.ts"
import type { Change } from "./runSettings.ts"
import { outputsOf } from "./sinks/divided.ts"

/** Outputs that are others now. A folder that somebody has moved with what the run has written is none of them. */
export const outputChanges = (
  sink: Sink<unknown>,
  before: ReadonlyArray<string>,
  run: OutputMarker.Owner
): Effect.Effect<ReadonlyArray<Change>, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const { name } = sink
    const after = outputsOf(sink)
    if (before.length === 0 || after.length === 0) return []
    const says = (was: ReadonlyArray<string>, is: ReadonlyArray<string>) => {
      const [folders, were, are] = was.length === 1 ? ["folder", "was", "is"] : ["folders", "were", "are"]
      return {
        text: `sink ${Printable.line(name)}: the output ${folders} ${were} ${shown(was)} and ${are} ${shown(is)} now`
      }
    }
    if (before.length !== after.length) return [says(before, after)]
    const known = yield* Effect.forEach(before, real)
    const changes: Array<Change> = []
    for (const [i, output] of after.entries()) {
      const at = yield* real(output)
      if (at === known[i]) continue
      if (known.includes(at) || !(yield* holds(output, run))) changes.push(says([before[i] ?? ""], [output]))
    }
    return changes
  })

// internal

const shown = (outputs: ReadonlyArray<string>) => outputs.map((output) => Printable.line(output)).join(", ")

/** Whether something of the run is in a folder. */
const holds = Effect.fnUntraced(function* (output: string, run: OutputMarker.Owner) {
  const owner = yield* OutputMarker.find(output)
  if (owner !== undefined) return owner !== "damaged" && owner.runId === run.runId
  return (yield* PublishedManifest.find(output))?.migration === run.migrationId
})
