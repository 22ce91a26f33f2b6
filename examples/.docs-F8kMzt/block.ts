import { Entity, Migration, Source } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect, Schema } from "effect"

const ada = Schema.decodeUnknownSync(Entity.schemas.user)({ _tag: "user", id: "ada", name: "Ada" })

Migration.run({
  id: "ada",
  source: Source.fromEntities("ada", [ada]),
  sink: NdjsonSink.make({ directory: "./out" })
}).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
