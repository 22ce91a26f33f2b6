/**
 * Runs a migration with many tasks after reading, each of which takes a moment.
 *
 *     node --conditions=@chatferry/source test/tasks.program.ts OUT THREADS
 */
import { isMainThread } from "node:worker_threads"
import { Migration, Program, Source } from "@chatferry/core"
import { Executor } from "@chatferry/core/run"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as entities from "./entities.ts"
import * as LateSink from "./lateSink.ts"

const [out = "", threads = "0"] = process.argv.slice(2)

export const migration = Migration.make({
  id: "tasks",
  source: Source.fromEntities("memory", [
    entities.user("ann"),
    entities.channel("c"),
    ...Array.from({ length: 1000 }, (_, i) => entities.message(`m${i}`, { channelId: "c", userId: "ann" }))
  ]),
  sink: LateSink.make(`${out}/data`, { takes: 20 }),
  stateDirectory: `${out}/state`
})

export const services = NodeServices.layer

if (isMainThread) {
  const executor = Executor.local({ threads: Number(threads), module: import.meta.url })
  Program.run(executor.run(migration), { command: "node tasks.program.ts" }).pipe(
    Effect.provide(services),
    NodeRuntime.runMain
  )
}
