import { StreamImportApi } from "@chatferry/sink-stream-import"
import { CrashPoint } from "@chatferry/testkit"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, FileSystem } from "effect"
import { HttpClient } from "effect/http"
import { configOf, services, start, twoFiles } from "./harness.ts"

it.layer(services, { excludeTestServices: true })("StreamImportApi.upload after a stop", (it) => {
  it.effect.each(["before", "after"] as const)(
    "resumes from a stop %s any request, and imports nothing twice",
    (when) =>
      Effect.gen(function* () {
        for (let n = 1; ; n++) {
          const emulator = yield* start()
          const config = configOf(emulator, yield* twoFiles)
          const first = yield* StreamImportApi.upload(config).pipe(
            Effect.provideService(
              HttpClient.HttpClient,
              CrashPoint.atRequest(yield* HttpClient.HttpClient, n, when)
            ),
            Effect.exit
          )
          if (Exit.isSuccess(first)) {
            assert.isAbove(n, 10)
            break
          }
          const report = yield* StreamImportApi.upload(config)
          assert.strictEqual(report.status, "completed")
          assert.strictEqual(emulator.imports().length, 2)
          assert.deepStrictEqual(emulator.doubleImports(), [])
        }
      })
  )

  it.effect("resumes after any write of its journal", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      for (let n = 1; ; n++) {
        const dying = CrashPoint.atRename(fs, n)
        const emulator = yield* start()
        const config = configOf(emulator, yield* twoFiles)
        const first = yield* StreamImportApi.upload(config).pipe(
          Effect.provideService(FileSystem.FileSystem, dying),
          Effect.exit
        )
        if (Exit.isSuccess(first)) {
          assert.isAbove(n, 8)
          break
        }
        yield* StreamImportApi.upload(config)
        assert.strictEqual(emulator.imports().length, 2)
      }
    })
  )

  it.effect("only requests the results of finished imports", () =>
    Effect.gen(function* () {
      const emulator = yield* start()
      const config = configOf(emulator, yield* twoFiles)
      const first = yield* StreamImportApi.upload(config)
      const before = emulator.requests()
      assert.deepStrictEqual(yield* StreamImportApi.upload(config), first)
      const looks = before["GET /imports/{id}"] ?? 0
      assert.deepStrictEqual(emulator.requests(), { ...before, "GET /imports/{id}": looks + 2 })
    })
  )

  it.effect("rejects a journal that it did not write", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const emulator = yield* start()
      const config = configOf(emulator, yield* twoFiles)
      yield* StreamImportApi.upload(config)
      const names = yield* fs.readDirectory(config.stateDirectory)
      const name = names.find((one) => one.endsWith(".json")) ?? ""
      yield* fs.writeFileString(`${config.stateDirectory}/${name}`, "{}")
      const error = yield* Effect.flip(StreamImportApi.upload(config))
      assert.strictEqual(error.reason._tag, "Conflict")
      assert.include(error.message, name)
    })
  )
})
