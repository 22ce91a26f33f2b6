/**
 * Kills a migration in the middle, with SIGKILL, and runs it again: it resumes
 * at its last checkpoint, and the output is the same as that of an undisturbed run.
 *
 *     npx -y pnpm@12 resume
 */
import { Migration } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, FileSystem, Schedule } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"

const migrate = (input: string, out: string) =>
  Migration.run({
    id: "resume",
    source: SendbirdSource.archives({ inputs: [input] }),
    sink: NdjsonSink.make({ directory: out }),
    policy: { checkpointRecords: 1000 },
    stateDirectory: `${out}/.chatferry`
  })

const demonstrate = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const folder = yield* fs.makeTempDirectoryScoped()
  const input = `${folder}/export`
  yield* SendbirdExport.writeZips(input, { seed: 4, messages: 10_000 })

  const killed = `${folder}/killed`
  const child = yield* spawner.spawn(
    ChildProcess.make(process.execPath, [...process.execArgv, import.meta.filename, input, killed])
  )
  yield* fs
    .exists(`${killed}/.chatferry/resume/checkpoint.json`)
    .pipe(Effect.repeat({ until: (isThere) => isThere, schedule: Schedule.spaced("1 millis") }))
  yield* child.kill({ killSignal: "SIGKILL" })
  yield* Console.log(`killed; there is a result: ${yield* fs.exists(`${killed}/manifest.json`)}`)

  yield* migrate(input, killed)
  yield* migrate(input, `${folder}/undisturbed`)
  const [resumed, undisturbed] = yield* Effect.forEach([killed, `${folder}/undisturbed`], (out) =>
    fs.readFileString(`${out}/manifest.json`)
  )
  yield* Console.log(`resumed; the same bytes as undisturbed: ${resumed === undisturbed}`)
})

const [input, out] = process.argv.slice(2)
const program = input !== undefined && out !== undefined ? migrate(input, out) : Effect.scoped(demonstrate)

program.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
