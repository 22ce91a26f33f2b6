/** Our pipeline on the same job, in a module that worker threads can import. */
import { dirname, join } from "node:path"
import { Migration } from "@chatferry/core"
import { NdjsonSink, NdjsonSource } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { type Job, jobOf } from "./child.ts"

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

const job = jobOf(process.argv[2])

export const migration = Migration.make({
  id: "bench",
  source: sourceOf(job),
  sink: sinkOf(job),
  stateDirectory: join(dirname(job.directory), "state"),
  policy: policyOf(job)
})

export const services = NodeServices.layer
