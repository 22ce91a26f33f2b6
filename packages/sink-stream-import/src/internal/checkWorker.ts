// It has its place in this folder because the compiled package has its code there, too, and finds the entry from it.
import { Worker } from "node:worker_threads"
import type { Start } from "./validate/checkProtocol.ts"

/** Starts the thread that checks import files. */
export const startWorker = (start: Start): Worker =>
  // The package runs from its sources and compiled.
  new Worker(new URL(`${ENTRY}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url), {
    workerData: start
  })

// internal

const ENTRY = "./validate/check.worker"
