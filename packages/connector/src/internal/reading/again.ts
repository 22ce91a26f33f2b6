// Reads a rejected record again, using only its line in the rejects file.
import { type Source, SourceError } from "@chatferry/core"
import { Printable } from "@chatferry/core/errors"
import { RejectedLine } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
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
      return Effect.fail(foreignContext(line))
    })

// internal

/** The error for a line with a context that the source cannot read. */
const foreignContext = ({ context }: Pick<RejectedLine.RejectedLine, "context">) =>
  new SourceError.InvalidReject({
    problem: `this source cannot read a line with ${wordsOf(context)}. If somebody changed the context, take the line from rejects.ndjson as it was written; if not, the source lacks an \`again\` for such rejects`
  })

const wordsOf = (context: Schema.Json | undefined): string => {
  if (context === undefined) return "no context"
  const names = Predicate.isObject(context) ? Object.keys(context) : []
  if (names.length === 0) return "this kind of context"
  const shown = names.slice(0, MOST_NAMES).map((name) => Printable.line(name, MOST_LETTERS))
  return `a context of ${shown.join(", ")}${names.length > shown.length ? " and more" : ""}`
}

const MOST_NAMES = 6
const MOST_LETTERS = 40

const WHOLE_FILE = "a whole file is not a record: fix or remove the file, then run the migration again"
