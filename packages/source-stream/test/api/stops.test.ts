import type { Source } from "@chatferry/core"
import { CrashPoint, SourceHarness } from "@chatferry/testkit"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, Fiber, FileSystem, Latch, Option, Stream } from "effect"
import { HttpClient } from "effect/http"
import { json, makeApp, errorResponse, SECRET } from "./app.ts"
import { against, notesOf, readAll, recordsOf, services, sourceOf, temporary } from "./harness.ts"

const small = { channels: 30, messages: 2, users: 30, looks: 1 }

it.layer(services, { excludeTestServices: true })("StreamSource.api, when it is stopped,", (it) => {
  it.effect.each(["before", "after"] as const)(
    "resumes %s any request without a second export, and stops if it is unknown whether there is a first one",
    (when) =>
      Effect.gen(function* () {
        const config = { exportsInFlight: 1 }
        const expected = recordsOf(
          yield* readAll(sourceOf(yield* temporary, config)).pipe(against(makeApp(small)))
        )
        let unheard = 0
        for (let n = 1; ; n++) {
          const app = makeApp(small)
          const directory = yield* temporary
          const source = sourceOf(directory, config)
          const first = yield* readAll(source).pipe(
            Effect.provideService(HttpClient.HttpClient, CrashPoint.atRequest(app.http, n, when)),
            Effect.exit
          )
          if (Exit.isSuccess(first)) {
            assert.isAbove(n, 15)
            break
          }
          const made = app.tasks().length
          const again = yield* Effect.result(readAll(source).pipe(against(app)))
          let batches: ReadonlyArray<Source.Batch>
          if (again._tag === "Success") batches = again.success
          else {
            unheard++
            assert.strictEqual(app.tasks().length, made, `request ${n}`)
            const [, location = ""] = /taskIds to \{ "(.+?)"/u.exec(again.failure.message) ?? []
            const taskId = app.tasks().at(-1)?.id ?? ""
            const answer =
              when === "after"
                ? ({ taskIds: { [location]: taskId } } as const)
                : ({ lostAnswers: "ask again" } as const)
            batches = yield* readAll(sourceOf(directory, { ...config, ...answer })).pipe(against(app))
            assert.deepStrictEqual(notesOf(batches), when === "after" ? {} : { export_asked_again: 1 })
          }
          assert.deepStrictEqual(recordsOf(batches), expected)
          assert.strictEqual(app.tasks().length, 4, `request ${n}`)
        }
        assert.strictEqual(unheard, 4)
      }).pipe(Effect.scoped)
  )

  it.effect("stops at a task named in the settings that does not exist or belongs to another export", () =>
    Effect.gen(function* () {
      const app = makeApp(small)
      const directory = yield* temporary
      const once = { users: "none", exportsInFlight: 1 } as const
      const run = (taskIds: Record<string, string>) =>
        readAll(sourceOf(directory, { ...once, taskIds })).pipe(against(app))
      const unknown = yield* Effect.flip(run({ "channels 26 to 30": "task-9" }))
      assert.include(unknown.message, 'taskIds["channels 26 to 30"] is a task that Stream does not know')
      // Only the first batch: it is unknown whether Stream makes the second one.
      assert.strictEqual(app.tasks().length, 1)
      const other = yield* Effect.flip(run({ "channels 26 to 30": "task-1" }))
      assert.include(other.message, "is the task of another export: 5 of 5 channels are not in it")
      const source = sourceOf(directory, { ...once, taskIds: { "channels 26 to 30": "task-1" } })
      const [, second] = yield* SourceHarness.of(source).partitions.pipe(against(app))
      const heard: Array<Source.Batch> = []
      yield* Stream.runForEach(
        SourceHarness.of(source).read(second as Source.Partition, Option.none()),
        (batch) => Effect.sync(() => void heard.push(batch))
      ).pipe(against(app), Effect.flip)
      assert.deepStrictEqual(recordsOf(heard), [])
      const open = yield* Effect.flip(run({}))
      assert.include(open.message, "response was lost")
      const nowhere = yield* Effect.flip(run({ "channels 26 to 31": "task-1" }))
      assert.include(nowhere.message, "is not an export of this run")
      for (const taskIds of [{ channels: "task-1" }, { "channels 1 to 1": "task-1" }, { "channels 1": "" }]) {
        const invalid = yield* Effect.flip(run(taskIds))
        assert.strictEqual(invalid.reason._tag, "InvalidConfig")
      }
      assert.strictEqual(app.tasks().length, 1)
    })
  )

  it.effect("resumes after any batch", () =>
    Effect.gen(function* () {
      const app = makeApp({ ...small, gone: ["messaging:room-3"] })
      const source = sourceOf(yield* temporary, { batchRecords: 20 })
      yield* readAll(source).pipe(against(app))
      const partitions = yield* SourceHarness.of(source).partitions.pipe(against(app))
      for (const [i] of partitions.entries()) {
        const only = SourceHarness.changed(source, () => ({
          partitions: Effect.succeed(partitions.slice(0, i + 1))
        }))
        const batches = yield* readAll(only, i).pipe(against(app))
        for (const [k, { location, position }] of batches.entries()) {
          if (k % 7 !== 0 && !location.endsWith(": done")) continue
          const rest = yield* readAll(only, i, JSON.parse(JSON.stringify(position))).pipe(against(app))
          assert.deepStrictEqual(recordsOf(rest), recordsOf(batches.slice(k + 1)))
          assert.deepStrictEqual(notesOf(rest), notesOf(batches.slice(k + 1)))
        }
      }
    })
  )

  it.effect("ends immediately while waiting for a rate limit, and knows that nothing was requested", () =>
    Effect.gen(function* () {
      const directory = yield* temporary
      const waits = yield* Latch.make(false)
      const limited = makeApp({
        ...small,
        instead: ({ path }) => {
          if (path !== "/export_channels") return undefined
          waits.openUnsafe()
          return json({ code: 9, message: "slow down" }, 429, { "retry-after": "200" })
        }
      })
      const config = { users: "none", exportsInFlight: 1 } as const
      const fiber = yield* Effect.forkChild(readAll(sourceOf(directory, config)).pipe(against(limited)))
      yield* waits.await
      yield* Fiber.interrupt(fiber)
      const app = makeApp(small)
      const batches = yield* readAll(sourceOf(directory, config)).pipe(against(app))
      assert.deepStrictEqual(notesOf(batches), {})
      assert.strictEqual(app.tasks().length, 2)
    })
  )

  it.effect("continues a list that was interrupted while it was written", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const app = makeApp({ channels: 100, messages: 0 })
      const directory = yield* temporary
      const none = { users: "none" } as const
      const whole = yield* SourceHarness.of(sourceOf(directory, none)).partitions.pipe(against(app))
      const [name = ""] = yield* fs.readDirectory(`${directory}/.chatferry`)
      const file = `${directory}/.chatferry/${name}`
      const text = yield* fs.readFileString(file)
      for (const length of [0, 1, 700, 1500, text.length - 1]) {
        yield* fs.writeFileString(file, text.slice(0, length))
        assert.deepStrictEqual(
          yield* SourceHarness.of(sourceOf(directory, none)).partitions.pipe(against(app)),
          whole
        )
        assert.strictEqual(yield* fs.readFileString(file), text)
      }
      yield* fs.writeFileString(file, `{"what":1}\n`)
      const error = yield* Effect.flip(
        SourceHarness.of(sourceOf(directory, none)).partitions.pipe(against(app))
      )
      assert.strictEqual(error.reason._tag, "CorruptInput")
      assert.include(error.message, name)
    })
  )

  it.effect("downloads a removed file again, and requests its export again if Stream has forgotten it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const app = makeApp({ channels: 1 })
      const directory = yield* temporary
      const source = sourceOf(directory, { users: "none", batchRecords: 5 })
      const batches = yield* readAll(source).pipe(against(app))
      const remove = Effect.gen(function* () {
        for (const name of yield* fs.readDirectory(directory)) {
          if (name.endsWith(".jsonl")) yield* fs.remove(`${directory}/${name}`)
        }
      })
      yield* remove
      assert.deepStrictEqual(recordsOf(yield* readAll(source).pipe(against(app))), recordsOf(batches))
      assert.strictEqual(app.tasks().length, 1)
      yield* remove
      app.forget("task-1")
      const position = batches.find(({ records }) => records.length > 0)?.position
      const error = yield* Effect.flip(readAll(source, 0, position).pipe(against(app)))
      assert.strictEqual(error.reason._tag, "InvalidPosition")
      assert.include(error.message, "had to be made again")
    })
  )

  it.effect("rejects a position it did not write, and a record of an export that is broken", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const app = makeApp({ channels: 1 })
      const directory = yield* temporary
      const source = sourceOf(directory, { users: "none" })
      const error = yield* Effect.flip(readAll(source, 0, { page: 1 }).pipe(against(app)))
      assert.strictEqual(error.reason._tag, "InvalidPosition")
      yield* readAll(source).pipe(against(app))
      const names = yield* fs.readDirectory(`${directory}/.chatferry`)
      const journal = names.find((name) => name.endsWith(".json")) ?? ""
      yield* fs.writeFileString(`${directory}/.chatferry/${journal}`, "{")
      const broken = yield* Effect.flip(readAll(source).pipe(against(app)))
      assert.strictEqual(broken.reason._tag, "CorruptInput")
      assert.include(broken.message, journal)
    })
  )

  it.effect("resumes when the cause of an error response is fixed", () =>
    Effect.gen(function* () {
      let isSuspended = true
      const app = makeApp({
        ...small,
        instead: ({ path }) =>
          isSuspended && path.startsWith("/export") ? errorResponse(99, 403, "suspended") : undefined
      })
      const directory = yield* temporary
      const error = yield* Effect.flip(readAll(sourceOf(directory)).pipe(against(app)))
      assert.include(error.message, "the app is suspended")
      isSuspended = false
      const batches = yield* readAll(sourceOf(directory)).pipe(against(app))
      assert.deepStrictEqual(notesOf(batches), {})
      assert.strictEqual(app.tasks().length, 4)
      assert.notInclude(JSON.stringify(batches), SECRET)
    })
  )
})
