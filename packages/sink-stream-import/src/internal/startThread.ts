import { Worker } from "node:worker_threads"

/**
 * Starts a thread with a module of this package, named from this folder, which is where all of its code is when it is
 * built.
 */
export const startThread = (module: string, workerData: unknown): Worker =>
  new Worker(new URL(`${module}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url), {
    workerData
  })
