/**
 * Turns exports of one Stream app into import files for another.
 *
 *     npx -y pnpm@12 stream-to-stream INPUT… --out DIR [--dialect jsonl|json-array]
 *
 * INPUT is an exported file of channels or users, plain or gzip, or a folder or
 * zip of them. Run it again with the same arguments to resume after a kill.
 */
import { Migration, Program } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { StreamSource } from "@chatferry/source-stream"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { commandLine, version } from "./commandLine.ts"

const command = Command.make(
  "07-stream-to-stream",
  {
    inputs: Argument.String("INPUT").pipe(Argument.variadic({ min: 1 })),
    out: Flag.String("out"),
    dialect: Flag.Literals("dialect", ["jsonl", "json-array"]).pipe(Flag.withDefault("jsonl"))
  },
  ({ dialect, inputs, out }) =>
    Migration.run({
      id: "stream-to-stream",
      source: StreamSource.files({ inputs }),
      // Stream finds a distinct channel by its members, which the source has checked against its id.
      sink: StreamImportSink.make({ directory: out, dialect, distinctChannels: "member_ids" }),
      stateDirectory: `${out}/.chatferry`
    }).pipe((migration) => Program.run(migration, { command: commandLine }))
)

Command.run(command, { version }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
