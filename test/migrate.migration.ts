/**
 * The migration that `migrate.program.ts` runs, in a module that worker threads can import. It depends on the arguments
 * of the program, and on these variables:
 *
 * - `HOLD`: while this file exists, nothing is read.
 * - `ENDS`: a worker thread ends itself at its batch `ENDS_AT`, as long as this folder has fewer files than `ENDS_TIMES`.
 */
import { existsSync, readdirSync, writeFileSync } from "node:fs"
import { isMainThread, threadId } from "node:worker_threads"
import { Migration, Sink, Transform } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
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

const { ENDS, ENDS_AT = "3", ENDS_TIMES = "1", HOLD } = process.env
const isHeld = () => HOLD !== undefined && existsSync(HOLD)
const waiting = Transform.make("wait", (records) =>
  Effect.gen(function* () {
    while (isHeld()) yield* Effect.sleep(20)
    return Transform.kept(records)
  })
)

let batches = 0
const ending = Transform.make("end", (records) =>
  Effect.sync(() => {
    batches++
    if (
      ENDS !== undefined &&
      !isMainThread &&
      batches === Number(ENDS_AT) &&
      readdirSync(ENDS).length < Number(ENDS_TIMES)
    ) {
      writeFileSync(`${ENDS}/${threadId}`, "")
      process.exit(7)
    }
    return Transform.kept(records)
  })
)

export const migration = Migration.make({
  id,
  source: SendbirdSource.archives({ inputs: [input] }),
  transforms: [...(HOLD === undefined ? [] : [waiting]), ...(ENDS === undefined ? [] : [ending])],
  sink: all.find(({ name }) => name === sinks) ?? Sink.tee(all),
  policy: { checkpointRecords: Number(checkpointRecords) },
  stateDirectory: `${out}/state`
})

export const services = NodeServices.layer
