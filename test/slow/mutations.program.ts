/**
 * Attacks readers with damaged files, as a process that a test can watch: it
 * prints each seed before it starts, and how it ended.
 *
 *     node --conditions=@chatferry/source test/slow/mutations.program.ts FROM TO STEP
 *
 * Seeds alternate between all readers. Ends with 1 when something could not be made.
 */
import { appendFileSync } from "node:fs"
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { attack, readers } from "./mutations.ts"

const [from = 0, to = 0, step = 1] = process.argv.slice(2).map(Number)

// Not console.log: the output must be readable even if this process hangs on the next line.
const say = (line: object) => appendFileSync(1, `${JSON.stringify(line)}\n`)

const program = Effect.gen(function* () {
  const inputs = yield* Effect.forEach(readers, (reader) =>
    Effect.map(reader.files, (files) => ({ reader, files }))
  )
  for (let seed = from; seed < to; seed += step) {
    const input = inputs[seed % inputs.length]
    if (input === undefined) continue
    say({ next: seed, reader: input.reader.name })
    const startedAt = performance.now()
    const ended = yield* Effect.match(attack(input.reader, input.files, seed), {
      onFailure: ({ message }) => ({ violation: message }),
      onSuccess: (attacked) => attacked
    })
    say({ ...ended, millis: Math.round(performance.now() - startedAt) })
  }
}).pipe(
  Effect.scoped,
  Effect.catch((error) =>
    Effect.sync(() => {
      say({ unprepared: error instanceof Error ? error.message : String(error) })
      process.exitCode = 1
    })
  )
)

await Effect.runPromise(Effect.provide(program, NodeServices.layer))
