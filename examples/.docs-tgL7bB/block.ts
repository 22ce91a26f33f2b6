import { SendbirdExport } from "@chatferry/testkit"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect } from "effect"

const program = Effect.gen(function* () {
  const { truth } = yield* SendbirdExport.writeZips("./export", { messages: 2000, overlap: 0.1 })
  yield* Console.log(truth.records.message) // what a reader meets, with the copies of overlapping windows
  yield* Console.log(truth.distinct.message) // 2000
})

program.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
