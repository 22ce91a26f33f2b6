import { StreamExport } from "@chatferry/testkit"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect } from "effect"

const app = StreamExport.generate({ messages: 2000, features: { manyReactions: 0.2 } })
const selection = { version: "v2", includesTruncated: true } as const
const layout = { envelope: "single-key" } as const

const program = Effect.gen(function* () {
  yield* StreamExport.writeFile("./channels.jsonl.gz", app.channels(selection, layout))
  yield* StreamExport.writeFile("./users.jsonl", app.users(app.userIds().slice(0, 25)))
  const { distinct, reactions } = app.truth(selection, layout)
  yield* Console.log(distinct.message, reactions.all, reactions.latest)
})

program.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
