// Runs tasks after reading in a thread.
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type { Rejected } from "../../Rejected.ts"
import type { Sink } from "../sinks/contract.ts"
import * as Divided from "../sinks/divided.ts"
import * as LaterTask from "../sinks/laterTask.ts"
import type { Port } from "./nodeThreads.ts"
import type { FromWorker, TaskOutcome, TaskRequest } from "./protocol.ts"

interface Place<R> {
  readonly sink: Sink<R>
  readonly migrationId: string
  readonly buckets: number
  /** The folder for the state of the sink. */
  readonly stateDirectory: string
  readonly post: Port<FromWorker, unknown>["post"]
}

/** Makes the function that runs a task, and says that it has ended. */
export const make = <R>({ buckets, migrationId, post, sink, stateDirectory }: Place<R>) => {
  const members = Divided.membersOf(sink, buckets)
  const run = Effect.fnUntraced(function* ({ part: id, runId, sink: name }: TaskRequest) {
    const path = yield* Path.Path
    const member = members.find((one) => one.name === name)
    const part = member?.phases.flatMap(Divided.partsOf).find((one) => one.id === id)
    if (member === undefined || part === undefined) return undefined
    const rejected: Array<Rejected> = []
    const context = {
      migrationId,
      runId,
      receipt: Option.none(),
      stateDirectory: Divided.stateOf(path, members, name, stateDirectory),
      buckets,
      reject: (some: ReadonlyArray<Rejected>) =>
        Effect.suspend(() => {
          rejected.push(...some)
          return rejected.length > MOST_REJECTED
            ? Effect.die("too many rejects to keep in memory")
            : Effect.void
        }),
      progress: (step: string, done: number, total: number) =>
        Effect.sync(() => post({ _tag: "progress", step, done, total }))
    }
    const outcome = yield* LaterTask.run({ member, context, makers: new Map() }, part)
    return { ...outcome, rejected } satisfies TaskOutcome
  })
  // The thread that writes repeats a task that fails, and then fails in the same way.
  return (request: TaskRequest) =>
    Effect.map(Effect.exit(run(request)), (exit) =>
      post({ _tag: "done", outcome: Exit.isSuccess(exit) ? exit.value : undefined })
    )
}

// internal

/** The thread that writes passes on rejects as they come, and keeps none. */
const MOST_REJECTED = 10_000
