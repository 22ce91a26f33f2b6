/** The floor of NDJSON in and out: each line is parsed and written again, file by file, and nothing is looked at. */
import { closeSync, openSync, readdirSync, writeSync } from "node:fs"
import { join } from "node:path"
import { main } from "./child.ts"
import { eachLine } from "./script/lines.ts"

const BLOCK = 1 << 20

await main(({ directory, paths }) => {
  let bytes = 0
  let records = 0
  for (const folder of paths) {
    for (const name of readdirSync(folder).filter((one) => one.endsWith(".ndjson"))) {
      const file = openSync(join(directory, name), "w")
      let text = ""
      const write = () => {
        bytes += writeSync(file, text)
        text = ""
      }
      eachLine([join(folder, name)], (line) => {
        records++
        text += `${JSON.stringify(JSON.parse(line))}\n`
        if (text.length > BLOCK) write()
      })
      write()
      closeSync(file)
    }
  }
  return { records: { record: records }, bytes }
})
