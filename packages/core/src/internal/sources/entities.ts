import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { type Entity, key } from "../../Entity.ts"
import * as RejectedLine from "../../run/RejectedLine.ts"
import { InvalidPosition } from "../../SourceError.ts"
import type { Batch, Source } from "./model.ts"
import { make } from "./whole.ts"

export const fromEntities = (name: string, entities: ReadonlyArray<Entity>): Source =>
  make({
    name,
    kinds: new Set(entities.map((entity) => entity._tag)),
    isParallel: true,
    open: Effect.succeed({
      fingerprint: {},
      partitions: Effect.sync(() => [{ id: name, fingerprint: textOf(entities) }]),
      read: (partition, position) => {
        const start = Option.getOrElse(position, () => 0)
        if (typeof start !== "number") {
          return Stream.fail(
            new InvalidPosition({ partition: partition.id, problem: "the position is not a number" })
          )
        }
        // Suspended, because a generator runs only once, but a stream may run again.
        return Stream.suspend(() => Stream.fromIterable(cut(entities, start)).pipe(Stream.rechunk(1)))
      }
    }),
    rejected: RejectedLine.reader(name, (line) => Effect.sync(() => RejectedLine.checked(line)), "exact")
  })

// internal

const BATCH = 1024

/** A record that JSON cannot express, such as one with a cycle, is represented by its key; it is rejected when it is read. */
const textOf = (entities: ReadonlyArray<Entity>): string => {
  try {
    return JSON.stringify(entities)
  } catch {
    return `[${entities.map(textOfOne).join()}]`
  }
}

const textOfOne = (entity: Entity): string => {
  try {
    return JSON.stringify(entity)
  } catch {
    return JSON.stringify([entity._tag, key(entity)])
  }
}

function* cut(entities: ReadonlyArray<Entity>, start: number): Generator<Batch> {
  for (let from = start; from < entities.length; from += BATCH) {
    const records = entities.slice(from, from + BATCH)
    const end = from + records.length
    yield { records, rejected: [], position: end, bytes: 0, location: `record ${end}` }
  }
}
