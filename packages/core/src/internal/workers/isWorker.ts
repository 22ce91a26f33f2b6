/**
 * In a thread that reads, reports that its module runs a migration, and returns true: a thread imports the module of a
 * migration only to read for it.
 */
export const reportsRun = (): boolean => {
  const report: unknown = Reflect.get(globalThis, MARK)
  if (typeof report !== "function") return false
  Reflect.set(globalThis, REPORTED, true)
  report(
    "it runs a migration when it is imported. Export the migration from a module of its own, or run it only if isMainThread of node:worker_threads is true"
  )
  return true
}

/** Marks this thread as one that reads. */
export const markWorker = (report: (problem: string) => void): void => {
  Reflect.set(globalThis, MARK, report)
}

/** Whether this thread has reported a run. */
export const isReported = (): boolean => Reflect.has(globalThis, REPORTED)

// internal

/** By name, because a program may have two copies of this package. */
const MARK = Symbol.for("@chatferry/core/internal/workers")
const REPORTED = Symbol.for("@chatferry/core/internal/workers/reported")
