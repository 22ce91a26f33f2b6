/**
 * Our pipeline on the same job, as a program runs it: every record checked and counted, every file synced and hashed, the
 * heap kept small, and the run could be killed and resumed at any instant.
 */
import { Entity, Program } from "@chatferry/core"
import { Executor } from "@chatferry/core/run"
import { Effect } from "effect"
import { main } from "./child.ts"
import { migration, services } from "./oursMigration.ts"

await main(({ threads }) =>
  Executor.local({ threads, module: import.meta.resolve("./oursMigration.ts") })
    .run(migration)
    .pipe(
      // What it prints is not part of the outcome, and costs next to nothing.
      (run) => Program.run(run, { command: "bench", progress: "none" }),
      Effect.map(({ sinks }) => {
        const sink = sinks[0]
        return {
          records: Object.fromEntries(
            Entity.kinds.map((kind) => [kind, sink?.ledger.kinds[kind].written ?? 0])
          ),
          bytes: sink?.files.reduce((sum, file) => sum + file.bytes, 0) ?? 0
        }
      }),
      Effect.provide(services),
      Effect.runPromise
    )
)
