// An open source as the runner uses it: its errors name the source.
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Batch, Position, Reader, Segment, Source } from "../../Source.ts"
import { named, type SourceError } from "../../SourceError.ts"

export interface Opened
  extends Pick<Source, "name" | "consequences" | "isParallel">, Pick<Reader, "fingerprint"> {
  readonly segments: Effect.Effect<ReadonlyArray<Segment>, SourceError>
  readonly read: (segment: Segment, position: Option.Option<Position>) => Stream.Stream<Batch, SourceError>
  readonly retrace?: (segment: Segment, readDigest: Schema.Json) => Effect.Effect<void, SourceError>
}

/** Opens a source until the scope closes. */
export const open = <R>({ name, open, ...source }: Source<R>) =>
  open.pipe(
    Effect.flatMap((reader) =>
      Effect.map(Effect.cached(reader.segments), (segments) => ({ ...reader, segments }))
    ),
    Effect.map(({ fingerprint, read, retrace, segments }): Opened => ({
      ...source,
      name,
      fingerprint,
      segments: Effect.mapError(segments, named(name)),
      read: (segment, position) => Stream.mapError(read(segment, position), named(name)),
      ...(retrace !== undefined && {
        retrace: (segment, readDigest) => Effect.mapError(retrace(segment, readDigest), named(name))
      })
    })),
    Effect.mapError(named(name))
  )
