/**
 * Counts modules, lines, arrows between rooms and circles of each package. Fails where modules import one another in a
 * circle, types included, and where a file is longer than it may be.
 *
 *     node --conditions=@chatferry/source test/structure.program.ts [--arrows]
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem } from "effect"
import { measure, MOST_LINES } from "./structure.ts"

/** Files that are longer than they may be, with their lines: the list gets shorter, and no number in it larger. */
const LONGER: Readonly<Record<string, number>> = {
  "connector/src/files/ArchiveReader.ts": 352,
  "connector/src/internal/records/reader.ts": 311,
  "core/src/SourceError.ts": 302,
  "core/src/internal/json/elementReader.ts": 434
}

const packages = `${import.meta.dirname}/../packages`

Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const problems: Array<string> = []
  const seen = new Set<string>()
  yield* Console.log("package               modules  public  lines  over 300  rooms  arrows  circles")
  for (const name of (yield* fs.readDirectory(packages)).sort()) {
    const folder = `${packages}/${name}/src`
    const paths = (yield* fs.readDirectory(folder, { recursive: true })).filter((path) =>
      path.endsWith(".ts")
    )
    const texts = yield* Effect.forEach(paths.sort(), (path) =>
      Effect.map(fs.readFileString(`${folder}/${path}`), (text) => [path, text] as const)
    )
    const found = measure(new Map(texts))
    const { arrows, circles, lines, long, modules, publicModules, rooms } = found
    const numbers = [
      [modules, 9],
      [publicModules, 8],
      [lines, 7],
      [long.length, 10],
      [rooms, 7],
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
      const file = `${name}/src/${path}`
      seen.add(file)
      const most = LONGER[file] ?? MOST_LINES
      if (count > most) problems.push(`${file} has ${count} lines, ${most} at most: split it`)
      if (count < most) problems.push(`${file} has ${count} lines: write that instead of ${most}`)
    }
  }
  for (const file of Object.keys(LONGER)) {
    if (!seen.has(file)) problems.push(`${file} is not too long any more: take it out of the list`)
  }
  for (const problem of problems) yield* Console.error(problem)
  if (problems.length > 0) return yield* Effect.fail(`${problems.length} problems`)
}).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
