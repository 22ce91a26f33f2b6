// What several sources that are read as one reject: each reject names its source, and a line of it goes back there.
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as RejectedLine from "../RejectedLine.ts"
import type { Batch, Source } from "../Source.ts"
import { InvalidReject, SourceError } from "../SourceError.ts"

/** Says of what is rejected which of several sources it comes from, by their names from the outermost in. */
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

/** Gives a line to the source that it names. */
export const rejectedOf =
  <E, R>(name: string, sources: ReadonlyArray<Source<E, R>>): NonNullable<Source<E, R>["rejected"]> =>
  (line) =>
    Effect.gen(function* () {
      const found = yield* RejectedLine.decode(line)
      const writer = RejectedLine.writerOf(found) ?? ""
      const source = sources.find((one) => one.name === writer)
      if (source !== undefined) return { found, source }
      const around = sources.find((one) => writer.startsWith(`${one.name}/`))
      if (around !== undefined) {
        return { found: { ...found, source: writer.slice(around.name.length + 1) }, source: around }
      }
      return yield* new InvalidReject({ problem: RejectedLine.whose(found) })
    }).pipe(
      Effect.filterOrFail(
        ({ source }) => source.rejected !== undefined,
        ({ source }) =>
          new InvalidReject({ problem: `the source ${source.name} does not read rejects; correct its input` })
      ),
      Effect.mapError((reason) => new SourceError({ source: name, reason })),
      Effect.flatMap(({ found, source }) =>
        Effect.map(source.rejected?.(found as unknown as Schema.Json) ?? Effect.never, (mapped) =>
          named(source.name, mapped)
        )
      )
    )
