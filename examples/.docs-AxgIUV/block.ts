import { Ids, Migration, Report, Source, Transform } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect } from "effect"

const users = ["ada", "bob"].map((id) => ({ _tag: "user", id: Ids.UserId.make(id), name: id }) as const)

Migration.run({
  id: "two-users",
  source: Source.fromEntities("memory", users),
  transforms: [Transform.users("not-bob", (user) => user.name !== "bob")],
  sink: NdjsonSink.make({ directory: "./out" })
}).pipe(
  Effect.map(Report.format),
  Effect.tap(Console.log),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
