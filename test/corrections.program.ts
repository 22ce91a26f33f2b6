/**
 * A migration of exports of three kinds into two outputs, with corrections or without, as a process that tests can kill.
 *
 *     node --conditions=@chatferry/source test/corrections.program.ts INPUT OUT [CORRECTIONS]
 */
import { Program } from "@chatferry/core"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import { migration } from "./rejects/migration.ts"

const [input = "", out = "", corrections] = process.argv.slice(2)

Program.run(migration(input, out, corrections), { command: "again" }).pipe(
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
