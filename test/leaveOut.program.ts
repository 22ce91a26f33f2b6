/**
 * Keeps the channels for support, and leaves out deactivated users and edited messages, into a Stream import, NDJSON and a list of attachments, as a
 * process that tests can kill.
 *
 *     node --conditions=@chatferry/source test/leaveOut.program.ts INPUT OUT [CHECKPOINT-RECORDS]
 */
import { Migration, Program, Sink, Transform } from "@chatferry/core"
import { AttachmentInventory } from "@chatferry/sink-attachments"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"

const [input = "", out = "", checkpointRecords = "500"] = process.argv.slice(2)

const migration = Migration.run({
  id: "leave-out",
  source: SendbirdSource.archives({ inputs: [input] }),
  transforms: [
    Transform.channels("only-support", (channel) => channel.type === "support"),
    Transform.users("only-active", (user) => user.isDeactivated !== true),
    Transform.messages("unedited", (message) => message.updatedAt === undefined)
  ],
  sink: Sink.tee([
    StreamImportSink.make({ name: "stream-jsonl", directory: `${out}/stream-jsonl`, dialect: "jsonl" }),
    StreamImportSink.make({ name: "stream-json", directory: `${out}/stream-json`, dialect: "json-array" }),
    NdjsonSink.make({ directory: `${out}/ndjson` }),
    AttachmentInventory.sink({ directory: `${out}/attachments` })
  ]),
  policy: { checkpointRecords: Number(checkpointRecords) },
  stateDirectory: `${out}/state`
})

Program.run(migration, { command: "again" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
