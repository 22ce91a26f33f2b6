/** The folder for tests of faults. */
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
 * A folder in memory, if there is one with enough space. The state of the disk
 * is computed from the calls, so a real disk would only take more time.
 */
export const TEMPORARY_ROOT: string = free(MEMORY) >= ENOUGH ? MEMORY : tmpdir()
