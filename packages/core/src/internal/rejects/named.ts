// Rejects of several sources that are read as one: each reject names its source, and its line is read by that source.
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as RejectedLine from "../../run/RejectedLine.ts"
import { InvalidReject, named as namedFailure } from "../../SourceError.ts"
import type { Codes } from "../sources/codes.ts"
import type { Batch, Source } from "../sources/model.ts"

/** Adds the name of the source to the rejects of a batch, outermost name first. */
export const named = <A extends Pick<Batch, "rejected">>(name: string, batch: A): A =>
  batch.rejected.length === 0
    ? batch
    : {
        ...batch,
        rejected: batch.rejected.map((one) => ({
          ...one,
          source: one.source === undefined ? name : `${name}/${one.source}`
        }))
      }

/** Passes a line to the source that it names, with the code in that source's own form. */
export const rejectedOf =
  <R>(sources: ReadonlyArray<Source<R>>, codes: Codes): NonNullable<Source<R>["rejected"]> =>
  (line) =>
    Effect.gen(function* () {
      const found = yield* RejectedLine.decode(line)
      const writer = RejectedLine.writerOf(found) ?? ""
      const own = sources.find((one) => one.name === writer)
      const around = own ?? sources.find((one) => writer.startsWith(`${one.name}/`))
      if (around === undefined) return yield* new InvalidReject({ problem: RejectedLine.whose(found) })
      const { name, rejected } = around
      if (rejected === undefined) {
        const problem = `the source ${name} does not read rejects; correct its input`
        return yield* new InvalidReject({ problem })
      }
      const source = own === undefined ? writer.slice(name.length + 1) : writer
      const inner = { ...found, source, code: codes.ownOf(name, found.code) }
      const mapped = yield* Effect.mapError(rejected(inner as unknown as Schema.Json), namedFailure(name))
      return codes.withCodes(name, named(name, mapped))
    })
