/** Migrations whose staged data is damaged between two runs. */
import { Migration, Sink, Transform } from "@chatferry/core"
import { AttachmentInventory } from "@chatferry/sink-attachments"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { Corruption, SendbirdExport } from "@chatferry/testkit/sendbird"
import type { FileSystem, Path } from "effect"

/** The folder below the root that contains everything except the export. */
export const OUT = "out"

export interface Route {
  readonly name: string
  readonly migration: (root: string) => ReturnType<typeof migrate>
}

/** Makes the export that all routes read. */
export const prepare = (root: string) =>
  SendbirdExport.writeZips(`${root}/export`, {
    seed: SEED,
    messages: 300,
    channels: 12,
    users: 30,
    overlap: 0.1,
    through: Corruption.make({ seed: SEED, share: 0.03 }).apply
  })

// internal

const SEED = 7
const CHECKPOINT_RECORDS = 60
const SPLIT_BYTES = 80_000

const migrate = (
  root: string,
  sink: Sink.Sink<FileSystem.FileSystem | Path.Path>,
  transforms: ReadonlyArray<Transform.Transform> = []
) =>
  Migration.run({
    id: "staged",
    source: SendbirdSource.archives({ inputs: [`${root}/export`] }),
    transforms,
    sink,
    policy: { checkpointRecords: CHECKPOINT_RECORDS },
    stateDirectory: `${root}/${OUT}/state`
  })

const ndjson = (layout: "by-kind" | "mixed", gzip: boolean): Route => ({
  name: `NDJSON, ${layout}${gzip ? ", gzip" : ""}`,
  migration: (root) => migrate(root, NdjsonSink.make({ directory: `${root}/${OUT}/ndjson`, layout, gzip }))
})

const stream = (root: string, dialect: "jsonl" | "json-array") =>
  StreamImportSink.make({
    name: dialect,
    directory: `${root}/${OUT}/${dialect}`,
    dialect,
    maxFileBytes: SPLIT_BYTES
  })

const imported = (dialect: "jsonl" | "json-array"): Route => ({
  name: `Stream import, ${dialect}`,
  migration: (root) => migrate(root, stream(root, dialect))
})

const transformed: Route = {
  name: "left out and renamed, into three outputs",
  migration: (root) =>
    migrate(
      root,
      Sink.tee([
        stream(root, "jsonl"),
        NdjsonSink.make({ directory: `${root}/${OUT}/ndjson` }),
        AttachmentInventory.sink({ directory: `${root}/${OUT}/attachments` })
      ]),
      [
        Transform.channels("not-support", (channel) => channel.type !== "support"),
        Transform.users("only-active", (user) => user.isDeactivated !== true),
        Transform.messages("unedited", (message) => message.updatedAt === undefined),
        Transform.renameIds({ user: (id) => `new-${id}`, channel: (id) => `new-${id}` })
      ]
    )
}

export const routes: ReadonlyArray<Route> = [
  ndjson("by-kind", false),
  ndjson("mixed", false),
  ndjson("by-kind", true),
  ndjson("mixed", true),
  imported("jsonl"),
  imported("json-array"),
  imported("jsonl"),
  imported("json-array"),
  transformed,
  transformed
]
