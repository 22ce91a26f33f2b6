/**
 * Runs programs one after the other in one process, each in its own folder as if it were alone: starting Node takes
 * longer than most of them. A program has ended when nothing is left to do; `ended` in the folder above has the names
 * of those that have. The process ends with the exit code of the first one that fails.
 *
 *     node --conditions=@chatferry/source test/docs.program.ts FOLDER NAME…
 */
import { appendFileSync } from "node:fs"

const [folder = "", ...names] = process.argv.slice(2)
/** As Node has it for a module that waits for what never comes. */
const UNSETTLED = 13

let name: string | undefined
let isLoaded = true

const load = async (next: string) => {
  const file = `${folder}/${next}/block.ts`
  process.chdir(`${folder}/${next}`)
  process.argv.splice(1, Infinity, file)
  await import(file)
  isLoaded = true
}

process.on("beforeExit", (code) => {
  if (!isLoaded) process.exit(UNSETTLED)
  if (code !== 0) process.exit(code)
  if (name !== undefined) appendFileSync(`${folder}/ended`, `${name}\n`)
  const next = names.shift()
  name = next
  isLoaded = next === undefined
  // Node asks again only when there was something to do, which not every program has.
  if (next !== undefined) setImmediate(() => void load(next))
})
