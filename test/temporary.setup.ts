/**
 * Where tests have their files. Migrations have the disk confirm what they commit, some ten thousand times in all tests,
 * and waiting for that takes longer than the rest; memory confirms at once. Where there is none, it is the usual folder.
 */
import { mkdtempSync, rmSync, statfsSync } from "node:fs"

const MEMORY = "/dev/shm"
/** More than ten times what all tests hold at once. */
const SPACE = 2 ** 30

const hasSpace = () => {
  try {
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize >= SPACE
  } catch {
    return false
  }
}

/** Is called before the first test, for each project, and gives what is to be done after the last one. */
export const setup = () => {
  if (process.env["TMPDIR"]?.startsWith(MEMORY) === true || !hasSpace()) return
  const folder = mkdtempSync(`${MEMORY}/chatferry-`)
  process.env["TMPDIR"] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
