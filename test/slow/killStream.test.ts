import { StreamEmulator } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Console, Effect, FileSystem } from "effect"
import * as Processes from "../processes.ts"

const KILLS = 30

it.live(
  "thirty kills during exports of Stream all end in the bytes of a run that was left alone; twice is only what was asked without hearing the answer",
  () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const emulate = StreamEmulator.start({ data: { seed: 9, messages: 1500, channels: 60, users: 60 } })
      const run = (app: StreamEmulator.Emulator, out: string) =>
        Processes.spawn("streamMigrate.program.ts", [app.baseUrl, app.apiKey, out], {
          env: { STREAM_API_SECRET: app.apiSecret }
        })
      const finish = (app: StreamEmulator.Emulator, out: string) =>
        Effect.scoped(Effect.flatMap(run(app, out), (child) => Effect.map(child.exitCode, Number)))

      const startedAt = performance.now()
      const calm = yield* emulate
      assert.include([0, 2], yield* finish(calm, `${folder}/undisturbed`))
      const duration = performance.now() - startedAt
      const expected = yield* Processes.digest(`${folder}/undisturbed`)
      const asked = calm.exports().length

      let killed = 0
      let unheard = 0
      for (let i = 0; i < KILLS; i++) {
        const out = `${folder}/killed`
        yield* Effect.scoped(
          Effect.gen(function* () {
            const app = yield* emulate
            const { after, wasKilled } = yield* Processes.killWithin(run(app, out), duration)
            if (wasKilled) killed++
            const name = `kill ${i} after ${after} ms`
            assert.include([0, 2], yield* finish(app, out), name)
            const { ["stream/manifest.json"]: _, ...sums } = yield* Processes.digest(out)
            const { ["stream/manifest.json"]: __, ...calmSums } = expected
            assert.deepStrictEqual(sums, calmSums, name)
            const doubles = app.doubleExports().length
            // One process asks for one export at a time, so one kill can leave one answer unheard.
            assert.isAtMost(doubles, 1, name)
            assert.strictEqual(app.exports().length, asked + doubles, name)
            const report = yield* fs.readFileString(`${out}/state/stream/report.json`)
            assert.strictEqual(report.includes("export_asked_again"), doubles > 0, name)
            unheard += doubles
          })
        )
        yield* fs.remove(out, { recursive: true })
      }
      yield* Console.log(
        `${killed} of ${KILLS} killed within ${Math.round(duration)} ms; ${unheard} answers were not heard`
      )
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  3_600_000
)
