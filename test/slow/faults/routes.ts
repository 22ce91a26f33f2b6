/** Migrations and an upload as processes, each in its own folder, and their results. */
import { createHash } from "node:crypto"
import { Migration } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { Corruption, SendbirdEmulator, SendbirdExport } from "@chatferry/testkit/sendbird"
import { StreamEmulator } from "@chatferry/testkit/stream"
import type { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, type Scope, Stream } from "effect"
import * as Processes from "../../processes.ts"
import { answerTo } from "../streamAnswers.ts"

/** How a process ended. */
interface Ended {
  readonly code: number | "killed" | "hangs"
  readonly printed: string
  readonly error: string
}

/** One migration or upload, from scratch to its end. Its output is in the folder `OUT` of the root. */
export interface World {
  /** Runs the process once. */
  readonly run: (env?: Record<string, string>) => Effect.Effect<Ended, never, Needs>
  /** Runs it like a user who responds to its questions. */
  readonly resume: Effect.Effect<Ended, never, Needs>
  /** The published files, the rejects and the report, as hashes by name. */
  readonly outcome: Effect.Effect<Readonly<Record<string, string>>, never, Needs>
  /** Number of exports or imports that a service had to make twice. */
  readonly doubles: () => number
}

type Needs = NodeServices.NodeServices

export interface Route {
  readonly name: string
  /** Makes the input of all runs in this folder. */
  readonly prepare: (root: string) => Effect.Effect<void, never, Needs | Scope.Scope>
  /** A run in this folder, and the service it uses. */
  readonly open: (root: string) => Effect.Effect<World, never, Needs | Scope.Scope>
}

export const OUT = "out"

/** From an export on disk; `sinks` as in `migrate.program.ts`. */
const fromFiles = (sinks: "all" | "ndjson" | "stream-jsonl"): Route => ({
  name: `files to ${sinks === "all" ? "three outputs" : sinks}`,
  prepare: (root) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      if (yield* fs.exists(`${root}/export`)) return
      const { apply } = Corruption.make({ seed: SEED, share: 0.03 })
      const small = { seed: SEED, messages: 300, channels: 12, users: 30, overlap: 0.1 }
      yield* SendbirdExport.writeZips(`${root}/export`, { ...small, through: apply })
    }).pipe(Effect.orDie),
  open: (root) =>
    Effect.succeed({
      ...program(root, "migrate.program.ts", [
        `${root}/export`,
        `${root}/${OUT}`,
        String(CHECKPOINT_RECORDS),
        sinks,
        // Imports are split, too.
        String(SPLIT_BYTES)
      ]),
      outcome: published(root, "migrate"),
      doubles: () => 0
    })
})

export const files: ReadonlyArray<Route> = [fromFiles("ndjson"), fromFiles("stream-jsonl"), fromFiles("all")]

/** Exports that Sendbird makes during the run. */
const sendbirdApi: Route = {
  name: "Sendbird's export API",
  prepare: () => Effect.void,
  open: (root) =>
    Effect.gen(function* () {
      const app = yield* SendbirdEmulator.start({
        data: { seed: SEED, messages: 300, channels: 12, users: 30, windows: 3 },
        exportPolls: 1
      })
      const period = [String(app.from), String(app.to)]
      return {
        ...program(
          root,
          "apiMigrate.program.ts",
          [app.baseUrl, app.applicationId, ...period, `${root}/${OUT}`],
          { SENDBIRD_API_TOKEN: app.apiToken }
        ),
        outcome: published(root, "api"),
        doubles: () => app.doubleRegistrations().length
      }
    }).pipe(Effect.orDie)
}

/** Exports that Stream makes during the run. */
const streamApi: Route = {
  name: "Stream's export API",
  prepare: () => Effect.void,
  open: (root) =>
    Effect.gen(function* () {
      const app = yield* StreamEmulator.start({
        data: { seed: SEED, messages: 300, channels: 12, users: 30 },
        taskLooks: 1
      })
      const out = `${root}/${OUT}`
      const of = program(root, "streamMigrate.program.ts", [app.baseUrl, app.apiKey, out], {
        STREAM_API_SECRET: app.apiSecret
      })
      const resume = Effect.gen(function* () {
        const ended = yield* of.run()
        const answer = yield* answerTo(ended.error, app, `${out}/exports`)
        return answer === undefined ? ended : yield* of.run(answer.env)
      })
      // These two report which exports were requested again.
      const withoutNotes = Effect.map(published(root, "stream"), (names) => {
        const { "report.json": _, "stream/manifest.json": __, ...rest } = names
        return rest
      })
      return {
        ...of,
        resume: Effect.orDie(resume),
        outcome: withoutNotes,
        doubles: () => app.doubleExports().length
      }
    }).pipe(Effect.orDie)
}

/** The upload of two import files to Stream. */
const importApi: Route = {
  name: "Stream's import API",
  prepare: (root) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      if (yield* fs.exists(`${root}/import`)) return
      const directory = yield* fs.makeTempDirectoryScoped()
      yield* SendbirdExport.writeZips(`${directory}/export`, { seed: SEED, messages: 200, channels: 6 })
      yield* Migration.run({
        id: "import",
        source: SendbirdSource.archives({ inputs: [`${directory}/export`] }),
        sink: StreamImportSink.make({
          directory: `${root}/import`,
          dialect: "jsonl",
          maxFileBytes: SPLIT_BYTES
        }),
        stateDirectory: `${directory}/state`
      })
    }).pipe(Effect.orDie),
  open: (root) =>
    Effect.gen(function* () {
      const app = yield* StreamEmulator.start({
        channelTypes: { messaging: 20_000, livestream: 20_000 }
      })
      const things = { ...app }
      const of = program(
        root,
        "streamUpload.program.ts",
        [app.baseUrl, app.apiKey, `${root}/import`, `${root}/${OUT}`],
        { STREAM_API_SECRET: app.apiSecret }
      )
      return {
        ...of,
        outcome: Effect.sync(() =>
          Object.fromEntries(
            (["users", "channels", "members", "messages", "reactions"] as const).map((kind) => [
              kind,
              hash(JSON.stringify(things[kind]()))
            ])
          )
        ),
        doubles: () => app.doubleImports().length
      }
    }).pipe(Effect.orDie)
}

export const services: ReadonlyArray<Route> = [sendbirdApi, streamApi, importApi]

// internal

const SEED = 7
const CHECKPOINT_RECORDS = 60
const SPLIT_BYTES = 80_000
// A run takes a second on an idle machine.
const TIME_LIMIT = "3 minutes"

/** A program of `test/` that writes below the root. */
const program = (
  root: string,
  file: string,
  args: ReadonlyArray<string>,
  always: Record<string, string> = {}
): Pick<World, "resume" | "run"> => {
  const run: World["run"] = (env = {}) =>
    Effect.gen(function* () {
      const cache = { NODE_COMPILE_CACHE: `${root}-cache` }
      const child = yield* Processes.spawn(file, args, { env: { ...cache, ...always, ...env } })
      const code = child.exitCode.pipe(
        Effect.map(Number),
        // Ended by a signal: there is no exit code.
        Effect.orElseSucceed(() => "killed" as const),
        Effect.timeoutOrElse({ duration: TIME_LIMIT, orElse: () => Effect.succeed("hangs" as const) }),
        Effect.tap((ended) =>
          ended === "hangs" ? Effect.ignore(child.kill({ killSignal: "SIGKILL" })) : Effect.void
        )
      )
      const [ended, printed, error] = yield* Effect.all(
        [
          code,
          Stream.mkString(Stream.decodeText(child.stdout)),
          Stream.mkString(Stream.decodeText(child.stderr))
        ],
        { concurrency: 3 }
      )
      return { code: ended, printed, error: error.replace(/^peak RSS .*\n/mu, "") }
    }).pipe(Effect.scoped, Effect.orDie)
  return { run, resume: run() }
}

const published = (root: string, id: string): World["outcome"] =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = `${root}/${OUT}/state/${id}/report.json`
    const report = (yield* fs.exists(file)) ? yield* fs.readFileString(file) : "none"
    const sums = yield* Processes.digest(`${root}/${OUT}`)
    return { ...sums, "report.json": hash(report.replaceAll(root, "")) }
  }).pipe(Effect.orDie)

const hash = (text: string) => createHash("sha256").update(text).digest("hex")
