import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/**
 * Prevents V8 from sizing its heap by the machine's memory, which takes twice what a
 * migration needs on a large machine. New space has two halves of 16 MB, and old space
 * is collected each time it has grown by 60 %: at 30 %, marking takes a tenth of the time of a run.
 */
export const keepSmall = (): void => {
  const collect = collector()
  // Old space is collected by its growth only after a first time.
  collect({ type: "major", execution: "sync" })
  // Importing modules nearly always leaves new space at this size. Only such a collection shrinks it, and takes long.
  if (newSpace() !== 2 * HALF) {
    collect(LAST_RESORT)
    growOnce(collect, HALF)
  }
  keepSize()
  giveThreads(HALF_OF_HELPERS)
  growBy(GROWTH)
  isSmall = true
}

/**
 * Makes collections of the whole heap rarer while threads read, which have memory of their own to spend: each thread has
 * its own old space, and would otherwise collect it as often as a single one. Returns a function that undoes it.
 */
export const relax = (): (() => void) => {
  if (!isSmall) return () => undefined
  growBy(100)
  giveThreads(HALF)
  return () => {
    growBy(GROWTH)
    giveThreads(HALF_OF_HELPERS)
  }
}

/** Gives back the memory that reading needed, and that what comes after it does not: that leaves less garbage. */
export const shrink = (): void => {
  if (!isSmall) return
  const collect = collector()
  collect(LAST_RESORT)
  growOnce(collect, HALF_AFTER_READING)
  keepSize()
  growBy(GROWTH / 2)
}

// internal

let isSmall = false

/** Megabytes of each half of new space. */
const HALF = 16
const HALF_AFTER_READING = 4
const HALF_OF_HELPERS = 2

/** The only collection that makes new space smaller. */
const LAST_RESORT = { type: "major", execution: "sync", flavor: "last-resort" }

/** In percent. */
const GROWTH = 60

/** Old space is collected each time it has grown by this much. */
const growBy = (percent: number) => setFlagsFromString(`--heap-growing-percent=${percent}`)

/** Megabytes of new space. */
const newSpace = () => {
  const { space_size = 0 } =
    getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space") ?? {}
  return space_size / (1 << 20)
}

/** Keeps new space at its size. */
const keepSize = () => setFlagsFromString("--semi-space-growth-factor=1")

/** New space of threads that are started later, which does not grow. */
const giveThreads = (megabytes: number) => setFlagsFromString(`--min-semi-space-size=${megabytes}`)

/** Grows the smallest new space to this size. */
const growOnce = (collect: Collect, megabytes: number): void => {
  // It grows once more, by this factor, as soon as more objects survive than it can hold.
  setFlagsFromString(`--semi-space-growth-factor=${megabytes}`)
  const survivors = Array.from({ length: 1 << 16 }, (_, i) => ({ i }))
  collect({ type: "minor", execution: "sync" })
  survivors.length = 0
}

type Collect = (options: object) => void

const collector = () => {
  setFlagsFromString("--expose-gc")
  return runInNewContext("gc") as Collect
}
