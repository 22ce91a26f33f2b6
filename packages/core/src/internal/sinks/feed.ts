// Delivers records and rows to writers: directly while the source is read, or through files.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Entity } from "../../Entity.ts"
import * as NdjsonLines from "../../files/NdjsonLines.ts"
import type { Phase, Writer } from "../../run/Phase.ts"
import { SinkError, StagedDataDamaged, WriteFailed } from "../../SinkError.ts"
import { type Part, READING } from "./divided.ts"
import { Fault } from "./fault.ts"
import * as Keys from "./keys.ts"
import type { Scratch } from "./scratch.ts"

/** A writer and its part. */
export interface Open<R> extends Part<R> {
  readonly writer: Writer
}

type What = Entity | { readonly row: Schema.Json }

/** Writes records to all writers, and sends later phases the records that they route. */
export const deliver = <R>(
  writers: ReadonlyArray<Open<R>>,
  later: ReadonlyArray<Phase<R>>,
  scratch: Scratch
): ((records: ReadonlyArray<Entity>) => Effect.Effect<void, SinkError>) => {
  const phases = Array.from(Map.groupBy(writers, ({ phase }) => phase.name).values())
  const [first, ...others] = writers
  return (records) => {
    for (const phase of later) {
      for (const record of records) {
        phase.route?.(record, (bucket, what) => send(scratch, phase, bucket, READING, what))
      }
    }
    // Nearly every sink has one writer that gets everything.
    if (first !== undefined && others.length === 0 && first.phase.route === undefined)
      return first.writer.write(records)
    return Effect.forEach(phases, (parts) => route(parts, records), { discard: true })
  }
}

/** Sends a record or a row to a part of a later phase. */
export const send = (
  scratch: Scratch,
  phase: Phase<unknown>,
  bucket: number,
  from: string,
  what: What
): void => {
  if (!Number.isInteger(bucket) || bucket < 0 || bucket >= Keys.partsOf(phase)) throw noPart(phase, bucket)
  scratch.line(Keys.rowsKey({ phase: phase.name, part: bucket }, from), JSON.stringify(what))
}

/** Passes a writer everything that one task has sent to it, in order. */
export const replay = Effect.fnUntraced(function* (
  sink: string,
  path: string,
  from: string,
  writer: Writer,
  drain: Effect.Effect<void, SinkError>
): Effect.fn.Return<void, SinkError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const failed = (cause: unknown) => new SinkError({ sink, reason: new WriteFailed({ path, cause }) })
  if (!(yield* Effect.mapError(fs.exists(path), failed))) return
  yield* fs.stream(path).pipe(
    Stream.mapError(failed),
    NdjsonLines.decode({ integers: "exact", maxLineBytes: MOST_BYTES }),
    Stream.runForEach(({ failures, values }) =>
      failures.size === 0
        ? Effect.andThen(give(writer, Keys.phaseOf(from), values as ReadonlyArray<What>), drain)
        : Effect.fail(
            new SinkError({
              sink,
              reason: new StagedDataDamaged({ path, problem: "holds JSON that is not valid" })
            })
          )
    )
  )
})

// internal

/** A row may be as long as a record, so there is no limit for reading it back. */
const MOST_BYTES = Number.MAX_SAFE_INTEGER

const route = <R>(parts: ReadonlyArray<Open<R>>, records: ReadonlyArray<Entity>) => {
  const [first] = parts
  const ask = first?.phase.route
  if (first === undefined || ask === undefined) return first?.writer.write(records) ?? Effect.void
  const sent: ReadonlyArray<Array<What>> = parts.map(() => [])
  for (const record of records) {
    ask(record, (bucket, what) => {
      const to = sent[bucket]
      if (to === undefined) throw noPart(first.phase, bucket)
      to.push(what)
    })
  }
  return Effect.forEach(parts, ({ writer }, i) => give(writer, Keys.phaseOf(READING), sent[i] ?? []), {
    discard: true
  })
}

const noPart = (phase: Phase<unknown>, bucket: number) =>
  new Fault(
    `something is sent to part ${bucket} of the phase ${phase.name}, whose parts are 0 to ${Keys.partsOf(phase) - 1}`
  )

/** Consecutive records are written together. */
const give = Effect.fnUntraced(function* (writer: Writer, from: string, all: ReadonlyArray<What>) {
  let records: Array<Entity> = []
  for (const what of all) {
    if (!("row" in what)) {
      records.push(what)
      continue
    }
    if (records.length > 0) yield* writer.write(records)
    records = []
    yield* writer.row?.(from, what.row) ?? Effect.void
  }
  if (records.length > 0) yield* writer.write(records)
})
