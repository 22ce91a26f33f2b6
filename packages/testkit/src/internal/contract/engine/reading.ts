// Reading a whole source into memory, segment by segment.
import { type Source, SourceError } from "@chatferry/core"
import { type Fingerprint } from "@chatferry/core/settings"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

export interface Reading {
  readonly segment: Source.Segment
  readonly partition: Source.Partition
  readonly batches: ReadonlyArray<Source.Batch>
}

type Failed = SourceError.SourceError

/** The answers of a source, each from a newly opened reader. */
export const asked = <A, R>(
  source: Source.Source<R>,
  ask: (reader: Source.Reader) => Effect.Effect<A, SourceError.Failure>
): Effect.Effect<A, Failed, Exclude<R, Scope.Scope>> =>
  Effect.scoped(Effect.flatMap(source.open, ask)).pipe(Effect.mapError(SourceError.named(source.name)))

export const segments = <R>(source: Source.Source<R>) => asked(source, (reader) => reader.segments)

export const fingerprint = <R>(
  source: Source.Source<R>
): Effect.Effect<Fingerprint.Fingerprint, Failed, Exclude<R, Scope.Scope>> =>
  asked(source, (reader) => Effect.succeed(reader.fingerprint))

export const read = <R>(
  source: Source.Source<R>,
  segment: Source.Segment,
  position: Option.Option<Source.Position> = Option.none()
): Stream.Stream<Source.Batch, Failed, Exclude<R, Scope.Scope>> =>
  Stream.unwrap(Effect.map(source.open, (reader) => reader.read(segment, position))).pipe(
    Stream.mapError(SourceError.named(source.name))
  )

export const retrace = <R>(source: Source.Source<R>, segment: Source.Segment, readDigest: Schema.Json) =>
  asked(
    source,
    (reader) => reader.retrace?.(segment, readDigest) ?? Effect.die(new Error("the source does not retrace"))
  )

export const readAll = <R>(
  source: Source.Source<R>,
  after: { readonly done: number; readonly position?: Source.Position | undefined } = { done: 0 }
): Effect.Effect<ReadonlyArray<Reading>, Failed, Exclude<R, Scope.Scope>> =>
  asked(source, (reader) =>
    Effect.flatMap(reader.segments, (found) =>
      Effect.forEach(found.slice(after.done), (segment, i) => {
        const position = i === 0 ? Option.fromUndefinedOr(after.position) : Option.none()
        return Effect.map(Stream.runCollect(reader.read(segment, position)), (batches) => ({
          segment,
          partition: segment.partition,
          batches
        }))
      })
    )
  )

/** The same for rules with an optional position. */
export const batchesOf = <R>(source: Source.Source<R>, segment: Source.Segment, position?: Source.Position) =>
  read(source, segment, Option.fromUndefinedOr(position))

/** Distinguishes an error of a connector, which names the connector and the reason, from one that only passed through. */
export const isOwnError = (error: unknown): boolean =>
  Predicate.isTagged(error, "SourceError") || Predicate.isTagged(error, "SinkError")

/** At most `most` indices of `length`, spread evenly, including the first and the last. */
export const sampled = (length: number, most: number): ReadonlyArray<number> => {
  if (length <= most) return Array.from({ length }, (_, i) => i)
  const steps = Math.max(1, most - 1)
  return Array.from(new Set(Array.from({ length: most }, (_, i) => Math.round(((length - 1) * i) / steps))))
}
