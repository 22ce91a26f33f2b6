import * as Effect from "effect/Effect"
import { reportsRun } from "./workers/isWorker.ts"

/** What runs migrations. A program that only prepares or describes one does not load it. */
export const runner = Effect.suspend(() =>
  reportsRun() ? Effect.never : Effect.promise(() => import("./run/run.ts"))
)
