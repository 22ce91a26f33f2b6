/** Where the tests of faults work. */
import { statfsSync } from "node:fs"
import { tmpdir } from "node:os"

const MEMORY = "/dev/shm"
const ENOUGH = 2 ** 30

const free = (folder: string): number => {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return 0
  }
}

/**
 * A folder in memory, where there is one with enough room: what a disk would keep
 * is worked out from the calls, so that nothing is gained by waiting for a real one.
 */
export const PLACE: string = free(MEMORY) >= ENOUGH ? MEMORY : tmpdir()
