import { CrashPoint, SourceHarness } from "@chatferry/testkit"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, FileSystem } from "effect"
import { HttpClient } from "effect/http"
import { dataTypes, readAll, recordsOf, services, sourceOf, start, temporary } from "./harness.ts"

it.layer(services, { excludeTestServices: true })("SendbirdSource.api, when it is stopped,", (it) => {
  it.effect.each(["before", "after"] as const)(
    "resumes %s any request and never requests a window twice",
    (when) =>
      Effect.gen(function* () {
        const calm = yield* start()
        const expected = recordsOf(yield* readAll(sourceOf(calm, yield* temporary)))
        for (let n = 1; ; n++) {
          const emulator = yield* start()
          const source = sourceOf(emulator, yield* temporary)
          const client = CrashPoint.atRequest(yield* HttpClient.HttpClient, n, when)
          const first = yield* readAll(source).pipe(
            Effect.provideService(HttpClient.HttpClient, client),
            Effect.exit
          )
          if (Exit.isSuccess(first)) break
          assert.deepStrictEqual(recordsOf(yield* readAll(source)), expected)
          assert.deepStrictEqual(emulator.doubleRegistrations(), [])
          assert.strictEqual(emulator.registrations().length, dataTypes.length + 2)
        }
      }).pipe(Effect.scoped)
  )

  it.effect("resumes after any batch", () =>
    Effect.gen(function* () {
      const emulator = yield* start({ faults: { failedExport: 0.5 } })
      const source = sourceOf(emulator, yield* temporary, { batchRecords: 20 })
      yield* readAll(source)
      const partitions = yield* SourceHarness.of(source).partitions
      for (const [i] of partitions.entries()) {
        const only = SourceHarness.changed(source, () => ({
          partitions: Effect.succeed(partitions.slice(0, i + 1))
        }))
        const batches = yield* readAll(only, i)
        for (const [k, { position }] of batches.entries()) {
          const rest = yield* readAll(only, i, JSON.parse(JSON.stringify(position)))
          assert.deepStrictEqual(recordsOf(rest), recordsOf(batches.slice(k + 1)))
        }
      }
    })
  )

  it.effect("downloads a removed file again, as long as Sendbird has it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const emulator = yield* start()
      const directory = yield* temporary
      const source = sourceOf(emulator, directory)
      const first = recordsOf(yield* readAll(source))
      for (const name of yield* fs.readDirectory(directory)) {
        if (name.endsWith(".zip")) yield* fs.remove(`${directory}/${name}`)
      }
      assert.deepStrictEqual(recordsOf(yield* readAll(source)), first)
      assert.strictEqual(emulator.registrations().length, 5)
    })
  )

  it.effect("does not resume in the middle of an export that had to be made again", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const emulator = yield* start()
      const directory = yield* temporary
      const source = sourceOf(emulator, directory, { batchRecords: 20, dataTypes: ["messages"] })
      const batches = yield* readAll(source)
      const position = batches.find(({ records }) => records.length > 0)?.position
      for (const name of yield* fs.readDirectory(directory)) yield* fs.remove(`${directory}/${name}`)
      const error = yield* Effect.flip(readAll(source, 0, position))
      assert.strictEqual(error.reason._tag, "InvalidPosition")
      assert.include(error.message, "had to be made again")
    })
  )

  it.effect("rejects a position it did not write", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const error = yield* Effect.flip(readAll(sourceOf(emulator, yield* temporary), 0, { page: 1 }))
      assert.strictEqual(error.reason._tag, "InvalidPosition")
    })
  )

  it.effect("names the damaged journal of an export", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const emulator = yield* start()
      const directory = yield* temporary
      const source = sourceOf(emulator, directory)
      yield* readAll(source)
      const names = yield* fs.readDirectory(directory)
      const journal = names.find((name) => name.endsWith(".export.json")) ?? ""
      yield* fs.writeFileString(`${directory}/${journal}`, "{")
      const error = yield* Effect.flip(readAll(source))
      assert.strictEqual(error.reason._tag, "CorruptInput")
      assert.include(error.message, journal)
    })
  )
})
