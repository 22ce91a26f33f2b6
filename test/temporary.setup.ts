/**
 * Where tests have their files. Migrations have the disk confirm what they commit, some ten thousand times in all tests,
 * and waiting for that takes longer than the rest; memory confirms at once. Where there is none, it is the usual folder.
 * `resolved.preload.ts` has a folder there, too.
 */
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from "node:fs"
import { tmpdir } from "node:os"

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
  if (process.env["RESOLVED"] !== undefined) return
  const folder = mkdtempSync(`${hasSpace() ? MEMORY : tmpdir()}/chatferry-`)
  process.env["TMPDIR"] = folder
  process.env["RESOLVED"] = `${folder}/resolved`
  mkdirSync(process.env["RESOLVED"])
  return () => rmSync(folder, { recursive: true, force: true })
}
