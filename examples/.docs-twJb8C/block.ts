import { Migration, Transform } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"

const report = await Migration.run({
  id: "support-only",
  source: SendbirdSource.archives({ inputs: ["sendbird-export"] }),
  transforms: [
    Transform.channels("only-support", (channel) => channel.type === "support"),
    Transform.users("only-active", (user) => user.isDeactivated !== true, { messages: "keep" }),
    Transform.messages("recent", (message, { since }) => message.createdAt >= since, {
      settings: { since: "2020" }
    })
  ],
  sink: StreamImportSink.make({ directory: "stream-import", dialect: "jsonl" })
}).pipe(Effect.provide(NodeServices.layer), Effect.runPromise)

const { channel, message, reaction } = report.sinks[0]?.ledger.kinds ?? {}
console.log(channel?.dropped, message?.dropped, reaction?.dropped)
