// The entry of a thread that reads.
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { wordsOf } from "../../errors/SystemProblem.ts"
import { markWorker } from "./isWorker.ts"
import * as NodeThreads from "./nodeThreads.ts"
import type { FromWorker, Start, ToWorker } from "./protocol.ts"

const { data, port } = NodeThreads.parent<FromWorker, ToWorker>()
const report = (problem: string) => port.post({ _tag: "unusable", problem })
markWorker(report)
const start = data as Start
// Not statically, because a program that only prepares a migration would load it too when the package is built.
const { work } = await import("./work.ts")
Effect.runFork(
  Effect.catchCause(work(port, start), (cause) =>
    Effect.sync(() => report(wordsOf(Cause.squash(cause))))
  ).pipe(Effect.ensuring(Effect.sync(port.close)))
)
