// What a sink does with records in a thread that reads: fields are checked, pieces of segments are written, and routes
// are asked. The thread that writes takes the result.
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as Scope from "effect/Scope"
import type { Entity } from "../../Entity.ts"
import type { Member, Writer } from "../../run/Phase.ts"
import type { SinkError } from "../../SinkError.ts"
import { takingBook } from "../run/takingBook.ts"
import { tally } from "../run/tally.ts"
import { Captured, unavailable } from "./captured.ts"
import type { Context } from "./contract.ts"
import * as Divided from "./divided.ts"
import * as Fault from "./fault.ts"
import * as Feed from "./feed.ts"
import * as Guard from "./guard.ts"
import { RowPacker } from "./packedRows.ts"
import type { Scratch } from "./scratch.ts"
import type { Step, Taken, What } from "./taken.ts"
import { makeTask } from "./task.ts"

export interface Opened {
  readonly write: (records: ReadonlyArray<Entity>) => Effect.Effect<void, SinkError>
  /** Returns and removes the result of everything that was written. */
  readonly take: () => Taken
  /** The bytes have been copied, so their memory can be used again. */
  readonly reuse: (taken: Taken) => void
}

type Services = FileSystem.FileSystem | Path.Path | Scope.Scope

/** More records at once would buffer too much in memory. */
export const MOST_RECORDS = 1024

export const open = <R>(
  member: Member<R>,
  context: Context
): Effect.Effect<Opened, SinkError, R | Services> => Fault.asError(member.name)(opened(member, context))

// internal

/** True for a writer that only adds to pieces, so that one in each thread gives the same as one for all. */
const isStateless = ({ end, exclude, flush }: Writer): boolean =>
  end === undefined && exclude === undefined && flush === undefined

const opened = Effect.fnUntraced(function* <R>(
  member: Member<R>,
  context: Context
): Effect.fn.Return<Opened, SinkError, R | Services> {
  const path = yield* Path.Path
  const { direct, later } = yield* Divided.divide(member)
  const guard = () => Guard.make(member, context.stateDirectory, undefined, undefined)
  let losses = guard()
  const { book, take: takeLedger } = takingBook()
  const captured = new Captured()
  let steps: Array<Step> = []
  const note = Effect.sync(() => {
    const step = captured.take()
    if (step !== undefined) steps.push(step)
  })
  const scratch: Scratch = {
    append: (key, content, records) => captured.append(key, content, records),
    line: (key, text) => captured.line(key, text),
    drain: Effect.void,
    commit: Effect.sync(unavailable),
    seal: unavailable,
    adopt: unavailable,
    close: unavailable,
    rename: unavailable,
    discard: unavailable
  }
  const packer = new RowPacker()
  const stepOf = (to: string, all: ReadonlyArray<What>): Step => {
    if (!all.every((what) => "row" in what)) return { to, all }
    for (const { row } of all) packer.add(row)
    return { to, rows: packer.take() }
  }
  const makers = new Map<string, string>()
  const inletOf = Effect.fnUntraced(function* (of: Divided.Part<R>) {
    const { id, part, phase } = of
    const send: Pick<Feed.Inlet<R>, "write" | "give"> = {
      write: (all) => Effect.sync(() => void steps.push({ to: id, all })),
      give: (all) =>
        Effect.sync(() => {
          if (all.length > 0) steps.push(stepOf(id, all))
        })
    }
    if (phase.parts !== "segment") return { ...of, ...send }
    const task = makeTask({
      path,
      member,
      context: { ...context, reject: (rejected) => Effect.sync(() => captured.reject(rejected)) },
      book,
      scratch,
      pathOf: unavailable,
      makers,
      later,
      phase,
      part,
      receipt: undefined
    })
    const writer = yield* phase.open(task)
    if (!isStateless(writer)) return { ...of, ...send }
    const inlet = Feed.inletOf({ ...of, writer })
    return {
      ...inlet,
      write: (records: ReadonlyArray<Entity>) => Effect.andThen(inlet.write(records), note),
      give: (all: ReadonlyArray<What>) => Effect.andThen(inlet.give(all), note)
    }
  })
  const inlets = yield* Effect.forEach(direct, inletOf)
  const services = yield* Effect.context<R | Services>()
  const deliver = Feed.deliver(inlets, later, yield* Feed.openRoutes(member.phases), scratch)

  const write = Effect.fnUntraced(function* (records: ReadonlyArray<Entity>) {
    const admitted = yield* losses.admit(records)
    if (admitted.length === 0) return
    tally(admitted, book.read)
    for (let from = 0; from < admitted.length; from += MOST_RECORDS) {
      yield* deliver(admitted.length <= MOST_RECORDS ? admitted : admitted.slice(from, from + MOST_RECORDS))
      // What was routed to later phases.
      yield* note
    }
  })
  return {
    write: (records) => Effect.provideContext(Fault.asError(member.name)(write(records)), services),
    take: () => {
      const taken = { dropped: losses.dropped(), ledger: takeLedger(), steps }
      losses = guard()
      steps = []
      return taken
    },
    reuse: ({ steps }) => {
      for (const step of steps) if ("additions" in step) captured.reuse(step.additions)
    }
  }
})
