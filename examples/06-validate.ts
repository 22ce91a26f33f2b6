/**
 * Checks Stream import files before Stream does: every rule, every item, with
 * the location of each problem and how to fix it. Give files that belong together
 * in the order in which they will be imported, or the folder of an import: its
 * manifest.json lists them.
 *
 *     npx -y pnpm@12 validate FILE…|FOLDER [--dialect jsonl|json-array] [--json] [--settings FILE] [--repeated-keys]
 *
 * `--json` prints Stream's own form of an error report, with the items that are
 * wrong in full. `--settings` names a JSON file with the app's roles, channel
 * types and teams. Ends with 0 when all is valid, 2 when there are errors, and
 * 1 when it is used incorrectly or a file cannot be read.
 */
import { Program } from "@chatferry/core"
import { StreamImportValidator } from "@chatferry/sink-stream-import"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, Option, Stdio, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { version } from "./commandLine.ts"

const command = Command.make(
  "06-validate",
  {
    files: Argument.String("file").pipe(Argument.variadic({ min: 1 })),
    dialect: Flag.Literals("dialect", ["jsonl", "json-array"]).pipe(Flag.optional),
    isJson: Flag.Boolean("json").pipe(Flag.withDefault(false)),
    settings: Flag.String("settings").pipe(Flag.optional),
    findsRepeatedKeys: Flag.Boolean("repeated-keys").pipe(Flag.withDefault(false))
  },
  ({ dialect, files, findsRepeatedKeys, isJson, settings }) =>
    Effect.gen(function* () {
      const given = Option.isSome(settings) ? yield* StreamImportValidator.readSettings(settings.value) : {}
      const result = yield* StreamImportValidator.validate({
        files,
        settings: findsRepeatedKeys ? { ...given, repeatedKeys: "find" } : given,
        ...(Option.isSome(dialect) ? { dialect: dialect.value } : {})
      })
      yield* isJson
        ? Stream.run(StreamImportValidator.formatErrorReport(result), (yield* Stdio.Stdio).stdout())
        : Console.log(StreamImportValidator.format(result).trimEnd())
      if (!result.isValid) return yield* Program.end(2)
    }).pipe(
      Effect.catchTag("ValidatorError", ({ message }) =>
        Effect.andThen(Console.error(message), Program.end(1))
      )
    )
)

Command.run(command, { version }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
