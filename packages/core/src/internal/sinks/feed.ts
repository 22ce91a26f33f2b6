// Delivers records and rows to writers: directly while the source is read, or through files.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Entity } from "../../Entity.ts"
import * as NdjsonLines from "../../files/NdjsonLines.ts"
import type { Phase, Route, Writer } from "../../run/Phase.ts"
import { SinkError, StagedDataDamaged, WriteFailed } from "../../SinkError.ts"
import { type Part, READING } from "./divided.ts"
import { Fault } from "./fault.ts"
import * as Keys from "./keys.ts"
import type { Scratch } from "./scratch.ts"
import type { What } from "./taken.ts"

/** A writer and its part. */
export interface Open<R> extends Part<R> {
  readonly writer: Writer
}

/** Takes what is sent to one part of a phase that is fed while the source is read. */
export interface Inlet<R> extends Part<R> {
  readonly write: (records: ReadonlyArray<Entity>) => Effect.Effect<void, SinkError>
  readonly give: (all: ReadonlyArray<What>) => Effect.Effect<void, SinkError>
}

/** The routes of phases that have one, by phase. */
export type Routes = ReadonlyMap<string, Route>

export const openRoutes = <R>(phases: ReadonlyArray<Phase<R>>) =>
  Effect.map(
    Effect.forEach(phases, (phase) =>
      Effect.map(phase.makeRoute ?? Effect.succeed(phase.route), (route) => [phase.name, route] as const)
    ),
    (routes): Routes =>
      new Map(routes.flatMap(([name, route]) => (route === undefined ? [] : [[name, route]])))
  )

/** The inlet of a writer in this thread. */
export interface WriterInlet<R> extends Inlet<R> {
  /** Like `give`, for rows that another thread has sent. */
  readonly giveRows: (rows: ReadonlyArray<Schema.Json>) => Effect.Effect<void, SinkError>
}

export const inletOf = <R>({ id, part, phase, writer }: Open<R>): WriterInlet<R> => ({
  id,
  part,
  phase,
  write: (records) => writeAll(writer, records),
  give: (all) => give(writer, Keys.phaseOf(READING), all),
  giveRows: (rows) => giveRows(writer, Keys.phaseOf(READING), rows)
})

/** Gives records to all inlets, and sends later phases the records that they route. */
export const deliver = <R>(
  inlets: ReadonlyArray<Inlet<R>>,
  later: ReadonlyArray<Phase<R>>,
  routes: Routes,
  scratch: Pick<Scratch, "line">
): ((records: ReadonlyArray<Entity>) => Effect.Effect<void, SinkError>) => {
  const phases = Array.from(Map.groupBy(inlets, ({ phase }) => phase.name).values())
  const [first, ...others] = inlets
  return (records) => {
    for (const phase of later) {
      const route = routes.get(phase.name)
      if (route === undefined) continue
      for (const record of records) {
        route(record, (bucket, what) => send(scratch, phase, bucket, READING, what))
      }
    }
    // Nearly every sink has one writer that gets everything.
    if (first !== undefined && others.length === 0 && !routes.has(first.phase.name))
      return first.write(records)
    return Effect.forEach(phases, (parts) => deliverTo(parts, routes, records), { discard: true })
  }
}

/** Sends a record or a row to a part of a later phase. */
export const send = (
  scratch: Pick<Scratch, "line">,
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

const deliverTo = <R>(parts: ReadonlyArray<Inlet<R>>, routes: Routes, records: ReadonlyArray<Entity>) => {
  const [first] = parts
  const route = first === undefined ? undefined : routes.get(first.phase.name)
  if (first === undefined || route === undefined) return first?.write(records) ?? Effect.void
  const sent: ReadonlyArray<Array<What>> = parts.map(() => [])
  for (const record of records) {
    route(record, (bucket, what) => {
      const to = sent[bucket]
      if (to === undefined) throw noPart(first.phase, bucket)
      to.push(what)
    })
  }
  return Effect.forEach(parts, ({ give }, i) => give(sent[i] ?? []), { discard: true })
}

const noPart = (phase: Phase<unknown>, bucket: number) =>
  new Fault(
    `something is sent to part ${bucket} of the phase ${phase.name}, whose parts are 0 to ${Keys.partsOf(phase) - 1}`
  )

/** Consecutive records are written together, and so are consecutive rows. */
const give = (writer: Writer, from: string, all: ReadonlyArray<What>): Effect.Effect<void, SinkError> => {
  if (all.every((what) => "row" in what))
    return giveRows(
      writer,
      from,
      all.map(({ row }) => row)
    )
  if (!all.some((what) => "row" in what)) return writeAll(writer, all as ReadonlyArray<Entity>)
  const runs: Array<Array<What>> = []
  for (const what of all) {
    const run = runs.at(-1)
    const isSame = run?.[0] !== undefined && "row" in run[0] === "row" in what
    if (isSame) run.push(what)
    else runs.push([what])
  }
  return Effect.forEach(runs, (run) => give(writer, from, run), { discard: true })
}

const writeAll = (writer: Writer, records: ReadonlyArray<Entity>) => {
  if (writer.write === undefined)
    throw new Fault("records are sent to a phase whose writers only receive rows (write)")
  return writer.write(records)
}

const giveRows = (writer: Writer, from: string, rows: ReadonlyArray<Schema.Json>) => {
  if (rows.length === 0) return Effect.void
  if (writer.rows !== undefined) return writer.rows(from, rows)
  return Effect.forEach(rows, (row) => giveRow(writer, from, row), { discard: true })
}

const giveRow = (writer: Writer, from: string, row: Schema.Json) => {
  if (writer.row === undefined)
    throw new Fault("rows are sent to a phase whose writers only receive records (row)")
  return writer.row(from, row)
}
