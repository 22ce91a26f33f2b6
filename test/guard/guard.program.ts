/**
 * Shows the results of runs, one line of JSON per case. The lines are the same on each run and each machine with the
 * same version of Node, so that any change to the output shows.
 *
 *     npx -y pnpm@12 guard > BEFORE
 *     npx -y pnpm@12 guard --against BEFORE
 *
 * `--only TEXT` runs the cases whose names contain this text; `--also PATH` adds a Sendbird export and may be
 * repeated. Ends with 1 if something differs or is missing, or if a run that was stopped and resumed has a different
 * result from an undisturbed one; with 2 on wrong usage.
 */
import { parseArgs } from "node:util"
import { NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem } from "effect"
import { also, cases } from "./cases.ts"
import { compare, format, parse } from "./compare.ts"
import type { Line } from "./outcome.ts"
import * as Run from "./run.ts"

const options = () => {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((word) => word !== "--"),
    options: {
      only: { type: "string", default: "" },
      also: { type: "string", multiple: true, default: [] },
      against: { type: "string" }
    }
  })
  const chosen = [...cases, ...values.also.map(also)].filter(({ name }) => name.includes(values.only))
  if (chosen.length === 0) throw new Error(`no case has ${JSON.stringify(values.only)} in its name`)
  const twice = chosen.find(({ name }, i) => chosen.findIndex((other) => other.name === name) < i)
  if (twice !== undefined) throw new Error(`two cases have the name ${JSON.stringify(twice.name)}`)
  return { ...values, chosen }
}

const program = Effect.gen(function* () {
  const { against, chosen, only } = yield* Effect.try({ try: options, catch: (cause) => cause })
  const fs = yield* FileSystem.FileSystem
  const before = against === undefined ? undefined : parse(yield* fs.readFileString(against))
  const run = yield* Run.make
  const lines: Array<Line> = []
  const startedAt = performance.now()
  for (const one of chosen) {
    yield* Effect.matchEffect(run(one), {
      onFailure: ({ message }) => {
        process.exitCode = 1
        return Console.error(message)
      },
      onSuccess: (line) => {
        lines.push(line)
        return Console.log(JSON.stringify(line))
      }
    })
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  yield* Console.error(`${lines.length} of ${chosen.length} cases in ${seconds} s`)
  if (before === undefined) return
  const comparison = compare(
    before.filter((line) => line.case.includes(only)),
    lines
  )
  if (comparison.changed.length > 0 || comparison.gone.length > 0) process.exitCode = 1
  yield* Console.error(format(comparison).join("\n"))
}).pipe(
  Effect.scoped,
  Effect.catch((error) => {
    process.exitCode = 2
    return Console.error(error instanceof Error ? error.message : String(error))
  })
)

await Effect.runPromise(Effect.provide(program, NodeServices.layer))
