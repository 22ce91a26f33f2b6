/**
 * Turns Sendbird data exports into Stream import files.
 *
 *     npx -y pnpm@12 sendbird-to-stream INPUT… --out DIR [--dialect jsonl|json-array]
 *
 * INPUT is a zip of an export, or a folder of zips or JSON files. Run it again
 * with the same arguments to resume after a kill.
 */
import { Migration, Program } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { commandLine, version } from "./commandLine.ts"

const command = Command.make(
  "01-sendbird-to-stream",
  {
    inputs: Argument.String("INPUT").pipe(Argument.variadic({ min: 1 })),
    out: Flag.String("out"),
    dialect: Flag.Literals("dialect", ["jsonl", "json-array"]).pipe(Flag.withDefault("jsonl"))
  },
  ({ dialect, inputs, out }) =>
    Migration.run({
      id: "sendbird-to-stream",
      source: SendbirdSource.archives({ inputs }),
      sink: StreamImportSink.make({ directory: out, dialect }),
      stateDirectory: `${out}/.chatferry`
    }).pipe((migration) => Program.run(migration, { command: commandLine }))
)

Command.run(command, { version }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
