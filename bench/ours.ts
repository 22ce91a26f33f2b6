/**
 * Our pipeline on the same job, as a program runs it: every record checked and counted, every file synced and hashed, the
 * heap kept small, and the run could be killed and resumed at any instant.
 */
import { dirname, join } from "node:path"
import { Entity, Migration, Program } from "@chatferry/core"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { type Job, main } from "./child.ts"

const sourceOf = ({ paths, source }: Job) => {
  switch (source) {
    case "sendbird":
      return SendbirdSource.archives({ inputs: paths })
    case "stream":
      return StreamSource.files({ inputs: paths })
    case "ndjson":
      return NdjsonSource.make({ inputs: paths })
  }
}

const sinkOf = ({ directory, output }: Job) =>
  output === "ndjson"
    ? NdjsonSink.make({ directory })
    : StreamImportSink.make({ directory, dialect: "json-array" })

const policyOf = ({ checkpointRecords }: Job): Migration.Policy =>
  checkpointRecords === null
    ? { checkpointRecords: Number.MAX_SAFE_INTEGER, checkpointInterval: "1 day" }
    : { checkpointRecords }

await main((job) =>
  Migration.run({
    id: "bench",
    source: sourceOf(job),
    sink: sinkOf(job),
    stateDirectory: join(dirname(job.directory), "state"),
    policy: policyOf(job)
  }).pipe(
    // What it prints is not part of the outcome, and costs next to nothing.
    (migration) => Program.run(migration, { command: "bench", progress: "none" }),
    Effect.map(({ sinks }) => {
      const sink = sinks[0]
      return {
        records: Object.fromEntries(
          Entity.kinds.map((kind) => [kind, sink?.ledger.kinds[kind].written ?? 0])
        ),
        bytes: sink?.files.reduce((sum, file) => sum + file.bytes, 0) ?? 0
      }
    }),
    Effect.provide(NodeServices.layer),
    Effect.runPromise
  )
)
