// The corrections of a run, by where they are applied: in the source, or before a transform or a sink.
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Entity, key } from "../../Entity.ts"
import type { Book } from "../../Ledger.ts"
import type { Rejected } from "../../Rejected.ts"
import { type Correction, OfPartition } from "../../run/Corrections.ts"
import { check } from "../../run/EntityCheck.ts"
import type { Batch, Segment } from "../../Source.ts"
import type { Stage } from "../rejects/rejectsFile.ts"
import type { Opened } from "../run/opened.ts"
import { CORRECTED, STILL_WRONG } from "./codes.ts"
import { merged } from "./merge.ts"

/** An entity as the line showed it, and as a user has corrected it. */
export interface CorrectedEntity {
  readonly before: Entity
  readonly after: Entity
}

/** By kind and key. */
type Entities = ReadonlyMap<string, ReadonlyArray<CorrectedEntity>>

export interface RunCorrections {
  /** The number of corrected lines. */
  readonly count: number
  readonly byPartition: ReadonlyMap<string, ReadonlyArray<Correction>>
  readonly byTransform: ReadonlyMap<string, Entities>
  readonly bySink: ReadonlyMap<string, Entities>
}

export const NONE: RunCorrections = {
  count: 0,
  byPartition: new Map(),
  byTransform: new Map(),
  bySink: new Map()
}

export const OfRun: Context.Reference<RunCorrections> = Context.Reference<RunCorrections>(
  "@chatferry/core/internal/corrections/OfRun",
  { defaultValue: () => NONE }
)

/** The source with corrections applied, and with the partition added to the addresses of its rejects. */
export const forSource = (source: Opened, { byPartition, count }: RunCorrections): Opened => {
  const { retrace } = source
  const of = ({ partition }: Segment) => byPartition.get(partition.id) ?? []
  return {
    ...source,
    ...(count > 0 && { consequences: [...(source.consequences ?? []), CORRECTED, STILL_WRONG] }),
    read: (segment, position) =>
      source
        .read(segment, position)
        .pipe(Stream.map(addressed(segment.partition.id)), Stream.provideService(OfPartition, of(segment))),
    ...(retrace !== undefined && {
      retrace: (segment, readDigest) =>
        Effect.provideService(retrace(segment, readDigest), OfPartition, of(segment))
    })
  }
}

/** The input of a transform: corrected entities replace those that are equal to what it has rejected before. */
export const forTransform = (name: string, records: ReadonlyArray<Entity>) =>
  Effect.map(OfRun, ({ byTransform }) => {
    const entities = byTransform.get(name)
    if (entities === undefined) return records
    return records.map((record) => {
      const known = entities.get(keyOf(record))
      // A corrected entity may have been rejected again, and have been corrected again for the next run.
      return (known ?? []).reduce<Entity>(
        (one, { after, before }) => (JSON.stringify(before) === JSON.stringify(one) ? after : one),
        record
      )
    })
  })

/**
 * Applies corrections to the records for a sink. A line of a sink may show several
 * records merged: each record gets the changes of its own fields.
 */
export const forSink = (
  name: string
): Effect.Effect<(records: ReadonlyArray<Entity>) => ReadonlyArray<Entity>> =>
  Effect.map(OfRun, ({ bySink }) => {
    const entities = bySink.get(name)
    if (entities === undefined) return (records) => records
    const corrected = (record: Entity): Entity =>
      (entities.get(keyOf(record)) ?? []).reduce<Entity>(
        (one, { after, before }) => merged(one, before, after, "keep") as Entity,
        record
      )
    return (records) => records.map(corrected)
  })

/** Counts the rejected records that were corrected and are still wrong. */
export const stillWrong = ({ byPartition, bySink, byTransform, count }: RunCorrections) => {
  if (count === 0) return () => 0
  const locations = new Map(
    Array.from(
      byPartition,
      ([id, here]) => [id, new Set(here.map(({ address }) => locationOf(address)))] as const
    )
  )
  const isStillWrong = (stage: Stage, { address, original, transform = "" }: Rejected): boolean => {
    if (stage === "source") {
      return (
        address?.partition !== undefined &&
        locations.get(address.partition)?.has(locationOf(address)) === true
      )
    }
    const entities = stage === "transform" ? byTransform.get(transform) : bySink.get(stage.sink)
    const found = entities === undefined ? undefined : check(original)
    return found !== undefined && "entity" in found && entities?.has(keyOf(found.entity)) === true
  }
  return (stage: Stage, rejected: ReadonlyArray<Rejected>): number =>
    rejected.reduce((sum, one) => (isStillWrong(stage, one) ? sum + 1 : sum), 0)
}

/** Notes the corrections in the ledger of a run that is about to end. */
export const noteIn = (book: Book): Effect.Effect<void> =>
  Effect.map(OfRun, ({ count }) => {
    if (count > 0) book.note(CORRECTED.code, count)
  })

export const keyOf = (entity: Entity): string => `${entity._tag}\0${key(entity)}`

/** The location of a record in its partition, as a key. */
export const locationOf = (address: NonNullable<Rejected["address"]>): string => {
  const { bytes, entry = [], export: of = "", within = "" } = address
  return JSON.stringify([of, entry, bytes, within])
}

// internal

const addressed =
  (partition: string) =>
  (batch: Batch): Batch => ({
    ...batch,
    rejected: batch.rejected.map((one): Rejected =>
      one.address === undefined ? one : { ...one, address: { partition, ...one.address } }
    )
  })
