import { Migration, Sink } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { AttachmentInventory, SendbirdSource } from "@chatferry/source-sendbird"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect } from "effect"

const program = Effect.gen(function* () {
  yield* Migration.run({
    id: "with-inventory",
    source: SendbirdSource.archives({ inputs: ["./sendbird-export"] }),
    sink: Sink.tee([
      StreamImportSink.make({ directory: "./stream-import", dialect: "jsonl" }),
      AttachmentInventory.sink({ directory: "./attachments" })
    ])
  })
  yield* Console.log(AttachmentInventory.format(yield* AttachmentInventory.readSummary("./attachments")))
})
program.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
