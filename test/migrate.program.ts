/**
 * A migration into all three outputs, or into one Stream import only, as a process that tests can kill. `THREADS` worker
 * threads read for it.
 *
 *     node --conditions=@chatferry/source test/migrate.program.ts INPUT OUT [CHECKPOINT-RECORDS [all|stream-jsonl|stream-json|ndjson [MAX-FILE-BYTES [ID]]]]
 */
import { readFileSync } from "node:fs"
import { Program } from "@chatferry/core"
import { Executor } from "@chatferry/core/run"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import { migration, services } from "./migrate.migration.ts"

const executor = Executor.local({
  threads: Number(process.env["THREADS"] ?? 0),
  module: import.meta.resolve("./migrate.migration.ts")
})

// Not from getrusage, whose figure includes the memory of the process that forked this one.
process.on("exit", () => {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync("/proc/self/status", "utf8")) ?? []
  process.stderr.write(`peak RSS ${kilobytes} kB\n`)
})

Program.run(executor.run(migration), { command: "again" }).pipe(Effect.provide(services), NodeRuntime.runMain)
