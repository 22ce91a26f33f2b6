// Which calls of the file system are to fail.
import type * as Faults from "../../../harness/Faults.ts"
import { sampled } from "./reading.ts"

/** Calls that fail in turn: some of all, and one for each file whose content is at stake. */
export const instants = (call: Faults.Call, paths: ReadonlyArray<string>): ReadonlyArray<number> => {
  const some = sampled(paths.length, MOST_FAULTS)
  if (call !== "write" && call !== "sync") return some
  const byName = Map.groupBy(paths.keys(), (at) => nameOf(paths[at] ?? ""))
  const ofEach = Array.from(byName.values(), (at) => at[Math.floor(at.length / 2)] ?? 0)
  return Array.from(new Set([...some, ...ofEach])).toSorted((a, b) => a - b)
}

export const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1)

// internal

const MOST_FAULTS = 3
