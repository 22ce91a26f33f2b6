import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/**
 * Prevents V8 from sizing its heap by the machine's memory, which takes twice what a
 * migration needs on a large machine. New space has two halves of 16 MB, and old space
 * is collected each time it has grown by 60 %: at 30 %, marking takes a tenth of the time of a run.
 */
export const keepSmall = (): void => {
  // Importing modules has already grown the new space, and only such a collection shrinks it.
  collector()({ type: "major", execution: "sync", flavor: "last-resort" })
  growOnce()
  growBy(GROWTH)
  isSmall = true
}

/** Whether the heaps of this process are kept small, which later threads must take into account. */
export const areSmall = (): boolean => isSmall

/**
 * Makes collections of the whole heap rarer while threads read, which have memory of their own to spend: each thread has
 * its own old space, and would otherwise collect it as often as a single one. Returns a function that undoes it.
 */
export const relax = (): (() => void) => {
  if (!isSmall) return () => undefined
  growBy(100)
  return () => growBy(GROWTH)
}

/** Gives back the memory that reading needed, and that what comes after it does not: that leaves less garbage. */
export const shrink = (): void => {
  if (!isSmall) return
  collector()({ type: "major", execution: "sync", flavor: "last-resort" })
  growOnce(4)
  growBy(GROWTH / 2)
}

/** Lets the new space of this thread grow once by a factor, at most to its size, and not any more. */
export const growOnce = (factor = 16): void => {
  const collect = collector()
  // It grows once more, by this factor, as soon as more objects survive than it can hold.
  setFlagsFromString(`--semi-space-growth-factor=${factor}`)
  const survivors = Array.from({ length: 1 << 16 }, (_, i) => ({ i }))
  collect({ type: "minor", execution: "sync" })
  survivors.length = 0
  setFlagsFromString("--semi-space-growth-factor=1")
}

// internal

let isSmall = false

/** In percent. */
const GROWTH = 60

/** Old space is collected each time it has grown by this much. */
const growBy = (percent: number) => setFlagsFromString(`--heap-growing-percent=${percent}`)

const collector = () => {
  setFlagsFromString("--expose-gc")
  return runInNewContext("gc") as (options: object) => void
}
