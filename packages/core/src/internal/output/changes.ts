// Checks that a resumed run writes to the same folders as before.
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Printable from "../../errors/Printable.ts"
import type { Sink } from "../../Sink.ts"
import { real } from "../files/realPath.ts"
import type { Change } from "../run/settings.ts"
import { membersOf } from "../sinks/divided.ts"
import * as OutputMarker from "./marker.ts"
import * as OutputNote from "./note.ts"

/** A run, and its state folder. */
interface Run {
  readonly runId: string
  readonly directory: string
}

/**
 * The outputs that have changed. If `run` is given, a moved folder with the output of
 * that run does not count as changed.
 */
export const outputChanges = Effect.fnUntraced(function* (
  sink: Sink<unknown>,
  before: ReadonlyArray<string>,
  run?: Run
): Effect.fn.Return<ReadonlyArray<Change>, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> {
  const { name } = sink
  const all = membersOf(sink, 1)
  const members = all.filter(({ directory }) => directory !== undefined)
  const after = members.map(({ directory = "" }) => directory)
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
    const isMoved =
      run !== undefined &&
      !known.includes(at) &&
      (yield* holds(output, members[i]?.name ?? "", all.length, run))
    if (!isMoved) changes.push(says([before[i] ?? ""], [output]))
  }
  return changes
})

// internal

const shown = (outputs: ReadonlyArray<string>) => outputs.map((output) => Printable.line(output)).join(", ")

/** True if a folder holds the run's marker or its published output. */
const holds = Effect.fnUntraced(function* (
  output: string,
  sink: string,
  count: number,
  { directory, runId }: Run
) {
  const owner = yield* OutputMarker.find(output)
  if (owner !== undefined) return owner !== "damaged" && owner.runId === runId
  const note = yield* OutputNote.load(OutputNote.folderOf(yield* Path.Path, directory, sink, count))
  return yield* OutputNote.hasPublished(note, output, runId)
})
