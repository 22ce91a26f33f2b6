import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/**
 * Keeps V8 from sizing its heap by the machine's memory, which takes twice what
 * a migration needs where there is much. New space is two halves of 16 MB, and
 * old space is collected each time it has grown by a third.
 */
export const keepSmall = (): void => {
  // Importing modules has grown new space already, and only such a collection shrinks it.
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as (options: object) => void
  collect({ type: "major", execution: "sync", flavor: "last-resort" })
  // It grows again, once, by this factor, as soon as more survives than it holds.
  setFlagsFromString("--semi-space-growth-factor=16")
  const survivors = Array.from({ length: 1 << 16 }, (_, i) => ({ i }))
  collect({ type: "minor", execution: "sync" })
  survivors.length = 0
  setFlagsFromString("--semi-space-growth-factor=1")
  setFlagsFromString("--heap-growing-percent=30")
}
