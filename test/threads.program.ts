/**
 * Runs migrations of `threads.migration.ts` and other modules with worker threads, and prints how each begins and ends,
 * one line of JSON for each.
 *
 *     node --conditions=@chatferry/source test/threads.program.ts OUT
 */
import { Start } from "@chatferry/core"
import { Executor } from "@chatferry/core/run"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as migrations from "./threads.migration.ts"

const { empty: _empty, services, text: _text, ...all } = migrations
const MODULE = import.meta.resolve("./threads.migration.ts")

type Name = Exclude<keyof typeof migrations, "text" | "services" | "empty">

const run = (name: Name, options: Executor.LocalOptions) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const logs: Array<string> = []
    const migration = all[name]
    const exit = yield* Executor.local({ threads: 2, migration: name, ...options })
      .run(migration)
      .pipe(
        Effect.provideService(Start.Listener, (start) =>
          Effect.sync(() => void lines.push(Start.line(start)))
        ),
        Effect.provide(Logger.layer([Logger.make(({ message }) => void logs.push(String(message)))])),
        Effect.exit
      )
    const error = Exit.isSuccess(exit) ? null : Exit.findErrorOption(exit)
    const message = error?._tag === "Some" ? error.value.message : null
    console.log(
      JSON.stringify({ name, ...options, lines, logs: Array.from(new Set(logs)).toSorted(), message })
    )
  })

const runAll = Effect.gen(function* () {
  yield* run("plain", { module: MODULE })
  yield* run("ordered", { module: MODULE })
  yield* run("excluding", { module: MODULE })
  yield* run("alone", { module: MODULE })
  yield* run("logging", { module: MODULE })
  yield* run("tasks", { module: MODULE })
  yield* run("tasksAlone", { threads: 0 })
  yield* run("taskFails", { module: MODULE })
  yield* run("taskEndsOnce", { module: MODULE })
  yield* run("taskEnds", { module: MODULE })
  yield* run("failing", { module: MODULE })
  yield* run("other", { module: MODULE })
  yield* run("other", {})
  yield* run("wrong", { module: MODULE, migration: "text" })
  yield* run("wrong", { module: MODULE, migration: "missing" })
  yield* run("wrong", { module: MODULE, services: "text" })
  yield* run("wrong", { module: MODULE, services: "empty" })
  yield* run("wrong", { module: `${MODULE}.missing` })
  yield* run("wrong", { module: import.meta.url })
  yield* run("wrong", { threads: 1.5 })
})

Effect.runFork(Effect.provide(runAll, services))
