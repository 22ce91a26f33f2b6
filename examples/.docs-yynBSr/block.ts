import { SendbirdEmulator } from "@chatferry/testkit"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect } from "effect"

const program = Effect.gen(function* () {
  const emulator = yield* SendbirdEmulator.start({ data: { messages: 500 }, faults: { cutBody: 0.1 } })
  yield* emulator.failNext("lostResponse")
  // … a client reads emulator.baseUrl with emulator.apiToken …
  yield* Console.log(emulator.baseUrl, emulator.exportTruth().distinct.message) // what it must find
  yield* Console.log(emulator.doubleRegistrations()) // what it must not do
})

program.pipe(Effect.scoped, Effect.provide(NodeServices.layer), NodeRuntime.runMain)
