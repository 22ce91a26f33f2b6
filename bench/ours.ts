/**
 * Our pipeline for the same job: every record is checked and counted, every file
 * is synced and hashed, and the run can be killed and resumed at any time.
 *
 * The environment variable `CHECKPOINT_RECORDS` sets the number of records between
 * commits; with `none`, there is only one at the end.
 */
import { dirname, join } from "node:path"
import { Entity, Migration } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { type Job, main } from "./child.ts"

const policyOf = (records: string | undefined): Migration.Policy =>
  records === "none"
    ? { checkpointRecords: Number.MAX_SAFE_INTEGER, checkpointInterval: "1 day" }
    : { checkpointRecords: Number(records ?? 50_000) }

await main(({ archives, directory, output }: Job) =>
  Migration.run({
    id: "bench",
    source: SendbirdSource.archives({ inputs: archives }),
    sink:
      output === "ndjson"
        ? NdjsonSink.make({ directory })
        : StreamImportSink.make({ directory, dialect: "json-array" }),
    stateDirectory: join(dirname(directory), "state"),
    policy: policyOf(process.env["CHECKPOINT_RECORDS"])
  }).pipe(
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
