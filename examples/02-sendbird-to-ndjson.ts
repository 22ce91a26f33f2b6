/**
 * Turns Sendbird data exports into NDJSON files of canonical entities, one per kind.
 *
 *     npx -y pnpm@12 sendbird-to-ndjson INPUT… --out DIR
 */
import { Migration, Program } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { SendbirdSource } from "@chatferry/source-sendbird"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { commandLine, version } from "./commandLine.ts"

const command = Command.make(
  "02-sendbird-to-ndjson",
  { inputs: Argument.String("INPUT").pipe(Argument.variadic({ min: 1 })), out: Flag.String("out") },
  ({ inputs, out }) =>
    Migration.run({
      id: "sendbird-to-ndjson",
      source: SendbirdSource.archives({ inputs }),
      sink: NdjsonSink.make({ directory: out }),
      stateDirectory: `${out}/.chatferry`
    }).pipe((migration) => Program.run(migration, { command: commandLine }))
)

Command.run(command, { version }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
