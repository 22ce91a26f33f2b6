// Prevents writing to the folders that are read: once they hold unfinished output, they cannot be read any more.
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Printable from "../../errors/Printable.ts"
import { InvalidConfig, MigrationError } from "../../MigrationError.ts"
import type { Sink } from "../../Sink.ts"
import type { Source } from "../../Source.ts"
import { real } from "../files/realPath.ts"
import { outputsOf } from "../sinks/divided.ts"
import * as MigrationState from "./state.ts"

interface Migration {
  readonly id: string
  readonly stateDirectory: string
  readonly source: Pick<Source, "name" | "inputs">
  readonly sink: Sink<unknown>
}

/** Fails if an output or the state folder is an input. A subfolder of an input is allowed. */
export const ensureApart = Effect.fnUntraced(function* ({
  id,
  sink,
  source,
  stateDirectory
}: Migration): Effect.fn.Return<void, MigrationError, FileSystem.FileSystem | Path.Path> {
  const inputs = new Map<string, string>()
  for (const input of source.inputs ?? []) inputs.set(yield* real(input), input)
  const reject = (setting: string, problem: string) =>
    new MigrationError({ migration: id, reason: new InvalidConfig({ setting, problem }) })
  for (const output of outputsOf(sink)) {
    const input = inputs.get(yield* real(output))
    if (input === undefined) continue
    return yield* reject(
      "sink",
      `the output ${Printable.line(output)} of ${Printable.line(sink.name)} (directory) is ${theInput(source, input)}. Choose another output folder`
    )
  }
  const state = MigrationState.directoryOf(yield* Path.Path, { id, stateDirectory })
  const input = inputs.get(yield* real(state))
  if (input !== undefined) {
    const problem = `the state folder ${Printable.line(state)} is ${theInput(source, input)}. Choose another state folder`
    return yield* reject("stateDirectory", problem)
  }
})

// internal

const theInput = ({ name }: Migration["source"], input: string) =>
  `also the input ${Printable.line(input)} of ${Printable.line(name)} (inputs), which could not be read again after an interruption`
