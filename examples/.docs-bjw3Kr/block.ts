import { Migration, Program, Transform } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect } from "effect"

const migration = Migration.run({
  id: "with-transforms",
  source: SendbirdSource.archives({ inputs: ["./sendbird-export"] }),
  transforms: [
    Transform.messages("recent", (message, { since }) => message.createdAt >= since, {
      settings: { since: "2020" }
    }),
    Transform.mapKind("channel", "named", (channel) => ({ ...channel, name: channel.name ?? "Chat" })),
    Transform.redact({ user: ["imageUrl"], message: ["attachments.custom"] }),
    Transform.renameIds({ user: (id) => `legacy-${id}` })
  ],
  sink: NdjsonSink.make({ directory: "./out" })
})
const program = Program.run(migration, { command: "node migrate.ts" })
program.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
