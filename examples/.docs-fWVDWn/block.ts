import { Migration, Program } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect } from "effect"

const migration = Migration.run({
  id: "sendbird-to-stream",
  source: SendbirdSource.archives({ inputs: ["./sendbird-export"] }),
  sink: StreamImportSink.make({ directory: "./stream-import", dialect: "jsonl" })
})
const program = Program.run(migration, { command: "node migrate.ts" })
program.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
