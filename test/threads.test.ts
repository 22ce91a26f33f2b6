/** Migrations for which worker threads read. */
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeServices } from "@effect/platform-node"
import { afterAll, assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { once } from "./kept.ts"
import * as Processes from "./processes.ts"
import { isMany, property } from "./runs.ts"

/** An export with rejects, and what a migration on one thread makes of it. */
const made = once(
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectory()
    const input = `${folder}/export`
    yield* SendbirdExport.writeZips(input, { seed: 3, messages: 1500, overlap: 0.1 })
    assert.include([0, 2], yield* Processes.finish({ input, out: `${folder}/one` }))
    return { folder, input, expected: yield* Processes.digest(`${folder}/one`) }
  }).pipe(Effect.provide(NodeServices.layer))
)
afterAll(() =>
  Effect.runPromise(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* fs.remove((yield* made).folder, { recursive: true })
    }).pipe(Effect.provide(NodeServices.layer))
  )
)

/** Without manifests, which name the transform that ends threads. */
const dataOf = (sums: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(sums).filter(([name]) => !name.endsWith("/manifest.json")))

it.layer(NodeServices.layer)("a migration for which threads read", (it) => {
  it.effect(
    "gives the bytes of one thread with any number of them",
    () =>
      Effect.gen(function* () {
        const { expected, folder, input } = yield* made
        for (const threads of isMany ? [1, 2, 3, 5] : [2]) {
          const out = `${folder}/${threads}`
          assert.include([0, 2], yield* Processes.finish({ input, out, threads }))
          assert.deepStrictEqual(yield* Processes.digest(out), expected, `${threads} threads`)
        }
      }),
    property
  )

  it.effect("gives the same bytes when it is killed and resumed with another number of threads", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { expected, folder, input } = yield* made
      const out = `${folder}/killed`
      for (const threads of [2, 0]) {
        const before = yield* Effect.orElseSucceed(
          fs.readFileString(`${out}/state/migrate/checkpoint.json`),
          () => ""
        )
        const isFurther = Effect.map(
          Effect.orElseSucceed(fs.readFileString(`${out}/state/migrate/checkpoint.json`), () => ""),
          (now) => now !== before
        )
        yield* Processes.killOnce(Processes.start({ input, out, threads, checkpointRecords: 300 }), isFurther)
        assert.isFalse(yield* fs.exists(`${out}/ndjson/manifest.json`), "it was killed too late")
      }
      assert.include([0, 2], yield* Processes.finish({ input, out, threads: 1 }))
      assert.deepStrictEqual(yield* Processes.digest(out), expected)
    })
  )

  it.effect("gives the same bytes when it is killed while threads run tasks after reading", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const start = (name: string, threads: number) =>
        Processes.spawn("tasks.program.ts", [`${folder}/${name}`, String(threads)])
      const made = (name: string) =>
        Effect.all([
          fs.readFileString(`${folder}/${name}/data/records`),
          fs.readFileString(`${folder}/${name}/state/tasks/rejects.ndjson`)
        ])
      assert.strictEqual((yield* Processes.ended(start("whole", 0))).code, 2)
      const areDone = Effect.map(
        Effect.orElseSucceed(fs.readFileString(`${folder}/killed/state/tasks/checkpoint.json`), () => ""),
        (checkpoint) => checkpoint.includes(`"late/5":`)
      )
      assert.isUndefined(yield* Processes.killOnce(start("killed", 2), areDone))
      assert.strictEqual((yield* Processes.ended(start("killed", 1))).code, 2)
      assert.deepStrictEqual(yield* made("killed"), yield* made("whole"))
    })
  )

  it.effect("gives the same bytes when threads end by themselves", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { expected, folder, input } = yield* made
      const run = Effect.fnUntraced(function* (name: string, threads: number, times: number, at: number) {
        const ends = `${folder}/${name}-ends`
        yield* fs.makeDirectory(ends)
        const env = { ENDS: ends, ENDS_TIMES: String(times), ENDS_AT: String(at) }
        const out = `${folder}/${name}`
        const { code, printed } = yield* Processes.measure({ input, out, threads, env })
        return { code, printed, out, ended: (yield* fs.readDirectory(ends)).length }
      })
      const ended = yield* run("ended", 2, 2, 3)
      assert.strictEqual(ended.ended, 2)
      assert.include([0, 2], ended.code, ended.printed)
      assert.deepStrictEqual(dataOf(yield* Processes.digest(ended.out)), dataOf(expected))
      const hopeless = yield* run("hopeless", 1, 99, 1)
      assert.strictEqual(hopeless.code, 1)
      assert.match(hopeless.printed, /it ended 3 times while it read \S+, segment \d+: exit code 7/u)
      assert.strictEqual(yield* fs.exists(`${hopeless.out}/ndjson/manifest.json`), false)
    })
  )

  it.effect("says how many threads read, why one does everything, and why threads cannot be used", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const { error, out } = yield* Processes.ended(Processes.spawn("threads.program.ts", [folder]))
      assert.strictEqual(error, "")
      const ends = out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Ended)
      assert.deepStrictEqual(
        ends.map(({ lines, logs, message, name }) => ({
          name,
          logs,
          starts: lines.slice(1).map((line) => line.replace(`migration ${name}: `, "")),
          message: (message ?? "")
            .replace(`migration ${name}: `, "")
            .replaceAll(/file:\S*\/| imported from .*(?=\. Fix)|(?<=')\/\S*\//gu, "")
        })),
        expectedEnds
      )
      const [alone, ...onThreads] = yield* Effect.forEach(["tasksAlone", "tasks", "taskEndsOnce"], (name) =>
        Effect.all([
          fs.readFileString(`${folder}/${name}/records`),
          fs.readFileString(`${folder}/state/${name}/rejects.ndjson`)
        ])
      )
      assert.deepStrictEqual(onThreads, [alone, alone])
      assert.lengthOf((alone?.[1] ?? "").trim().split("\n"), 29)
    })
  )
})

interface Ended {
  readonly name: string
  readonly lines: ReadonlyArray<string>
  readonly logs: ReadonlyArray<string>
  readonly message: string | null
}

const onOne = (why: string) => [`reading on one thread, because ${why}`]
const onWorkers = ["reading on 1 worker thread"]
const unusable = (problem: string, module = "threads.migration.ts") =>
  `worker threads cannot be used with ${module}: ${problem}. Fix it, or run without threads.`

const expectedEnds = [
  { name: "plain", starts: onWorkers },
  { name: "ordered", starts: onOne("the transform first depends on the order of records") },
  { name: "excluding", starts: onOne("the transform none leaves out records before a sink that cannot") },
  { name: "alone", starts: onOne("the source memory cannot be read by several threads") },
  { name: "logging", starts: onWorkers, logs: ["from a worker thread"] },
  { name: "tasks", starts: onWorkers, logs: ["a task in a worker thread"] },
  { name: "tasksAlone", starts: [], logs: ["a task in the main thread"] },
  {
    name: "taskFails",
    starts: onWorkers,
    logs: ["a task in a worker thread"],
    message: "late: part 2 cannot be written. Leave it."
  },
  {
    name: "taskEndsOnce",
    starts: onWorkers,
    logs: ["a task in a worker thread", "a worker thread has ended: exit code 7"]
  },
  {
    name: "taskEnds",
    starts: onWorkers,
    logs: ["a task in a worker thread", "a worker thread has ended: exit code 7"],
    message: unusable("it ended 3 times while it worked on late/2: exit code 7")
  },
  {
    name: "failing",
    starts: onWorkers,
    message:
      'transform "fail" for message m2000, in the batch that ends at memory, record 2048: it failed: it is the 2001st (at threads.migration.ts:41:56)'
  },
  {
    name: "other",
    starts: onWorkers,
    message: unusable(
      "its migration has other settings in a worker thread: they must not depend on the time, random numbers, or what the program does"
    )
  },
  { name: "other", starts: onOne("it was not given as a module") },
  { name: "wrong", starts: onWorkers, message: unusable("it has no export text that is a migration") },
  { name: "wrong", starts: onWorkers, message: unusable("it has no export missing that is a migration") },
  { name: "wrong", starts: onWorkers, message: unusable("its export text is not a layer") },
  {
    name: "wrong",
    starts: onWorkers,
    message: unusable(
      "it needs the services of the migration as its export empty: a layer such as NodeServices.layer"
    )
  },
  {
    name: "wrong",
    starts: onWorkers,
    message: unusable(
      "it cannot be imported: Cannot find module 'threads.migration.ts.missing'",
      "threads.migration.ts.missing"
    )
  },
  {
    name: "wrong",
    starts: onWorkers,
    message: unusable(
      "it runs a migration when it is imported. Export the migration from a module of its own, or run it only if isMainThread of node:worker_threads is true",
      "threads.program.ts"
    )
  },
  { name: "wrong", starts: [], message: "threads must be a whole number from 0 to 64, but is 1.5" }
].map((one) => Object.assign({ logs: [], message: "" }, one))
