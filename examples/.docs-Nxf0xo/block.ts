import { Program } from "@chatferry/core"
import { StreamImportValidator } from "@chatferry/sink-stream-import"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem } from "effect"

const program = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  yield* fs.writeFileString("import.jsonl", `{"type":"user","data":{"id":"ada","role":"chief"}}\n`)
  const result = yield* StreamImportValidator.validate({
    files: ["import.jsonl"],
    settings: { app: { userRoles: ["user", "admin"] } }
  })
  if (result.isValid) throw new Error("the app has no chief")
  yield* Console.log(StreamImportValidator.format(result))
})

program.pipe(
  // A file that cannot be read is not a defect: one line says so, without a stack.
  Effect.catchTag("ValidatorError", ({ message }) => Effect.andThen(Console.error(message), Program.end(1))),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
