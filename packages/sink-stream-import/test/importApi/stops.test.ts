import { StreamImportApi } from "@chatferry/sink-stream-import"
import { assert, it } from "@effect/vitest"
import { Effect, Exit, FileSystem } from "effect"
import { HttpClient } from "effect/http"
import { configOf, services, start, twoFiles } from "./harness.ts"

/** A client with which a run ends at its n-th request: before it is sent, or when the answer has come and nobody has heard it. */
const endingAt = (n: number, when: "before" | "after") =>
  Effect.map(HttpClient.HttpClient, (client) => {
    let requests = 0
    return HttpClient.transform(client, (response) =>
      Effect.suspend(() => {
        requests++
        if (requests < n) return response
        const stop = Effect.die("stopped")
        return when === "before" ? stop : Effect.andThen(response, stop)
      })
    )
  })

it.layer(services, { excludeTestServices: true })("StreamImportApi.upload, when it is stopped,", (it) => {
  it.effect.each(["before", "after"] as const)("goes on %s any request and imports nothing twice", (when) =>
    Effect.gen(function* () {
      for (let n = 1; ; n++) {
        const emulator = yield* start()
        const config = configOf(emulator, yield* twoFiles)
        const first = yield* StreamImportApi.upload(config).pipe(
          Effect.provideService(HttpClient.HttpClient, yield* endingAt(n, when)),
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

  it.effect("goes on after any write of its journal", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      for (let n = 1; ; n++) {
        let renames = 0
        const dying = FileSystem.make({
          ...fs,
          rename: (from, to) => (++renames < n ? fs.rename(from, to) : Effect.die("stopped"))
        })
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

  it.effect("asks nothing but the result of what is done already", () =>
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

  it.effect("does not take a journal that it did not write", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const emulator = yield* start()
      const config = configOf(emulator, yield* twoFiles)
      yield* StreamImportApi.upload(config)
      const [name = ""] = yield* fs.readDirectory(config.stateDirectory)
      yield* fs.writeFileString(`${config.stateDirectory}/${name}`, "{}")
      const error = yield* Effect.flip(StreamImportApi.upload(config))
      assert.strictEqual(error.reason._tag, "Conflict")
      assert.include(error.message, name)
    })
  )
})
