/** The floor of a check: each line of the file is parsed by `JSON.parse`, and nothing is looked at. */
import { main } from "./child.ts"
import { eachLine } from "./script/lines.ts"

await main(({ paths }) => {
  let items = 0
  const bytes = eachLine(paths, (line) => {
    JSON.parse(line)
    items++
  })
  return { records: { item: items }, bytes }
})
