/**
 * Counts modules, lines, arrows between folders and circles of each package. Fails where modules import one another in a
 * circle, types included, and where a file is longer than it may be.
 *
 *     node --conditions=@chatferry/source test/structure.program.ts [--arrows]
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem } from "effect"
import { measure, MOST_LINES } from "./structure.ts"

const packages = `${import.meta.dirname}/../packages`

Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const problems: Array<string> = []
  yield* Console.log("package               modules  public  lines  over 300  folders  arrows  circles")
  for (const name of (yield* fs.readDirectory(packages)).sort()) {
    const folder = `${packages}/${name}/src`
    const paths = (yield* fs.readDirectory(folder, { recursive: true })).filter((path) =>
      path.endsWith(".ts")
    )
    const texts = yield* Effect.forEach(paths.sort(), (path) =>
      Effect.map(fs.readFileString(`${folder}/${path}`), (text) => [path, text] as const)
    )
    const found = measure(new Map(texts))
    const { arrows, circles, lines, long, modules, publicModules, folders } = found
    const numbers = [
      [modules, 9],
      [publicModules, 8],
      [lines, 7],
      [long.length, 10],
      [folders, 9],
      [arrows.size, 8],
      [circles.length, 9]
    ] as const
    yield* Console.log(
      name.padEnd(20) + numbers.map(([number, width]) => String(number).padStart(width)).join("")
    )
    if (process.argv.includes("--arrows")) {
      for (const [arrow, count] of arrows) yield* Console.log(`    ${arrow}  ${count}`)
    }
    for (const circle of circles) problems.push(`${name}: a circle of ${circle.join(", ")}`)
    for (const [path, count] of long) {
      problems.push(`${name}/src/${path} has ${count} lines, ${MOST_LINES} at most: split it`)
    }
  }
  for (const problem of problems) yield* Console.error(problem)
  if (problems.length > 0) return yield* Effect.fail(`${problems.length} problems`)
}).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
