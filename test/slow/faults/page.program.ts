/**
 * Puts the results of the last full runs of test:faults and test:damage into docs/reliability.md.
 *
 *     node --conditions=@chatferry/source test/slow/faults/page.program.ts
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Option } from "effect"
import * as Page from "./page.ts"
import * as Results from "./results.ts"
import { sweeps } from "./sweeps.ts"

const PAGE = `${import.meta.dirname}/../../../docs/reliability.md`

Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const found = yield* Effect.forEach(sweeps, (sweep) =>
    Effect.map(Results.load(sweep), (result) => ({ sweep, result }))
  )
  const problems = found.flatMap(({ result, sweep }) => {
    const problem = Page.problemOf(sweep, result)
    return problem === undefined ? [] : [`${sweep.title}: ${problem}`]
  })
  if (problems.length > 0) {
    yield* Console.error(
      [
        ...problems,
        "Run `npx -y pnpm@12 test:faults` and `npx -y pnpm@12 test:damage` to their ends, then run this again."
      ].join("\n")
    )
    process.exitCode = 1
    return
  }
  const results = found.flatMap(({ result, sweep }) =>
    Option.toArray(Option.map(result, (one) => ({ sweep, result: one })))
  )
  yield* fs.writeFileString(PAGE, Page.withResults(yield* fs.readFileString(PAGE), results))
}).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
