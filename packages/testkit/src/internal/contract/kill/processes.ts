// Processes that run a migration, and the files they leave behind.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as ChildProcess from "effect/process/ChildProcess"
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Files, readFolder } from "../engine/stage.ts"
import { Job, MIGRATION, OUTPUT, JobReport, STATE } from "./job.ts"
import * as ThisProcess from "./thisProcess.ts"

export type Services = FileSystem.FileSystem | Path.Path | ChildProcessSpawner.ChildProcessSpawner

export interface Options {
  /** Options of Node. */
  readonly node: ReadonlyArray<string>
  /** Folder for compiled modules where this process has none: it spares later processes some of their start. */
  readonly cache: string
}

/** Runs a job to its end, or to the moment before which it is killed. */
export const run = Effect.fnUntraced(function* (
  job: Job,
  { cache, node }: Options
): Effect.fn.Return<JobReport, PlatformError.PlatformError, Services | Scope.Scope> {
  const program = yield* Effect.orDie(Path.Path.pipe(Effect.flatMap((path) => path.fromFileUrl(PROGRAM))))
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const child = yield* spawner.spawn(
    ChildProcess.make(ThisProcess.node().path, [...node, program, encode(job)], {
      env: { NODE_COMPILE_CACHE: ThisProcess.cache() ?? cache },
      extendEnv: true
    })
  )
  const [printed, errors] = yield* Effect.all(
    [child.stdout, child.stderr].map((stream) => Stream.mkString(Stream.decodeText(stream))),
    { concurrency: 2 }
  )
  // A killed process has no exit code.
  yield* Effect.exit(child.exitCode)
  const last = (printed ?? "").trimEnd().split("\n").at(-1) ?? ""
  return Option.getOrElse(decode(last), (): JobReport => ({
    _tag: "failed",
    error: `the process ended with: ${(errors ?? "").slice(0, MOST_SHOWN)}`
  }))
}, Effect.scoped)

export interface Left {
  /** What is in the output folder. */
  readonly files: Files
  readonly rejects: string
}

export const left = Effect.fnUntraced(function* (
  folder: string
): Effect.fn.Return<Left, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const rejects = (yield* Path.Path).join(folder, STATE, MIGRATION, "rejects.ndjson")
  return {
    files: yield* readFolder((yield* Path.Path).join(folder, OUTPUT)),
    rejects: (yield* fs.exists(rejects)) ? yield* fs.readFileString(rejects) : ""
  }
})

// internal

/** It has the same file extension as this module, compiled or not. */
const PROGRAM = new URL(
  `../../../kill.program${/\.\w+$/u.exec(import.meta.url)?.[0] ?? ".js"}`,
  import.meta.url
)

const MOST_SHOWN = 2000

const encode = Schema.encodeSync(Schema.fromJsonString(Job))
const decode = Schema.decodeUnknownOption(Schema.fromJsonString(JobReport))
