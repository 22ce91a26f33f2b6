/**
 * One attempt at the run of a case, in a process that kills itself before its n-th renaming of a file.
 *
 *     node --conditions=@chatferry/source test/guard/killed.program.ts CASE INPUT OUT STATE N
 */
import { appendFileSync } from "node:fs"
import { Start } from "@chatferry/core"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, FileSystem } from "effect"
import { cases } from "./cases.ts"
import { ENDED, KILLED, RESUMING } from "./stops.ts"

const [name = "", input = "", out = "", state = "", n = ""] = process.argv.slice(2)

// Synchronously, because nothing can be written later.
const say = (text: string) => appendFileSync(1, text)

const killing = (fs: FileSystem.FileSystem): FileSystem.FileSystem => {
  let renames = 0
  return FileSystem.make({
    ...fs,
    rename: (from, to) =>
      Effect.suspend(() => {
        if (++renames < Number(n)) return fs.rename(from, to)
        say(KILLED)
        process.kill(process.pid, "SIGKILL")
        return Effect.never
      })
  })
}

const program = Effect.gen(function* () {
  const found = cases.find((one) => one.name === name)
  if (found === undefined) return yield* Effect.fail(`there is no case ${name}`)
  const attempt = yield* found.prepare({ input, out, state })
  yield* attempt
}).pipe(
  Effect.scoped,
  Effect.provideServiceEffect(FileSystem.FileSystem, Effect.map(FileSystem.FileSystem, killing)),
  Effect.provideService(Start.Listener, ({ _tag }) =>
    Effect.sync(() => {
      if (_tag === "resuming") say(RESUMING)
    })
  ),
  Effect.matchCause({ onFailure: (cause) => say(String(cause)), onSuccess: () => say(ENDED) })
)

await Effect.runPromise(Effect.provide(program, NodeServices.layer))
