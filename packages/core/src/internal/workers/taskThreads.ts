// The threads of a run, for the tasks after reading.
import * as Effect from "effect/Effect"
import { type MigrationError, ThreadsFailed } from "../../MigrationError.ts"
import type { State } from "../run/state.ts"
import type { TaskThreads } from "../sinks/contract.ts"
import type { Pool } from "./pool.ts"

export const make = (pool: Pool, state: State, runId: string): TaskThreads<MigrationError> => ({
  count: pool.threads,
  run: (sink, part, progress) =>
    Effect.catch(
      pool.run({ _tag: "task", runId, sink, part }, (step, done, total) => {
        Effect.runFork(progress(step, done, total))
      }),
      (problem) => state.fail(new ThreadsFailed({ module: pool.module, problem }))
    )
})
