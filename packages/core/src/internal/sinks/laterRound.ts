// Runs tasks that do not depend on each other, side by side if there are threads, and takes their results in the order of
// the plan: ledgers, rejects, checkpoints and errors do not depend on which task is done first.
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Semaphore from "effect/Semaphore"
import type { Rejected } from "../../Rejected.ts"
import type { SinkError } from "../../SinkError.ts"

type Reject = (rejected: ReadonlyArray<Rejected>) => Effect.Effect<void, SinkError>

export interface Round<Task, Result, E, E2, R> {
  /** In the order of the plan. */
  readonly tasks: ReadonlyArray<Task>
  /** How many tasks run at the same time. */
  readonly width: number
  /** Whether the last task is started first. */
  readonly isReversed: boolean
  readonly run: (task: Task, reject: Reject) => Effect.Effect<Result, SinkError | E2, R>
  readonly reject: Reject
  /** Called for each task, in the order of the plan. */
  readonly take: (task: Task, result: Result) => Effect.Effect<void, SinkError | E, R>
}

export const run = <Task, Result, E, E2, R>({
  isReversed,
  reject,
  run,
  take,
  tasks,
  width
}: Round<Task, Result, E, E2, R>): Effect.Effect<void, SinkError | E | E2, R> =>
  Effect.gen(function* () {
    const one = yield* Semaphore.make(1)
    const exits = new Map<number, Exit.Exit<Result, SinkError | E2>>()
    /** Rejects of tasks whose turn has not come. */
    const waiting = tasks.map((): Array<Rejected> => [])
    let turn = 0
    const passOn = (index: number) =>
      Effect.suspend(() => {
        const rejected = (waiting[index] ?? []).splice(0)
        return rejected.length === 0 ? Effect.void : reject(rejected)
      })
    const advance = Effect.gen(function* () {
      for (let exit = exits.get(turn); exit !== undefined; exit = exits.get(turn)) {
        exits.delete(turn)
        yield* passOn(turn)
        yield* take(tasks[turn] as Task, yield* exit)
        turn++
      }
    })
    const indexes = Array.from(tasks.keys())
    yield* Effect.forEach(
      isReversed ? indexes.toReversed() : indexes,
      (index) =>
        Effect.gen(function* () {
          const rejects: Reject = (rejected) =>
            Effect.suspend(() => {
              waiting[index]?.push(...rejected)
              return index === turn ? passOn(index) : Effect.void
            })
          exits.set(index, yield* Effect.exit(run(tasks[index] as Task, rejects)))
          yield* one.withPermits(1)(advance)
        }),
      { concurrency: width, discard: true }
    )
  })
