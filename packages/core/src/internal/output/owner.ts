// Checks that the unfinished output in a folder belongs to a run, and describes its owner otherwise.
import * as Effect from "effect/Effect"
import * as Printable from "../../errors/Printable.ts"
import { Conflict, SinkError } from "../../SinkError.ts"
import * as OutputMarker from "./marker.ts"

/** What to do about the unfinished output of another run. */
export const CHOOSE_OR_FINISH = `If that migration is running, wait until it ends; if not, run it again to finish it. Or choose another output folder. Remove ${OutputMarker.NAME} and the unfinished files beside it only if that migration is neither running nor wanted.`

export const nameOf = ({ migrationId, runId }: OutputMarker.Owner): string =>
  `migration ${migrationId}, run ${runId}`

/** Describes the owner of unfinished output, if it is not this run. */
export const otherOwner = (
  found: OutputMarker.Found,
  { migrationId, runId, state }: OutputMarker.Owner & { readonly state?: string }
): string | undefined => {
  if (found === undefined) return undefined
  if (found === "damaged")
    return `unfinished output whose owner is unknown, because ${OutputMarker.NAME} is damaged`
  if (found.runId !== runId || found.migrationId !== migrationId)
    return `the unfinished output of ${nameOf(found)}`
  return state === undefined || found.state === undefined || found.state === state
    ? undefined
    : `output that ${nameOf(found)} continues with from another copy of its state, ${Printable.line(found.state)}`
}

/** Fails unless the marker belongs to the run. */
export const stillOwned = (
  sink: string,
  directory: string,
  context: OutputMarker.Owner & { readonly state?: string },
  found: OutputMarker.Found
): Effect.Effect<void, SinkError> => {
  const holds = found === undefined ? `files whose ${OutputMarker.NAME} is gone` : otherOwner(found, context)
  if (holds === undefined) return Effect.void
  const problem = `${directory} holds ${holds}; this is ${nameOf(context)}, which no longer writes there`
  return Effect.fail(new SinkError({ sink, reason: new Conflict({ problem, hint: CHOOSE_OR_FINISH }) }))
}
