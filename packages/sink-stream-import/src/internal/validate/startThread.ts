import { Worker } from "node:worker_threads"

/** Starts a thread with a module of this folder, from the sources or from the built package. */
export const startThread = (module: string, workerData: unknown): Worker =>
  new Worker(new URL(`${module}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url), {
    workerData
  })
