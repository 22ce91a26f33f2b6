// An open sink with its writers and their pieces.
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Entity } from "../../Entity.ts"
import type { Exclusion } from "../../Exclusion.ts"
import * as Ledger from "../../Ledger.ts"
import type { Member } from "../../run/Phase.ts"
import * as Plan from "../../run/Plan.ts"
import type { SinkError } from "../../SinkError.ts"
import { forSink } from "../corrections/ofRun.ts"
import { addTo } from "../run/takingBook.ts"
import { tally } from "../run/tally.ts"
import type { Context, Outcome, TaskThreads } from "./contract.ts"
import * as Divided from "./divided.ts"
import * as Fault from "./fault.ts"
import * as Feed from "./feed.ts"
import * as Guard from "./guard.ts"
import { MOST_RECORDS } from "./intake.ts"
import * as Keys from "./keys.ts"
import * as LaterRound from "./laterRound.ts"
import * as LaterTask from "./laterTask.ts"
import type { Completion, Summary } from "./model.ts"
import * as OpenFiles from "./openFiles.ts"
import * as Output from "./output.ts"
import { unpackRows } from "./packedRows.ts"
import * as Scratch from "./scratch.ts"
import type { Step, Taken } from "./taken.ts"
import { claim, makeTask } from "./task.ts"

/** The state of a sink in a commit. */
export const Committed = Schema.Struct({
  dropped: Guard.Dropped,
  ledger: Ledger.Ledger,
  files: Scratch.Files,
  /** The receipts of the writers at their last flush, by part. */
  writers: Schema.Record(Schema.String, Schema.Json),
  /** Tasks that have ended, with the results of their writers. */
  ends: Schema.Record(Schema.String, Schema.Json)
})
export type Committed = typeof Committed.Type

/** An open sink; a session may have several. */
export interface Opened {
  readonly name: string
  readonly write: (records: ReadonlyArray<Entity>) => Effect.Effect<void, SinkError>
  /** Takes what a thread that reads has made of records. */
  readonly take: (taken: Taken) => Effect.Effect<void, SinkError>
  readonly exclude: (exclusions: ReadonlyArray<Exclusion>) => Effect.Effect<void, SinkError>
  readonly takesExclusions: boolean
  readonly commit: Effect.Effect<Committed, SinkError>
  /** Runs the tasks that have not ended, and saves after each of them. */
  readonly end: <E, E2, R>(
    save: Effect.Effect<void, E, R>,
    threads: TaskThreads<E2> | undefined
  ) => Effect.Effect<void, SinkError | E | E2, R>
  readonly publish: (completion: Completion) => Effect.Effect<Summary, SinkError>
}

export type Services = FileSystem.FileSystem | Path.Path | Scope.Scope

export const open = <R>(
  member: Member<R>,
  context: Context,
  last: Committed | undefined
): Effect.Effect<Opened, SinkError, R | Services> => Fault.asError(member.name)(opened(member, context, last))

// internal

const opened = Effect.fnUntraced(function* <R>(
  member: Member<R>,
  context: Context,
  last: Committed | undefined
): Effect.fn.Return<Opened, SinkError, R | Services> {
  const { name, phases } = member
  const path = yield* Path.Path
  const services = yield* Effect.context<R | Services>()
  const { direct, later, plan } = yield* Divided.divide(member)
  const laterParts = new Map(later.flatMap(Divided.partsOf).map((part) => [part.id, part]))
  const book = Ledger.open(last?.ledger)
  const ends = new Map(Object.entries(last?.ends ?? {}))
  const wasRead = ends.has(Divided.READING)
  const { pathOf, scratch } = yield* OpenFiles.open(member, context, last, isFinished(plan, ends))
  const makers = Keys.makersOf(Object.keys(last?.files ?? {}))
  const openWriter = ({ id, part, phase }: Divided.Part<R>) =>
    Effect.map(
      phase.open(
        makeTask({
          path,
          member,
          context,
          book,
          scratch,
          pathOf,
          makers,
          later,
          phase,
          part,
          receipt: last?.writers[id]
        })
      ),
      (writer): Feed.Open<R> => ({ phase, part, id, writer })
    )
  const writers = wasRead ? [] : yield* Effect.forEach(direct, openWriter)
  const takesExclusions = later.length === 0 && writers.every(({ writer }) => writer.exclude !== undefined)
  const guard = Guard.make(
    member,
    context.stateDirectory,
    takesExclusions || wasRead ? undefined : context.filter,
    last?.dropped
  )
  const correct = yield* forSink(name)
  const routes = wasRead ? new Map() : yield* Feed.openRoutes(phases)
  const inlets = writers.map(Feed.inletOf)
  const byId = new Map(inlets.map((inlet) => [inlet.id, inlet]))
  const deliver = Feed.deliver(inlets, later, routes, scratch)
  let receipts = last?.writers ?? {}

  const write = Effect.fnUntraced(function* (records: ReadonlyArray<Entity>) {
    const admitted = yield* guard.admit(correct(records))
    if (admitted.length === 0) return
    tally(admitted, book.read)
    for (let from = 0; from < admitted.length; from += MOST_RECORDS) {
      yield* deliver(admitted.length <= MOST_RECORDS ? admitted : admitted.slice(from, from + MOST_RECORDS))
      yield* scratch.drain
    }
  })
  const takeStep = Effect.fnUntraced(function* (step: Step) {
    if ("to" in step) {
      const inlet = byId.get(step.to)
      yield* ("rows" in step ? inlet?.giveRows(unpackRows(step.rows)) : inlet?.give(step.all)) ?? Effect.void
    } else {
      for (const { blocks, key, records } of step.additions) {
        for (const [i, block] of blocks.entries()) scratch.append(key, block, i === 0 ? records : 0)
      }
      if (step.rejected.length > 0) yield* context.reject(step.rejected, name)
    }
    yield* scratch.drain
  })
  const take = Effect.fnUntraced(function* ({ dropped, ledger, steps }: Taken) {
    guard.add(dropped)
    addTo(book, ledger)
    for (const step of steps) yield* takeStep(step)
  })
  const commit = Effect.gen(function* () {
    if (!ends.has(Divided.READING)) {
      const flushed = yield* Effect.forEach(writers, ({ id, writer }) =>
        Effect.map(writer.flush ?? Effect.succeed(null), (receipt) => [id, receipt] as const)
      )
      receipts = Object.fromEntries(flushed)
    }
    const files = yield* scratch.commit
    return {
      dropped: guard.dropped(),
      ledger: book.snapshot(),
      files,
      writers: receipts,
      ends: Object.fromEntries(ends)
    }
  })
  const endWriter = Effect.fnUntraced(function* ({ id, writer }: Feed.Open<R>) {
    const end = yield* writer.end ?? Effect.succeed(null)
    yield* scratch.seal(id)
    ends.set(id, end)
  })
  const endReading = Effect.gen(function* () {
    yield* Effect.forEach(writers, endWriter, { discard: true })
    yield* scratch.seal(Divided.READING)
    ends.set(Divided.READING, null)
  })
  const adopt = (files: Scratch.Files) => {
    for (const [piece, phase] of Keys.makersOf(Object.keys(files))) claim(makers, piece, phase)
    scratch.adopt(files)
  }
  /** Tasks after reading that do not depend on each other. */
  const workOn = <E, E2, R2>(
    tasks: ReadonlyArray<Plan.Task>,
    save: Effect.Effect<void, E, R2>,
    threads: TaskThreads<E2> | undefined
  ) =>
    Effect.andThen(
      // The rows sent to them are read from the disk.
      run(scratch.commit),
      LaterRound.run({
        tasks: tasks.flatMap((task) => laterParts.get(Plan.idOf(task)) ?? []),
        width: threads?.count ?? 1,
        isReversed: context.taskOrder === "reversed",
        run: (part, reject): Effect.Effect<Outcome, SinkError | E2> => {
          const here = run(LaterTask.run({ member, context: { ...context, reject }, makers }, part))
          if (threads === undefined) return here
          return Effect.flatMap(threads.run(name, part.id, context.progress), (outcome) =>
            outcome === undefined ? here : Effect.as(reject(outcome.rejected), outcome)
          )
        },
        reject: (rejected) => context.reject(rejected, name),
        take: ({ id }, { end, files, ledger }) =>
          Effect.gen(function* () {
            yield* run(Effect.sync(() => adopt(files)))
            addTo(book, ledger)
            ends.set(id, end)
            yield* save
          })
      })
    )
  const run = <A, E>(effect: Effect.Effect<A, E, R | Services>) =>
    Effect.provideContext(Fault.asError(name)(effect), services)

  return {
    name,
    takesExclusions,
    write: (records) => run(write(records)),
    take: (taken) => run(take(taken)),
    exclude: (exclusions) =>
      takesExclusions
        ? Effect.forEach(writers, ({ writer }) => writer.exclude?.(exclusions) ?? Effect.void, {
            discard: true
          })
        : Effect.void,
    commit: run(commit),
    end: <E, E2, R2>(save: Effect.Effect<void, E, R2>, threads: TaskThreads<E2> | undefined) =>
      Effect.gen(function* () {
        for (;;) {
          const tasks = Plan.next(plan, commitsOf(ends))
          if (tasks === "finished") return
          if (ends.has(Divided.READING)) yield* workOn(tasks, save, threads)
          else {
            yield* run(endReading)
            yield* save
          }
        }
      }),
    publish: (completion) =>
      Effect.gen(function* () {
        const output = Output.make({
          member,
          context,
          completion: guard.without(completion),
          files: yield* scratch.commit,
          pathOf,
          services,
          ends: (phase) =>
            phases
              .filter((one) => one.name === phase)
              .flatMap(Divided.partsOf)
              .map(({ id }) => ends.get(id) ?? null),
          ledger: book.snapshot()
        })
        return guard.including(yield* member.publish(output))
      }).pipe(run)
  }
})

const commitsOf = (ends: ReadonlyMap<string, unknown>) =>
  new Map(Array.from(ends.keys(), (id) => [id, { isEnd: true }]))

const isFinished = (plan: Plan.Plan, ends: ReadonlyMap<string, unknown>) =>
  Plan.next(plan, commitsOf(ends)) === "finished"
