/** Lines of files one after the other, read a megabyte at a time. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs"

const BLOCK = 1 << 20
const LINE_FEED = 10

/** Gives each line that is not empty as text, and the number of all bytes. */
export const eachLine = (paths: ReadonlyArray<string>, take: (line: string) => void): number => {
  let total = 0
  for (const path of paths) {
    const file = openSync(path, "r")
    const { size } = fstatSync(file)
    let block = Buffer.allocUnsafeSlow(BLOCK)
    let used = 0
    for (let at = 0; at < size;) {
      if (used === block.length) block = Buffer.concat([block, Buffer.allocUnsafeSlow(block.length)])
      const read = readSync(file, block, used, block.length - used, at)
      at += read
      used += read
      const end = at === size ? used : block.lastIndexOf(LINE_FEED, used - 1) + 1
      for (let from = 0; from < end;) {
        const to = block.indexOf(LINE_FEED, from)
        const last = to < 0 || to > end ? end : to
        if (last > from) take(block.toString("utf8", from, last))
        from = last + 1
      }
      block.copyWithin(0, end, used)
      used -= end
    }
    closeSync(file)
    total += size
  }
  return total
}
