/** Runs that are stopped at commits and while they publish, and resumed, some of them in processes that are killed. */
import { Source } from "@chatferry/core"
import { EntityGenerator } from "@chatferry/testkit"
import { Corruption } from "@chatferry/testkit/sendbird"
import { StreamExport } from "@chatferry/testkit/stream"
import { type Case, ofFiles, type Parts, type Stops } from "../case.ts"
import * as Inputs from "../inputs.ts"
import * as Sinks from "../sinks.ts"
import * as Sources from "../sources.ts"
import { many } from "./transforms.ts"

/** Batches are small, because commits come between them. */
const batchRecords = 40

const stopped = (name: string, input: Inputs.Input, parts: Parts, ...stops: ReadonlyArray<Stops>): Case =>
  ofFiles(`stops: ${name}`, input, { policy: { checkpointRecords: 120 }, ...parts }, stops)

const zips = Inputs.sendbird({ seed: 81, messages: 500, overlap: 0.1 }, "zips")
const small = Inputs.sendbird({ seed: 82, messages: 150, overlap: 0.1 })
const damaged = Inputs.sendbird(() => ({
  seed: 83,
  messages: 400,
  through: Corruption.make({ seed: 8, share: 0.1 }).apply
}))
const stream = Inputs.files(() => {
  const app = StreamExport.generate({ seed: 84, messages: 400 })
  const bytes = (chunks: Iterable<Uint8Array>) => Buffer.concat(Array.from(chunks))
  return {
    "a.json": bytes(app.channels({ version: "v1" })),
    "b.jsonl": bytes(app.channels({ version: "v2", exportsUsers: true })),
    "users.json": bytes(app.users(app.userIds().slice(0, 8)))
  }
})
const ndjson = Inputs.entities(() => EntityGenerator.make({ seed: 85, records: 1500, extremes: 0 }))

export const stopCases: ReadonlyArray<Case> = [
  stopped("sendbird, zips", zips, { source: Sources.sendbird({ batchRecords }) }, "growing", "killed"),
  stopped(
    "sendbird, folders",
    small,
    { source: Sources.sendbird({ batchRecords }), sink: Sinks.stream() },
    "each"
  ),
  stopped(
    "sendbird, tables",
    Inputs.sendbird({ seed: 86, messages: 500, format: "csv" }),
    { source: Sources.sendbird({ batchRecords }) },
    "growing"
  ),
  stopped("sendbird, damaged", damaged, { source: Sources.sendbird({ batchRecords }) }, "growing"),
  stopped(
    "sendbird, transforms",
    Inputs.sendbird({ seed: 87, messages: 500, overlap: 0.1 }),
    { source: Sources.sendbird({ batchRecords }), transforms: many },
    "growing",
    "killed"
  ),
  stopped(
    "sendbird, an import in several files",
    Inputs.sendbird({ seed: 88, messages: 700 }),
    { source: Sources.sendbird({ batchRecords }), sink: Sinks.stream({ maxFileBytes: 65_536 }) },
    "growing"
  ),
  stopped(
    "two sources",
    small,
    {
      source: (input) =>
        Source.concat(
          "both",
          [
            Sources.sendbird({ name: "one", batchRecords })(input),
            Sources.sendbird({ name: "other", batchRecords, stripSignedUrls: true })(input)
          ],
          { ids: "shared" }
        )
    },
    "growing"
  ),
  stopped("stream", stream, { source: Sources.stream({ batchRecords }) }, "growing"),
  stopped("ndjson", ndjson, { source: Sources.ndjson(), policy: { checkpointRecords: 250 } }, "growing"),
  stopped(
    "ndjson, into ndjson",
    ndjson,
    { source: Sources.ndjson(), sink: Sinks.ndjson({ gzip: true }), policy: { checkpointRecords: 250 } },
    "each"
  )
]
