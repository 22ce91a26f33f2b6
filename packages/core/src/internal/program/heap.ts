import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/**
 * Prevents V8 from sizing its heap by the machine's memory, which takes twice what a
 * migration needs on a large machine. New space has two halves of 16 MB, and old space
 * is collected each time it has grown by a third.
 */
export const keepSmall = (): void => {
  // Importing modules has already grown the new space, and only such a collection shrinks it.
  collector()({ type: "major", execution: "sync", flavor: "last-resort" })
  growOnce()
  setFlagsFromString("--heap-growing-percent=30")
  isSmall = true
}

/** Whether the heaps of this process are kept small, which later threads must take into account. */
export const areSmall = (): boolean => isSmall

/** Lets the new space of this thread grow to its size, and not any more. */
export const growOnce = (): void => {
  const collect = collector()
  // It grows once more, by this factor, as soon as more objects survive than it can hold.
  setFlagsFromString("--semi-space-growth-factor=16")
  const survivors = Array.from({ length: 1 << 16 }, (_, i) => ({ i }))
  collect({ type: "minor", execution: "sync" })
  survivors.length = 0
  setFlagsFromString("--semi-space-growth-factor=1")
}

// internal

let isSmall = false

const collector = () => {
  setFlagsFromString("--expose-gc")
  return runInNewContext("gc") as (options: object) => void
}
