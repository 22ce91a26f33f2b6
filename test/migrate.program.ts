/**
 * A migration into all three outputs, or into one Stream import only, as a process that tests can kill.
 *
 *     node --conditions=@chatferry/source test/migrate.program.ts INPUT OUT [CHECKPOINT-RECORDS [all|stream-jsonl|stream-json|ndjson [MAX-FILE-BYTES [ID]]]]
 */
import { existsSync, readFileSync } from "node:fs"
import { Migration, Program, Sink, Transform } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"

const [
  input = "",
  out = "",
  checkpointRecords = "1000",
  sinks = "all",
  maxFileBytes = "300000000",
  id = "migrate"
] = process.argv.slice(2)

const stream = (name: string, dialect: "jsonl" | "json-array") =>
  StreamImportSink.make({ name, directory: `${out}/${name}`, dialect, maxFileBytes: Number(maxFileBytes) })
const all = [
  stream("stream-jsonl", "jsonl"),
  stream("stream-json", "json-array"),
  NdjsonSink.make({ directory: `${out}/ndjson` })
]

const { HOLD } = process.env
const isHeld = () => HOLD !== undefined && existsSync(HOLD)
const waiting = Transform.make("wait", (records) =>
  Effect.gen(function* () {
    while (isHeld()) yield* Effect.sleep(20)
    return Transform.kept(records)
  })
)

const migration = Migration.run({
  id,
  source: SendbirdSource.archives({ inputs: [input] }),
  transforms: HOLD === undefined ? [] : [waiting],
  sink: all.find(({ name }) => name === sinks) ?? Sink.tee(all),
  policy: { checkpointRecords: Number(checkpointRecords) },
  stateDirectory: `${out}/state`
})

// Not from getrusage, whose figure includes the memory of the process that forked this one.
process.on("exit", () => {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync("/proc/self/status", "utf8")) ?? []
  process.stderr.write(`peak RSS ${kilobytes} kB\n`)
})

Program.run(migration, { command: "again" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
