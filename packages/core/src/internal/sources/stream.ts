import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Entity } from "../../Entity.ts"
import * as Printable from "../../errors/Printable.ts"
import type { Rejected } from "../../Rejected.ts"
import * as Setting from "../../settings/Setting.ts"
import * as Settings from "../../settings/Settings.ts"
import { named, type SourceError } from "../../SourceError.ts"
import type { Source } from "./model.ts"

export const Options = Schema.Struct({
  onRejected: Settings.optional(Setting.callback<(rejected: Rejected) => Effect.Effect<void>>())
})

export const stream = <R>(
  source: Source<R>,
  options: Partial<typeof Options.Type> = {}
): Stream.Stream<Entity, SourceError, R> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { onRejected = warnOf } = yield* Settings.decode(Options, options)
      yield* source.check ?? Effect.void
      const reader = yield* source.open
      return Stream.fromIterable(yield* reader.segments).pipe(
        Stream.flatMap((segment) => reader.read(segment, Option.none())),
        Stream.tap(({ rejected }) => Effect.forEach(rejected, onRejected, { discard: true })),
        Stream.filter(({ records }) => records.length > 0),
        Stream.flatMap(({ records }) => Stream.fromIterable(records))
      )
    })
  ).pipe(Stream.mapError(named(source.name)))

// internal

const warnOf = ({ code, message, location }: Rejected) =>
  Effect.logWarning(Printable.line(`rejected (${code}) at ${location}: ${message}`, Printable.MAX_MESSAGE))
