/** Real processes that run the migrations of the programs in this folder, and the files they leave behind. */
import { createHash } from "node:crypto"
import { Effect, FileSystem, Random, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"

export interface Job {
  readonly input: string
  readonly out: string
  readonly checkpointRecords?: number
  /** All three outputs by default, or the Stream import only. */
  readonly sinks?: "all" | "stream-jsonl" | "stream-json" | "ndjson"
  /** Stream's limit by default. */
  readonly maxFileBytes?: number
  /** Options of the migration. */
  readonly id?: string
  /** While this file exists, nothing is read. */
  readonly hold?: string
  /** Worker threads that read. */
  readonly threads?: number
  /** Other variables of the migration's module. */
  readonly env?: Readonly<Record<string, string>>
  /** Words before the command, such as a program that runs it elsewhere. */
  readonly within?: ReadonlyArray<string>
  /** Options of Node. */
  readonly node?: ReadonlyArray<string>
}

/** Starts a migration; the process is killed when the scope closes. */
export const start = ({
  checkpointRecords = 1000,
  env = {},
  hold,
  id = "migrate",
  input,
  maxFileBytes = 300_000_000,
  node = [],
  out,
  sinks = "all",
  threads = 0,
  within = []
}: Job) =>
  spawn("migrate.program.ts", [input, out, String(checkpointRecords), sinks, String(maxFileBytes), id], {
    node,
    within,
    env: { ...env, THREADS: String(threads), ...(hold !== undefined && { HOLD: hold }) }
  })

/** Starts a program of this folder. */
export const spawn = (
  program: string,
  args: ReadonlyArray<string>,
  {
    env = {},
    node = [],
    within = []
  }: {
    readonly env?: Record<string, string>
    readonly node?: ReadonlyArray<string>
    readonly within?: ReadonlyArray<string>
  } = {}
) =>
  Effect.flatMap(ChildProcessSpawner.ChildProcessSpawner, (spawner) => {
    const words = [...within, "node", ...node, "--conditions=@chatferry/source"]
    const [command, ...before] = words as [string, ...Array<string>]
    return spawner.spawn(
      ChildProcess.make(command, [...before, `${import.meta.dirname}/${program}`, ...args], {
        env,
        extendEnv: true
      })
    )
  })

/** Runs an example as a user would, and gives its output and exit code. */
export const runExample = (example: string, args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  ended(spawn(`../examples/${example}.ts`, args, { env }))

/** Waits for a program, and gives its output and exit code. */
export const ended = <E, R>(program: Effect.Effect<ChildProcessSpawner.ChildProcessHandle, E, R>) =>
  Effect.gen(function* () {
    const child = yield* program
    const [out, error, code] = yield* Effect.all(
      [
        Stream.mkString(Stream.decodeText(child.stdout)),
        Stream.mkString(Stream.decodeText(child.stderr)),
        child.exitCode
      ],
      { concurrency: 3 }
    )
    return { out, error, code: Number(code) }
  }).pipe(Effect.scoped)

/** Runs a migration to its end and gives the exit code. */
export const finish = (job: Job) =>
  Effect.scoped(Effect.flatMap(start(job), (child) => Effect.map(child.exitCode, Number)))

/** Like `finish`, with the peak memory of the process. */
export const measure = (job: Job) =>
  Effect.scoped(
    Effect.gen(function* () {
      const child = yield* start(job)
      const [printed, code] = yield* Effect.all(
        [Stream.mkString(Stream.decodeText(child.stderr)), child.exitCode],
        {
          concurrency: 2
        }
      )
      const [, kilobytes = "NaN"] = /peak RSS (\d+) kB/u.exec(printed) ?? []
      return { code: Number(code), peakBytes: Number(kilobytes) * 1024, printed }
    })
  )

/** Kills a program at a random moment within this number of milliseconds; `false` if it had already ended. */
export const killWithin = <E, R>(
  program: Effect.Effect<ChildProcessSpawner.ChildProcessHandle, E, R>,
  duration: number
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const child = yield* program
      const after = yield* Random.nextIntBetween(1, Math.ceil(duration))
      const code = yield* Effect.raceFirst(
        Effect.as(Effect.sleep(after), undefined),
        Effect.map(child.exitCode, Number)
      )
      if (code === undefined) yield* child.kill({ killSignal: "SIGKILL" })
      return { wasKilled: code === undefined, after }
    })
  )

/** Asks every few milliseconds of real time whether something is so, until it is. */
export const until = <E, R>(isSo: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(Effect.andThen(pause, isSo), { until: (so) => so })

const pause = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 2)))

/** Starts a program, kills it with SIGKILL once something is so, and gives its exit code if it had ended before. */
export const killOnce = <E, R, E2, R2>(
  program: Effect.Effect<ChildProcessSpawner.ChildProcessHandle, E, R>,
  isSo: Effect.Effect<boolean, E2, R2>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const child = yield* program
      const code = yield* Effect.raceFirst(
        Effect.as(until(isSo), undefined),
        Effect.map(child.exitCode, Number)
      )
      yield* child.kill({ killSignal: "SIGKILL" })
      return code
    })
  )

/**
 * Repeats a kill that came too late, because the machine did something else meanwhile: the folder is removed, and the
 * program starts again.
 */
export const killBefore = <A, E, R, E2, R2>(
  kill: Effect.Effect<A, E, R>,
  out: string,
  isTooLate: Effect.Effect<boolean, E2, R2>
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    for (let attempt = 1; attempt <= MOST_KILLS; attempt++) {
      yield* kill
      if (!(yield* isTooLate)) return
      yield* fs.remove(out, { recursive: true })
    }
    return yield* Effect.die(new Error(`${out}: ${MOST_KILLS} kills came too late`))
  })

const MOST_KILLS = 4

/** SHA-256 of every published file and of the rejects, by path; not of state and of exports. */
export const digest = (out: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = (yield* fs.readDirectory(out, { recursive: true }))
      .filter((name) => !/^(?:state|exports)\//u.test(name) || name.endsWith("/rejects.ndjson"))
      .toSorted()
    const sums: Record<string, string> = {}
    for (const name of names) {
      const { type } = yield* fs.stat(`${out}/${name}`)
      if (type === "File")
        sums[name] = createHash("sha256")
          .update(yield* fs.readFile(`${out}/${name}`))
          .digest("hex")
    }
    return sums
  })
