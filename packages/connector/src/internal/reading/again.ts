// Reads a record that was set aside, by its line in the rejects file alone.
import { RejectedLine, type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { type Base, type Options, readingOf } from "./model.ts"
import { declared } from "./rejects.ts"

export const rejected =
  <C extends Base, F extends string>(given: Options<C, F>) =>
  (line: RejectedLine.RejectedLine): Effect.Effect<Source.Mapped, SourceError.InvalidReject> =>
    Effect.suspend(() => {
      const options = readingOf(given)
      if (line.code === declared.unrecognisedFile.code && line.context === undefined) {
        return Effect.succeed(RejectedLine.again(line, WHOLE_FILE))
      }
      const context = options.context(undefined)
      const formats = Object.values(options.documents)
      for (const again of [...formats.map((format) => format.again), options.again]) {
        const found = again?.(line, context, options.limits)
        if (found === "mapped") return Effect.succeed(context.out.take())
        if (found === undefined) continue
        return "remains" in found
          ? Effect.succeed(RejectedLine.again(line, found.remains))
          : Effect.fail(new SourceError.InvalidReject({ problem: found.problem }))
      }
      return Effect.fail(new SourceError.InvalidReject({ problem: FOREIGN_CONTEXT }))
    })

/** Says that a line was not written by the source that reads it. */
export const FOREIGN_CONTEXT = "its context is not one that this source writes; take it from rejects.ndjson"

// internal

const WHOLE_FILE =
  "a whole file is not a record: correct the file, or take it away, and run the migration again"
